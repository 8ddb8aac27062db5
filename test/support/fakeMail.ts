/** Believable mail for tests of the window: accounts, folders and messages made from a seed, always the same. */
import type { AccountRow } from '#shared/contract/accounts.ts';
import { AccountId, FolderId, MessageId, PartId, ThreadId } from '#shared/domain/ids.ts';
import type { Address, FolderRole, FolderRow, MessageContent } from '#shared/domain/message.ts';

/** A stored message: what a reader gets, and what only the store knows. */
export interface FakeMessage {
  content: MessageContent;
  parts: Map<string, { contentType: string; content: Uint8Array<ArrayBuffer> }>;
}

/** What a test says of a message; the rest is made up. */
export interface FakeMessageInit {
  readonly account?: number;
  readonly folder?: FolderId;
  readonly role?: FolderRole;
  readonly subject?: string;
  /** Messages with the same word are one conversation. */
  readonly thread?: string;
  readonly from?: Address;
  readonly to?: Address[];
  readonly cc?: Address[];
  readonly date?: number;
  readonly text?: string | null;
  readonly html?: string | null;
  readonly seen?: boolean;
  readonly flagged?: boolean;
  readonly answered?: boolean;
  readonly draft?: boolean;
  readonly authenticationResults?: string[];
  readonly listUnsubscribe?: string | null;
  readonly warnings?: { code: string; detail?: string }[];
  readonly replyTo?: Address[];
  readonly attachments?: {
    filename: string;
    contentType: string;
    content: Uint8Array<ArrayBuffer>;
    inline?: boolean;
    contentId?: string;
  }[];
}

export const bytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(new TextEncoder().encode(text));
/** A red picture of one pixel. */
export const redPixel = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='),
  (character) => character.charCodeAt(0),
);

const people: Address[] = [
  ['Ben Berger', 'ben.berger@kontor-nord.test'],
  ['Clara Claussen', 'clara@kontor-nord.test'],
  ['Dirk Dorn', 'd.dorn@werft-sued.test'],
  ['Elif Erdem', 'elif.erdem@hafenlogistik.test'],
  ['Fatima Farouk', 'fatima@bluewave.test'],
  ['George Green', 'george.green@northsea-parts.test'],
  ['Hannah Holm', 'h.holm@stadtwerke-holm.test'],
  ['Ivo Iversen', 'ivo@iversen-druck.test'],
  ['Jule Jansen', 'jule.jansen@steuer-jansen.test'],
  ['Kofi Kuma', 'kofi@kumatrade.test'],
  ['Lena Lorenz', 'lena.lorenz@kontor-nord.test'],
  ['Buchungsportal', 'no-reply@buchungsportal.test'],
].map(([name = '', address = '']) => ({ name, address }));

const subjects = [
  'Angebot für die Lieferung im März',
  'Re: Termin am Donnerstag',
  'Rechnung 2024-1183',
  'Offer for 40 pallets, delivery week 12',
  'Frage zur Montage der Halterungen',
  'Minutes of the planning meeting',
  'Protokoll der Teamsitzung',
  'Ihre Buchung ist bestätigt',
  'Re: Vertragsentwurf, zweite Fassung',
  'Urlaubsplanung Sommer',
  'Invoice 88213 is overdue',
  'Kurze Rückfrage zum Lieferschein',
  'Neue Preise ab April',
  'Einladung: Jahrestreffen der Partner',
  'Re: Spare parts for the crane',
  'Schlüsselübergabe am Montag',
];
const texts = [
  'Guten Tag Frau Albrecht,\n\nanbei finden Sie unser Angebot. Die Lieferzeit beträgt zwei Wochen ab Bestellung.\n\nMit freundlichen Grüßen\nBen Berger',
  'Hi Anna,\n\nThursday at 10 works for me. Shall we meet in your office or by phone?\n\nBest\nGeorge',
  'Moin,\n\ndie Halterungen sind heute angekommen, zwei davon passen nicht. Fotos folgen.\n\nGruß\nDirk',
  'Dear all,\n\nplease find the minutes attached. Open points are marked in yellow; replies by Friday, please.\n\nKind regards\nFatima',
];

