/** What others do with the same mailbox: mbsync pulls it into a Maildir, notmuch makes that searchable. Both with their defaults. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dovecot } from '#test/servers/dovecot.ts';
import { missingPeers } from './missing.ts';
import { runProcess } from './processes.ts';

export interface PeerTimes {
  readonly mbsyncMs: number;
  readonly notmuchMs: number;
  /** ms of one whole `notmuch search`. */
  search(word: string, limit: number): Promise<number>;
}

/** A text where the programs are missing: what to install. */
export async function pullAndIndex(
  server: Dovecot,
  user: string,
  folder: string,
): Promise<PeerTimes | string> {
  const missing = missingPeers();
  if (missing !== null) return missing;
  const maildir = join(folder, 'mail');
  mkdirSync(maildir);
  const mbsyncFile = join(folder, 'mbsyncrc');
  const notmuchFile = join(folder, 'notmuch-config');
  writeFileSync(mbsyncFile, mbsyncConfig(server, user, maildir), { mode: 0o600 });
  writeFileSync(
    notmuchFile,
    `[database]\npath=${maildir}\n[user]\nname=Bench\nprimary_email=bench@bench.test\n`,
  );
  const env = { HOME: folder, NOTMUCH_CONFIG: notmuchFile, LANG: 'C.UTF-8' };
  const pulled = await runProcess('mbsync', ['-c', mbsyncFile, '--quiet', '--all'], env);
  const indexed = await runProcess('notmuch', ['new', '--quiet'], env);
  return {
    mbsyncMs: pulled.ms,
    notmuchMs: indexed.ms,
    search: async (word, limit) =>
      (await runProcess('notmuch', ['search', `--limit=${String(limit)}`, word], env)).ms,
  };
}

function mbsyncConfig(server: Dovecot, user: string, maildir: string): string {
  return `
IMAPAccount bench
Host 127.0.0.1
Port ${String(server.ports.imap)}
User ${user}
Pass ${server.password}
SSLType None
AuthMechs LOGIN

IMAPStore far
Account bench

MaildirStore near
Path ${maildir}/
Inbox ${maildir}/INBOX
SubFolders Verbatim

Channel bench
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull
SyncState *
`;
}
