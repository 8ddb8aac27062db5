/** The same conversation, word by word, with Dovecot and with the built-in server: what a client learns must be the same. */
import { expect, it } from 'vitest';
import { startMailServer } from '#mailserver/startMailServer.ts';
import { describeWith } from '#test/servers/available.ts';
import { startDovecot } from '#test/servers/dovecot.ts';
import { readAnswer } from './answers.ts';
import type { Answer } from './answers.ts';
import { connectRaw } from './clients.ts';
import type { RawClient } from './clients.ts';
import { sampleMails } from './sampleMails.ts';

const mails = Object.values(sampleMails);
const everything = `1:${mails.length.toString()}`;
const sections = [
  '',
  'HEADER',
  'TEXT',
  '1',
  '1.MIME',
  '2',
  '2.MIME',
  '2.HEADER',
  '2.TEXT',
  '1.1',
  '1.2',
  '1.2.MIME',
  '2.1',
  '2.2',
  '2.2.MIME',
  '3',
  '3.1',
  '3.1.MIME',
  '3.2',
  '7',
  'HEADER.FIELDS (Subject MESSAGE-ID)',
  'HEADER.FIELDS.NOT (Subject)',
  '2.HEADER.FIELDS (From)',
];

/** One whole life of a mailbox; "{n}" stands for mail number n as a literal. */
const conversation: readonly string[] = [
  'UNSUBSCRIBE INBOX',
  'NAMESPACE',
  'LIST "" "*"',
  'LIST "" "%"',
  'LIST "" ""',
  'LIST (SPECIAL-USE) "" "*" RETURN (SUBSCRIBED)',
  'LIST (SUBSCRIBED) "" "*"',
  'STATUS Sent (MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ)',
  'STATUS Nowhere (MESSAGES)',
  'STATUS INBOX (NONSENSE)',
  'SELECT Nowhere',
  'FETCH 1 (UID)',
  'CREATE Kunden',
  'CREATE Kunden',
  'CREATE "Kunden/M&APw-ller"',
  'LIST "" "Kunden*"',
  'LIST "" "%/%"',
  'LIST "" (inbox "Kunden/%") RETURN (CHILDREN STATUS (MESSAGES))',
  'SUBSCRIBE Kunden',
  'LSUB "" "K*"',
  'UNSUBSCRIBE Kunden',
  'RENAME Kunden Clients',
  'RENAME Kunden Clients2',
  'LIST "" "*"',
  'DELETE Nowhere',
  'DELETE INBOX',
  ...mails.map(
    (_mail, index) =>
      `APPEND INBOX (\\Flagged) "06-May-2024 07:08:0${index.toString()} +0200" {${index.toString()}}`,
  ),
  'APPEND Nowhere {0}',
  'STATUS INBOX (MESSAGES UNSEEN UIDNEXT SIZE)',
  'SELECT INBOX',
  `FETCH ${everything} (UID FLAGS INTERNALDATE RFC822.SIZE)`,
  `FETCH ${everything} ENVELOPE`,
  `FETCH ${everything} BODYSTRUCTURE`,
  `FETCH ${everything} BODY`,
  ...sections.map((section) => `UID FETCH ${everything} (BODY.PEEK[${section}])`),
  'FETCH 1 (BODY.PEEK[]<5.10> BODY.PEEK[TEXT]<100000.5>)',
  'FETCH 1 (RFC822.HEADER RFC822.TEXT)',
  'FETCH 2 FAST',
  'FETCH 99 (UID)',
  'UID FETCH 99 (FLAGS)',
  'FETCH 1 (NONSENSE)',
  'FETCH 0 (UID)',
  'STORE 1 +FLAGS (\\Answered $Forwarded)',
  'STORE 2 -FLAGS (\\Flagged)',
  'STORE 3 FLAGS (\\Draft)',
  'UID STORE 3 +FLAGS.SILENT (\\Seen)',
  'UID STORE 99 +FLAGS (\\Seen)',
  'SEARCH ALL',
  'SEARCH ANSWERED',
  'SEARCH UNSEEN FLAGGED',
  'SEARCH NOT FLAGGED',
  'SEARCH OR DRAFT KEYWORD $Forwarded',
  'SEARCH SUBJECT inside',
  'SEARCH FROM becker',
  'SEARCH TO anna',
  'SEARCH CHARSET UTF-8 SUBJECT "Gr\xc3\xbc\xc3\x9fe"',
  'SEARCH HEADER Message-ID "<two@xyz.test>"',
  'SEARCH HEADER In-Reply-To ""',
  'SEARCH BODY "deep text"',
  'SEARCH TEXT hello',
  'SEARCH SINCE 6-May-2024',
  'SEARCH BEFORE 6-May-2024',
  'SEARCH ON 6-May-2024',
  'SEARCH SENTON 6-May-2024',
  'SEARCH LARGER 500',
  'SEARCH SMALLER 40',
  'SEARCH 2:3',
  'UID SEARCH UID 3:*',
  'UID SEARCH UID 50:*',
  'SEARCH (OR SEEN (FLAGGED NOT SEEN)) 1:4',
  'SEARCH NONSENSE',
  'UID COPY 1,3 Sent',
  'UID COPY 1 Nowhere',
  'UID MOVE 2 Archive',
  'UID MOVE 99 Archive',
  'STATUS Archive (MESSAGES)',
  'UID STORE 1 +FLAGS.SILENT (\\Deleted)',
  'UID STORE 4 +FLAGS.SILENT (\\Deleted)',
  'UID EXPUNGE 4',
  'SEARCH ALL',
  'EXPUNGE',
  'UID SEARCH ALL',
  'EXAMINE Sent',
  'CLOSE',
  'SELECT Sent',
  'UNSELECT',
  'FETCH 1 (UID)',
  'NONSENSE',
  'ENABLE CONDSTORE QRESYNC',
  'SELECT INBOX',
  'UID STORE 5 +FLAGS.SILENT (\\Seen)',
  'UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)',
  'UID STORE 6 +FLAGS.SILENT (\\Deleted)',
  'EXPUNGE',
  'UID SEARCH MODSEQ 1',
  'UID SEARCH RETURN (MIN MAX COUNT) ALL',
  'UID SEARCH RETURN () ALL',
  'CLOSE',
];