/** Small and fast, the same everywhere: a test never depends on luck. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const roles: readonly (FolderRole | null)[] = ['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash'];
const serverNames: Partial<Record<FolderRole, string>> = {
  inbox: 'INBOX',
  drafts: 'Drafts',
  sent: 'Sent Items',
  archive: 'Archive',
  junk: 'Junk',
  trash: 'Trash',
};

export function fakeAccounts(now: number): AccountRow[] {
  const make = (id: string, name: string, address: string, group: string | null): AccountRow => ({
    id: AccountId.parse(id),
    name,
    address,
    displayName: name,
    default: false,
    active: true,
    group,
    canSend: true,
    health: {
      state: 'healthy',
      since: now - 3_600_000,
      lastSuccess: now - 60_000,
      lastError: null,
      nextAttempt: now + 60_000,
      gapClosed: null,
    },
    queued: 0,
    failedOperations: 0,
  });
  const rows = [
    make('account-anna', 'Anna Albrecht', 'anna@kontor-nord.test', null),
    make('account-books', 'Buchhaltung', 'buchhaltung@kontor-nord.test', null),
    make('account-info', 'Info', 'info@kontor-nord.test', null),
  ];
  if (rows[0]) rows[0].default = true;
  return rows;
}

/** An empty folder on a server with "/" between names, shown and subscribed; `change` says what is another. */
export function fakeFolder({
  path,
  ...change
}: Pick<FolderRow, 'id' | 'accountId' | 'path'> & Partial<FolderRow>): FolderRow {
  const cut = path.lastIndexOf('/');
  return {
    path,
    name: path.slice(cut + 1),
    parent: cut < 0 ? null : path.slice(0, cut),
    delimiter: '/',
    role: null,
    selectable: true,
    subscribed: true,
    shown: true,
    total: 0,
    unread: 0,
    ...change,
  };
}

export function fakeFolders(accounts: readonly AccountRow[]): FolderRow[] {
  const folders: FolderRow[] = [];
  accounts.forEach((account, at) => {
    const add = (name: string, role: FolderRole | null, parent: string | null): void => {
      folders.push(
        fakeFolder({
          id: FolderId.parse(
            at * 100 + folders.filter(({ accountId }) => accountId === account.id).length + 1,
          ),
          accountId: account.id,
          path: parent === null ? name : `${parent}/${name}`,
          role,
        }),
      );
    };
    for (const role of roles) add(role === null ? '' : (serverNames[role] ?? role), role, null);
    if (at === 0) {
      add('Projekte', null, null);
      add('Hafen Süd', null, 'Projekte');
      add('Werft', null, 'Projekte');
      add('Reisen', null, null);
    }
  });
  return folders;
}

/** Ids rise with the date, as the store's do. */
export function messageIdAt(date: number, number: number): MessageId {
  return MessageId.parse(Math.floor(date / 1000) * 2 ** 20 + number);
}

export function makeMessage(
  init: FakeMessageInit,
  number: number,
  place: { accountId: AccountId; folderId: FolderId },
  now: number,
): FakeMessage {
  const random = seeded(number * 7919 + 13);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const date = init.date ?? now - number * 1_700_000;
  const id = messageIdAt(date, number % 1000);
  const parts = new Map<string, { contentType: string; content: Uint8Array<ArrayBuffer> }>();
  const attachments = (init.attachments ?? []).map((attachment, at) => {
    const part = PartId.parse(String(at + 2));
    parts.set(part, attachment);
    return {
      id: part,
      filename: attachment.filename,
      contentType: attachment.contentType,
      size: attachment.content.byteLength,
      inline: attachment.inline ?? false,
      contentId: attachment.contentId ?? null,
    };
  });
  const content: MessageContent = {
    id,
    ...place,
    threadId: ThreadId.parse(id),
    messageId: `<${number}@fake.test>`,
    inReplyTo: null,
    references: [],
    subject: init.subject ?? pick(subjects),
    from: init.from ?? pick(people),
    sender: null,
    replyTo: init.replyTo ?? [],
    to: init.to ?? [{ name: 'Anna Albrecht', address: 'anna@kontor-nord.test' }],
    cc: init.cc ?? [],
    bcc: [],
    date,
    flags: {
      seen: init.seen ?? (number > 8 && random() > 0.06),
      flagged: init.flagged ?? random() < 0.05,
      answered: init.answered ?? random() < 0.15,
      draft: init.draft ?? false,
      forwarded: false,
    },
    size: 4_000,
    text: init.text === undefined ? (init.html ? null : pick(texts)) : init.text,
    html: init.html ?? null,
    attachments,
    warnings: init.warnings ?? [],
    authenticationResults: init.authenticationResults ?? [],
    listUnsubscribe: init.listUnsubscribe ?? null,
  };
  return { content, parts };
}
