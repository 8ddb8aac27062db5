/** What must be true in the evening, noted as it is done, and held against the servers and the store. */
import type { EngineClient } from '#shared/contract/contract.ts';
import type { MessageRow } from '#shared/domain/message.ts';
import { mailboxes, type MailboxName, type Office } from './office.ts';

interface Expected {
  readonly mailbox: MailboxName;
  /** The server's path; null: it does not matter. */
  folder: string | null;
  /** `false`: it must not be set. */
  readonly flags: Map<string, boolean>;
  /** Of a group's mail. undefined: it does not matter. */
  handler?: string | null;
  status?: 'open' | 'waiting' | 'done';
  notes: number;
}

export class Ledger {
  readonly #mails = new Map<string, Expected>();
  /** Subjects of answers, and from which mailbox they were sent. */
  readonly sent: { readonly mailbox: MailboxName; readonly subject: string; readonly to: string }[] = [];

  of(mailbox: MailboxName, subject: string): Expected {
    const found = this.#mails.get(subject) ?? { mailbox, folder: 'INBOX', flags: new Map(), notes: 0 };
    this.#mails.set(subject, found);
    return found;
  }

  /** What differs, in words. Waits for nothing: whoever asks has waited. */
  async check(office: Office, client: EngineClient): Promise<string[]> {
    const differences: string[] = [];
    for (const name of Object.keys(mailboxes) as MailboxName[]) {
      const there = await readMailbox(office, name);
      for (const [subject, expected] of this.#mails) {
        if (expected.mailbox !== name) continue;
        const found = there.filter((mail) => mail.subject === subject);
        if (found.length !== 1)
          differences.push(`${name}: “${subject}” is there ${String(found.length)} times`);
        const [mail] = found;
        if (!mail) continue;
        if (expected.folder !== null && mail.folder !== expected.folder)
          differences.push(`${name}: “${subject}” lies in ${mail.folder}, not in ${expected.folder}`);
        for (const [flag, on] of expected.flags) {
          if (mail.flags.has(flag) !== on)
            differences.push(`${name}: “${subject}” ${on ? 'has no' : 'has'} ${flag} on the server`);
        }
        const row = await storedRow(client, subject);
        if (row === null) differences.push(`${name}: “${subject}” is not in the store`);
        else differences.push(...storeDifferences(name, subject, row, expected, mail.folder));
      }
      for (const { subject } of this.sent.filter(({ mailbox }) => mailbox === name)) {
        const copies = there.filter((mail) => mail.subject === subject && mail.folder === 'Sent').length;
        if (copies !== 1) differences.push(`${name}: “${subject}” is in Sent ${String(copies)} times`);
      }
    }
    const arrived = await readInboxOf(office, [...new Set(this.sent.map(({ to }) => to))]);
    for (const { subject, to } of this.sent) {
      const copies = arrived.filter((mail) => mail.to === to && mail.subject === subject).length;
      if (copies !== 1) differences.push(`${to} got “${subject}” ${String(copies)} times`);
    }
    return differences;
  }
}

function storeDifferences(
  name: MailboxName,
  subject: string,
  row: MessageRow,
  expected: Expected,
  folder: string,
): string[] {
  const found: string[] = [];
  if (row.pending)
    found.push(`${name}: “${subject}” still waits for the server (it lies in ${folder} there)`);
  const flags = {
    '\\Seen': row.flags.seen,
    '\\Answered': row.flags.answered,
    '\\Flagged': row.flags.flagged,
  };
  for (const [flag, on] of expected.flags) {
    if (flags[flag as keyof typeof flags] !== on)
      found.push(`${name}: “${subject}” ${on ? 'has no' : 'has'} ${flag} in the store`);
  }
  const { group } = row;
  if (expected.handler !== undefined && (group?.handler?.name ?? null) !== expected.handler)
    found.push(
      `${name}: “${subject}” is handled by ${group?.handler?.name ?? 'nobody'}, not by ${expected.handler ?? 'nobody'}`,
    );
  if (expected.status !== undefined && group?.status !== expected.status)
    found.push(`${name}: “${subject}” is ${group?.status ?? 'no group mail'}, not ${expected.status}`);
  if (expected.notes > 0 && group?.notes !== expected.notes)
    found.push(`${name}: “${subject}” has ${String(group?.notes ?? 0)} notes, not ${String(expected.notes)}`);
  return found;
}

/** The mail as the store has it, wherever it lies. */
export async function storedRow(client: EngineClient, subject: string): Promise<MessageRow | null> {
  const number = /\((\d+)\)$/.exec(subject)?.[1] ?? subject;
  const { messages } = await client.call('messages.list', {
    source: { kind: 'search', query: `subject:${number}` },
  });
  return messages.find((row) => row.subject === subject) ?? null;
}

interface There {
  readonly folder: string;
  readonly subject: string;
  readonly flags: ReadonlySet<string>;
}

/** What lies in a mailbox, as a client sees it that owes nothing to the engine. */
async function readMailbox(office: Office, name: MailboxName): Promise<There[]> {
  await using client = await office.dovecot.client(mailboxes[name].address);
  const there: There[] = [];
  for (const { path } of await client.list()) {
    const { exists } = await client.mailboxOpen(path, { readOnly: true });
    if (exists === 0) continue;
    for (const { envelope, flags } of await client.fetchAll('1:*', { flags: true, envelope: true }))
      there.push({ folder: path, subject: envelope?.subject ?? '', flags: flags ?? new Set() });
  }
  return there;
}

async function readInboxOf(
  office: Office,
  users: readonly string[],
): Promise<{ to: string; subject: string }[]> {
  const all: { to: string; subject: string }[] = [];
  for (const to of users) {
    await using client = await office.dovecot.client(to);
    const { exists } = await client.mailboxOpen('INBOX', { readOnly: true });
    if (exists === 0) continue;
    for (const { envelope } of await client.fetchAll('1:*', { envelope: true }))
      all.push({ to, subject: envelope?.subject ?? '' });
  }
  return all;
}