/** Says it all, and gives what each command was answered. */
async function converse(port: number, login: string): Promise<Answer[]> {
  using client = await connectRaw(port);
  await client.until(/^\* OK/);
  client.send(`l LOGIN ${login}\r\n`);
  await client.until(/^l OK/);
  const answers: Answer[] = [];
  for (const [index, command] of conversation.entries()) {
    const tag = `c${index.toString()}`;
    await say(client, tag, command);
    answers.push(readAnswer(await client.until(new RegExp(`^${tag} `)), tag));
  }
  return answers;
}

async function say(client: RawClient, tag: string, command: string): Promise<void> {
  const literal = /\{(\d+)\}$/.exec(command);
  const mail = literal === null ? undefined : mails[Number(literal[1])];
  if (mail === undefined) client.send(`${tag} ${command}\r\n`);
  else {
    client.send(`${tag} ${command.slice(0, literal?.index)}{${mail.length.toString()}+}\r\n`);
    client.send(`${mail.toString('latin1')}\r\n`);
  }
  return Promise.resolve();
}

describeWith(['dovecot'], 'Dovecot and the built-in server', () => {
  it('answer one long conversation alike', async () => {
    await using dovecot = await startDovecot();
    await using server = await startMailServer({
      domain: 'xyz.test',
      users: [{ login: 'anna', password: 'pw' }],
    });
    const expected = await converse(dovecot.ports.imap, `anna ${dovecot.password}`);
    const actual = await converse(server.ports.imap, 'anna pw');
    const different = conversation.flatMap((command, index) => {
      const [wanted, got] = [
        JSON.stringify(expected[index], null, 1),
        JSON.stringify(actual[index], null, 1),
      ];
      return wanted === got ? [] : [{ command, dovecot: wanted, ours: got }];
    });
    expect(different).toEqual([]);
  });
});
