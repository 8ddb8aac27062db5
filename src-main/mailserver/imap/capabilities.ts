/** What the IMAP server can do, each of it to be switched off: a server without an extension neither names it nor does it. */

export const imapCapabilities = [
  'AUTH=PLAIN',
  'AUTH=LOGIN',
  'AUTH=XOAUTH2',
  'AUTH=OAUTHBEARER',
  'LITERAL+',
  'SASL-IR',
  'ID',
  'ENABLE',
  'IDLE',
  'NAMESPACE',
  'CHILDREN',
  'LIST-EXTENDED',
  'LIST-STATUS',
  'SPECIAL-USE',
  'STATUS=SIZE',
  'UNSELECT',
  'UIDPLUS',
  'MOVE',
  'CONDSTORE',
  'QRESYNC',
  'ESEARCH',
  'WITHIN',
] as const;

export type ImapCapability = (typeof imapCapabilities)[number];

/** A capability that rests on another goes with it. */
const restsOn: Partial<Record<ImapCapability, ImapCapability>> = {
  QRESYNC: 'CONDSTORE',
  'LIST-STATUS': 'LIST-EXTENDED',
};

export function offeredCapabilities(without: readonly ImapCapability[]): ReadonlySet<ImapCapability> {
  const offered = new Set(imapCapabilities.filter((name) => !without.includes(name)));
  for (const name of imapCapabilities) {
    const ground = restsOn[name];
    if (ground !== undefined && !offered.has(ground)) offered.delete(name);
  }
  return offered;
}
