/** send, outbox */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { OutboxRow } from '#shared/contract/compose.ts';
import { MessageId, OutboxId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { describeError, invalid, iso, table, type Language } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { bracketed } from '../messageJson.ts';
import { findAccount, messageNumber, withEngine } from '../session.ts';

interface SendFlags {
  readonly account: string;
  readonly to?: string[];
  readonly cc?: string[];
  readonly bcc?: string[];
  readonly subject?: string;
  readonly text?: string;
  readonly html?: string;
  readonly attach?: string[];
  readonly replyToMessage?: string;
  readonly later?: string;
}

const repeat = (value: string, all: string[] | undefined): string[] => [...(all ?? []), value];

async function readInput(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new MailError('file-unreadable', { file: path }, { cause });
  }
}

/** `queued` is all that may still go out by itself or by a person's word; `state` says which. */
const smtpWord = {
  waiting: 'queued',
  sending: 'queued',
  retrying: 'queued',
  uncertain: 'queued',
  sent: 'accepted',
  failed: 'rejected',
  cancelled: 'rejected',
} as const;

export function outboxJson(row: OutboxRow, language: Language): Record<string, unknown> {
  return {
    id: row.id,
    smtp: smtpWord[row.state],
    state: row.state,
    sent:
      row.sentCopy.state === 'filed' && row.sentCopy.folder !== null
        ? { folder: row.sentCopy.folder, uid: row.sentCopy.uid }
        : null,
    archive: row.archive === 'failed' ? 'pending' : row.archive,
    recipients: row.recipients,
    messageId: bracketed(row.messageId),
    subject: row.subject,
    sendAt: iso(row.sendAt),
    attempts: row.attempts,
    nextAttempt: iso(row.nextAttempt),
    ...(row.error ? { error: describeError(row.error, language) } : {}),
  };
}

function laterTime(text: string | undefined): number | null {
  if (text === undefined) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw invalid(
      '--later',
      'invalid',
      `"${text}" is no date and time; write it as 2026-12-24T18:00:00+01:00`,
    );
  return at;
}

function outboxId(text: string): OutboxId {
  const parsed = OutboxId.safeParse(text);
  if (!parsed.success)
    throw invalid('ID', 'invalid', `"${text}" is no outbox id; "postkorb outbox" lists them`);
  return parsed.data;
}

export function registerSendCommands({ program, run }: CommandContext): void {
  program
    .command('send')
    .description('send a mail through the outbox and wait until it was carried out')
    .requiredOption('--account <id>', 'the account (id, name or address)')
    .option('--to <address>', 'recipients (repeat or separate by comma)', repeat)
    .option('--cc <address>', 'copies', repeat)
    .option('--bcc <address>', 'blind copies', repeat)
    .option('--subject <text>')
    .option('--text <text>', 'the body')
    .option('--html <file>', 'an HTML body')
    .option('--attach <file>', 'attach a file (repeat)', repeat)
    .option(
      '--reply-to-message <id>',
      'answer this message: recipients and subject are taken from it where not given',
    )
    .option('--later <iso>', 'when to send it; it goes out while Postkorb runs')
    .action((flags: SendFlags) =>
      run(async (options) => {
        const sendAt = laterTime(flags.later);
        const html = flags.html === undefined ? null : (await readInput(flags.html)).toString('utf8');
        const attachments = await Promise.all(
          (flags.attach ?? []).map(async (path) => ({
            filename: basename(path),
            content: await readInput(path),
          })),
        );
        const answered =
          flags.replyToMessage === undefined ? null : MessageId.parse(messageNumber(flags.replyToMessage));
        if (answered === null && (flags.to ?? flags.cc ?? flags.bcc) === undefined)
          throw invalid('--to', 'missing', 'say to whom: --to a@b.example');
        return await withEngine(options, async (client) => {
          const account = await findAccount(client, flags.account);
          const draft = await client.call('drafts.create', {
            accountId: account.id,
            derive: answered === null ? null : { kind: 'reply', messageId: answered, quoteHtml: null },
          });
          const content = {
            ...draft.content,
            ...(flags.to ? { to: flags.to.join(', ') } : {}),
            ...(flags.cc ? { cc: flags.cc.join(', ') } : {}),
            ...(flags.bcc ? { bcc: flags.bcc.join(', ') } : {}),
            ...(flags.subject === undefined ? {} : { subject: flags.subject }),
            text: flags.text ?? (html === null ? draft.content.text : ''),
            html,
          };
          let row: OutboxRow;
          try {
            await client.call('drafts.save', { id: draft.id, accountId: account.id, content });
            for (const file of attachments) {
              await client.call('drafts.attach', {
                id: draft.id,
                filename: file.filename,
                contentType: '',
                content: new Uint8Array(file.content),
              });
            }
            const queued = await client.call('outbox.send', { draftId: draft.id, undoSeconds: 0, sendAt });
            row = sendAt === null ? await client.call('outbox.settle', { id: queued.id }) : queued;
          } catch (error) {
            // Everything typed is on the command line still; a half-made draft of a refused call would only lie about.
            if (error instanceof MailError && error.retry === 'never')
              await client.call('drafts.discard', { id: draft.id });
            throw error;
          }
          options.output.result(outboxJson(row, options.output.language), () =>
            table([
              [row.id, row.state, row.error ? describeError(row.error, options.output.language).message : ''],
              ...row.recipients.map((r) => [r.address, r.status, r.response]),
            ]),
          );
          return row.state === 'failed' ? 1 : 0;
        });
      }),
    );

  const outbox = program
    .command('outbox')
    .description('what waits to be sent, with its state')
    .action(() =>
      run((options) =>
        withEngine(options, async (client) => {
          const { entries } = await client.call('outbox.list', {});
          options.output.result(
            entries.map((row) => outboxJson(row, options.output.language)),
            () => table(entries.map((row) => [row.id, row.state, iso(row.sendAt) ?? '', row.subject])),
          );
        }),
      ),
    );

  outbox
    .command('retry <id>')
    .description('try again now')
    .action((id: string) =>
      run((options) =>
        withEngine(options, async (client) => {
          const { id: known } = await client.call('outbox.retry', { id: outboxId(id) });
          const row = await client.call('outbox.settle', { id: known });
          options.output.result(outboxJson(row, options.output.language), () => row.state);
          return row.state === 'failed' ? 1 : 0;
        }),
      ),
    );

  outbox
    .command('cancel <id>')
    .description('take it back; the draft stays')
    .action((id: string) =>
      run((options) =>
        withEngine(options, async (client) => {
          const known = outboxId(id);
          const { draftId } = await client.call('outbox.cancel', { id: known });
          options.output.result({ id: known, cancelled: true, draft: draftId }, () => 'cancelled');
        }),
      ),
    );
}
