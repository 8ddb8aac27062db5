/** Identities with their signatures, and templates. Precious. */
import { Signature, type Template } from '#shared/contract/writing.ts';
import { AccountId } from '#shared/domain/ids.ts';
import type { ReadDb, WriteDb } from './handles.ts';

export interface StoredIdentity {
  readonly id: string;
  readonly accountId: AccountId;
  /** Name and address are the account's: these here are not looked at. */
  readonly main: boolean;
  readonly name: string;
  readonly address: string;
  readonly replyTo: string;
  readonly signature: Signature | null;
}

interface IdentityRecord {
  id: string;
  account_id: string;
  main: number;
  name: string;
  address: string;
  reply_to: string;
  signature: string | null;
}

/** In the order in which they were made. */
export function listStoredIdentities(db: ReadDb): StoredIdentity[] {
  return db
    .prepare<[], IdentityRecord>('SELECT * FROM identities ORDER BY account_id, main DESC, created_at, id')
    .all()
    .map((row) => ({
      id: row.id,
      accountId: AccountId.parse(row.account_id),
      main: row.main === 1,
      name: row.name,
      address: row.address,
      replyTo: row.reply_to,
      signature: row.signature === null ? null : Signature.parse(JSON.parse(row.signature)),
    }));
}

export function putIdentity(db: WriteDb, identity: StoredIdentity, now: number): void {
  const { id, accountId, main, name, address, replyTo, signature } = identity;
  db.prepare(
    `INSERT INTO identities (id, account_id, main, name, address, reply_to, signature, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, address = excluded.address, reply_to = excluded.reply_to,
       signature = excluded.signature`,
  ).run(
    id,
    accountId,
    main ? 1 : 0,
    name,
    address,
    replyTo,
    signature === null ? null : JSON.stringify(signature),
    now,
  );
  db.changed({ kind: 'writing' });
}

export function deleteIdentity(db: WriteDb, id: string): void {
  db.prepare('DELETE FROM identities WHERE id = ?').run(id);
  db.changed({ kind: 'writing' });
}

export function listTemplates(db: ReadDb): Template[] {
  return db
    .prepare<[], Template>('SELECT id, name, subject, html, text FROM templates ORDER BY lower(name), id')
    .all();
}

export function putTemplate(db: WriteDb, template: Template, now: number): void {
  const { id, name, subject, html, text } = template;
  db.prepare(
    `INSERT INTO templates (id, name, subject, html, text, updated_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, subject = excluded.subject, html = excluded.html, text = excluded.text,
       updated_at = excluded.updated_at`,
  ).run(id, name, subject, html, text, now);
  db.changed({ kind: 'writing' });
}

export function deleteTemplate(db: WriteDb, id: string): void {
  db.prepare('DELETE FROM templates WHERE id = ?').run(id);
  db.changed({ kind: 'writing' });
}
