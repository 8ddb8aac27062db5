/** What known servers say and do not keep, or need otherwise. Each row has its reason; a server not listed gets no special treatment. */

export interface Quirks {
  /** Advertises QRESYNC and breaks it. */
  readonly noQresync?: boolean;
  /** Advertises CONDSTORE or answers with it in ways that cannot be relied on. */
  readonly noCondstore?: boolean;
  /** Advertises IMAP4rev2 and answers wrongly in that mode. */
  readonly noImap4rev2?: boolean;
  /** Files sent mail in Sent by itself: ours would be a second copy. */
  readonly filesSentCopy?: boolean;
  /** One message lies in many folders at once, as labels. */
  readonly labels?: boolean;
  /** Connections that this account may hold here at once; the default is 3. */
  readonly connections?: number;
  readonly loginMethod?: string;
  readonly reason: string;
}

interface Row extends Quirks {
  readonly hosts: RegExp;
}

const rows: readonly Row[] = [
  {
    hosts: /(^|\.)imap\.mail\.me\.com$|(^|\.)icloud\.com$/i,
    noQresync: true,
    noCondstore: true,
    reason:
      'iCloud advertises QRESYNC and CONDSTORE but sends no ENABLED line, so client and server disagree on the mode.',
  },
  {
    hosts: /(^|\.)outlook\.office365\.com$|(^|\.)outlook\.office\.com$|(^|\.)imap-mail\.outlook\.com$/i,
    noImap4rev2: true,
    filesSentCopy: true,
    reason:
      'Exchange Online has a faulty IMAP4rev2 in some tenants and files what is submitted through it in Sent itself.',
  },
  {
    hosts: /(^|\.)imap\.gmail\.com$|(^|\.)imap\.googlemail\.com$/i,
    filesSentCopy: true,
    labels: true,
    connections: 2,
    reason:
      'Gmail shows labels as folders, files sent mail itself, and allows about 15 connections for all clients of a mailbox together.',
  },
  {
    hosts: /(^|\.)imap\.strato\.(de|com)$/i,
    noImap4rev2: true,
    reason: 'Strato answers SEARCH wrongly in IMAP4rev2 mode.',
  },
];

export const defaultConnections = 3;

/** By the name of the host alone: it is known before a byte was exchanged. */
export function quirksFor(host: string): Quirks {
  return rows.find((row) => row.hosts.test(host)) ?? { reason: 'no known quirk' };
}
