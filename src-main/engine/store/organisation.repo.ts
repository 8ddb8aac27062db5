/** The organisation that this profile belongs to. */
import type { SharedConfig, UserId } from '#shared/domain/group/config.ts';
import type { WireError } from '#shared/errors/MailError.ts';
import type { ReadDb, WriteDb } from './handles.ts';

export interface StoredOrganisation {
  readonly me: UserId;
  /** URL without credentials, or path; null: not published yet. */
  readonly source: string | null;
  readonly fingerprint: string | null;
  /** The file of the revision in force. */
  readonly held: string | null;
  readonly etag: string | null;
  /** What an administrator changed and has not published; its revision is the one that it follows. */
  readonly draft: SharedConfig | null;
  readonly checkedAt: number | null;
  readonly lastError: WireError | null;
}

interface Row {
  me: UserId;
  source: string | null;
  fingerprint: string | null;
  held: string | null;
  etag: string | null;
  draft: string | null;
  checked_at: number | null;
  last_error: string | null;
}

export function getOrganisation(db: ReadDb): StoredOrganisation | null {
  const row = db.prepare<[], Row>('SELECT * FROM organisation WHERE id = 1').get();
  if (!row) return null;
  return {
    me: row.me,
    source: row.source,
    fingerprint: row.fingerprint,
    held: row.held,
    etag: row.etag,
    draft: row.draft === null ? null : (JSON.parse(row.draft) as SharedConfig),
    checkedAt: row.checked_at,
    lastError: row.last_error === null ? null : (JSON.parse(row.last_error) as WireError),
  };
}

export function saveOrganisation(db: WriteDb, organisation: StoredOrganisation): void {
  db.prepare(
    `INSERT OR REPLACE INTO organisation (id, me, source, fingerprint, held, etag, draft, checked_at, last_error)
     VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    organisation.me,
    organisation.source,
    organisation.fingerprint,
    organisation.held,
    organisation.etag,
    organisation.draft === null ? null : JSON.stringify(organisation.draft),
    organisation.checkedAt,
    organisation.lastError === null ? null : JSON.stringify(organisation.lastError),
  );
  db.changed({ kind: 'groups' });
}
