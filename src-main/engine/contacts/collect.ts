/** Who is met in which mail: recipients of what the user sent, senders of what he got. */
import { FlagBit } from '#engine/store/flags.ts';
import type { WriteDb } from '#engine/store/handles.ts';
import {
  forgetEncounters,
  noteEncounters,
  outboxSent,
  storedMails,
  type Encounter,
} from '#engine/store/correspondents.repo.ts';
import { listAccounts } from '#engine/store/accounts.repo.ts';
import { listStoredIdentities } from '#engine/store/writing.repo.ts';
import { readValue, writeValue } from '#engine/store/settings.repo.ts';
import type { Store } from '#engine/store/store.ts';
import { EmailAddress, normaliseAddress } from '#shared/domain/account.ts';
import { isMachine, learnableName, rankOf, rankTogether } from '#shared/domain/contacts.ts';
import type { Address, FolderRole } from '#shared/domain/message.ts';
import { safeLine } from '#shared/domain/safeText.ts';

export interface MetMail {
  readonly messageId: string | null;
  readonly from: Address | null;
  /** Everybody it goes to. */
  readonly recipients: readonly Address[];
  readonly date: number;
  /** Bits of store/flags.ts. */
  readonly flags: number;
  readonly role: FolderRole | null;
}

/** A mail to more people than these tells little of each. */
const maxRecipients = 100;
/** What a mail that came counts against one that was written. */
const receivedShare = 1 / 16;
/** Raised when what is found by, or how it is counted, changes: all is collected again. */
const collectVersion = 1;
const versionKey = 'contacts.collected';

/** What `mails` together tell of each address; `own`: the user's addresses, normalised. Pure. */
export function encountersOf(mails: readonly MetMail[], own: ReadonlySet<string>, now: number): Encounter[] {
  const met = new Map<string, Encounter>();
  const meet = ({ name, address }: Address, at: number, way: 'sent' | 'received'): void => {
    const key = normaliseAddress(address);
    const before = met.get(key);
    if (before === undefined && !EmailAddress.safeParse(address).success) return;
    const told = safeLine(learnableName(name, address), 200);
    const newer = told !== '' && (before === undefined || before.name === '' || at >= before.nameAt);
    met.set(key, {
      address: key,
      shown: before?.shown ?? address.trim(),
      name: newer ? told : (before?.name ?? ''),
      nameAt: newer ? at : (before?.nameAt ?? 0),
      sent: (before?.sent ?? 0) + (way === 'sent' ? 1 : 0),
      received: (before?.received ?? 0) + (way === 'received' ? 1 : 0),
      rank: rankTogether(before?.rank ?? null, rankOf(at, way === 'sent' ? 1 : receivedShare)),
    });
  };
  for (const { from, recipients, date, flags, role } of mails) {
    if (role === 'drafts' || role === 'junk' || role === 'trash' || (flags & FlagBit.draft) !== 0) continue;
    const at = Math.min(date, now);
    const mine = role === 'sent' || (from !== null && own.has(normaliseAddress(from.address)));
    if (mine) {
      if (recipients.length <= maxRecipients) for (const one of recipients) meet(one, at, 'sent');
    } else if (from !== null && !isMachine(from.address)) meet(from, at, 'received');
  }
  return [...met.values()];
}

function ownAddresses(db: WriteDb): Set<string> {
  return new Set([
    ...listAccounts(db).map(({ settings }) => normaliseAddress(settings.address)),
    ...listStoredIdentities(db).map(({ address }) => normaliseAddress(address)),
  ]);
}

/** Mails that the sync met for the first time. What the outbox sent was counted then. */
export function collectMet(db: WriteDb, mails: readonly MetMail[], now: number): void {
  if (mails.length === 0) return;
  const counted = outboxSent(
    db,
    mails.flatMap(({ messageId }) => messageId ?? []),
  );
  const uncounted = mails.filter(({ messageId }) => messageId === null || !counted.has(messageId));
  noteEncounters(db, encountersOf(uncounted, ownAddresses(db), now));
}

/** A mail that a server accepted, to these. */
export function collectSent(db: WriteDb, recipients: readonly Address[], at: number): void {
  const mail: MetMail = { messageId: null, from: null, recipients, date: at, flags: 0, role: 'sent' };
  noteEncounters(db, encountersOf([mail], new Set(), at));
}

/** Collects once from what is stored already: after an update, and after the store was rescued. */
export function collectStored(store: Store, now: number): void {
  if (readValue(store.read, versionKey) === collectVersion) return;
  store.write((db) => {
    forgetEncounters(db);
    const own = ownAddresses(db);
    for (let after = 0, more = true; more;) {
      const rows = storedMails(db, after, 5000);
      more = rows.length > 0;
      after = rows.at(-1)?.id ?? after;
      const mails = rows.map((row): MetMail => {
        const { to, cc, bcc } = JSON.parse(row.recipients) as Record<'to' | 'cc' | 'bcc', Address[]>;
        return {
          messageId: row.messageId,
          from: row.fromAddress === null ? null : { name: row.fromName ?? '', address: row.fromAddress },
          recipients: [...to, ...cc, ...bcc],
          date: row.date,
          flags: row.flags,
          role: row.role as FolderRole | null,
        };
      });
      noteEncounters(db, encountersOf(mails, own, now));
    }
    writeValue(db, versionKey, collectVersion);
  });
}
