/** A store in a folder of its own, with what tests put into it in a few words. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { insertAccount } from '#engine/store/accounts.repo.ts';
import { applyFolderList } from '#engine/store/folderList.ts';
import { findFolder, savePosition, type StoredFolder } from '#engine/store/folders.repo.ts';
import { messageIdentity } from '#engine/store/identity.ts';
import type { MailHeaders } from '#engine/mime/headers.ts';
import { storeHeaders, type HeaderRow } from '#engine/store/headerBatch.ts';
import type { MessageStructure } from '#engine/store/messageStructure.ts';
import { openStore, type Store } from '#engine/store/store.ts';
import { AccountSettings } from '#shared/domain/account.ts';
import { AccountId, type FolderId, type MessageId } from '#shared/domain/ids.ts';
import type { Address, FolderRole } from '#shared/domain/message.ts';
import { FakeClock } from './fakeClock.ts';
import { silentLog } from './silentLog.ts';

export interface MailWords {
  uid: number;
  messageId?: string | null;
  references?: string[];
  subject?: string;
  from?: Address;
  to?: Address[];
  cc?: Address[];
  date?: number | null;
  internalDate?: number;
  flags?: number;
  size?: number;
  structure?: MessageStructure | null;
}

const base = Date.UTC(2026, 0, 1);

/** A header row; what is left out follows from the UID. */
export function headerRow(mail: MailWords): HeaderRow {
  const internalDate = mail.internalDate ?? base + mail.uid * 60_000;
  const headers: MailHeaders = {
    messageId: mail.messageId === undefined ? `m${mail.uid.toString()}@xyz.test` : mail.messageId,
    inReplyTo: mail.references?.at(-1) ?? null,
    references: mail.references ?? [],
    subject: mail.subject ?? `Mail ${mail.uid.toString()}`,
    from: mail.from ?? { name: 'Ben Berger', address: 'ben@xyz.test' },
    sender: null,
    replyTo: [],
    to: mail.to ?? [{ name: 'Anna Albrecht', address: 'anna@xyz.test' }],
    cc: mail.cc ?? [],
    bcc: [],
    date: mail.date === undefined ? internalDate : mail.date,
  };
  const size = mail.size ?? 1000;
  return {
    uid: mail.uid,
    flags: mail.flags ?? 0,
    keywords: [],
    internalDate,
    size,
    headers,
    structure: mail.structure ?? null,
    identity: messageIdentity(headers, size),
  };
}

export class StoreFixture implements Disposable {
  readonly folder: string;
  readonly file: string;
  readonly clock = new FakeClock(base);
  readonly account = AccountId.parse('anna');
  store: Store;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'postkorb-store-'));
    this.file = join(this.folder, 'store.sqlite');
    this.store = this.open();
    this.addAccount(this.account);
  }

  open(): Store {
    return openStore({ file: this.file, clock: this.clock, log: silentLog() });
  }

  /** Closes the store and opens the same file again. */
  reopen(): void {
    this.store.close();
    this.store = this.open();
  }

  addAccount(id: AccountId): void {
    this.store.precious((db) => {
      insertAccount(db, {
        id,
        settings: AccountSettings.parse({
          name: id,
          address: `${id}@xyz.test`,
          displayName: '',
          imap: { host: 'localhost', port: 143, security: 'none', user: id },
          smtp: null,
          archiveAddress: null,
          tls: { trust: 'system' },
        }),
        active: true,
        pollMinutes: null,
        now: base,
      });
    });
  }

  /** The account's folders become these; a name that is a role gets it. Fully read, as after a sync. */
  folders(...paths: string[]): StoredFolder[] {
    const roles = ['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash'];
    return this.store.write((db) => {
      applyFolderList(
        db,
        this.account,
        paths.map((path) => ({
          path,
          delimiter: '/',
          role: roles.includes(path.toLowerCase()) ? (path.toLowerCase() as FolderRole) : null,
          selectable: true,
          subscribed: true,
        })),
      );
      return paths.map((path) => {
        const folder = findFolder(db, this.account, path);
        if (!folder) throw new Error(path);
        savePosition(db, folder.id, { uidValidity: '1', uidNext: 1, lowUid: 1 });
        return folder;
      });
    });
  }

  /** Stores mails in a folder; their ids in the same order. */
  mails(folderId: FolderId, ...mails: MailWords[]): MessageId[] {
    return this.store
      .write((db) => storeHeaders(db, this.account, folderId, mails.map(headerRow)))
      .map(({ id }) => id);
  }

  [Symbol.dispose](): void {
    this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
