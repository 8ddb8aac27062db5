/** People: whom the user writes to (collected from mails), and the address book that he keeps himself. */
export const contacts = `
-- Precious: contacts, contact_addresses, contact_groups, contact_group_members, and of correspondents what is hidden. The rest of
-- correspondents is collected again from the mails.

CREATE TABLE correspondents (
  address TEXT PRIMARY KEY,           -- normalised (domain/account.ts)
  shown TEXT NOT NULL,                -- as it was last written
  name TEXT NOT NULL,
  name_at INTEGER NOT NULL,           -- ms: date of the mail that taught the name
  words TEXT NOT NULL,                -- what it is found by (domain/contacts.ts)
  sent INTEGER NOT NULL,              -- mails to it
  received INTEGER NOT NULL,
  rank REAL NOT NULL,                 -- how often and how lately (domain/contacts.ts)
  hidden INTEGER NOT NULL DEFAULT 0   -- taken away by the user: it stays away
) WITHOUT ROWID;

CREATE TABLE contacts (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  organisation TEXT NOT NULL,
  note TEXT NOT NULL,
  phones TEXT NOT NULL,               -- JSON [text]
  extra TEXT NOT NULL,                -- JSON: lines of its vCard that are not shown, kept for the export
  sort_key TEXT NOT NULL,             -- the name folded
  updated_at INTEGER NOT NULL
);
CREATE INDEX contacts_by_name ON contacts (sort_key, id);
CREATE TABLE contact_addresses (
  address TEXT PRIMARY KEY,           -- normalised: an address belongs to one contact
  contact_id TEXT NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  shown TEXT NOT NULL,
  words TEXT NOT NULL                 -- of the contact and this address
) WITHOUT ROWID;
CREATE INDEX contact_addresses_by_contact ON contact_addresses (contact_id, position);

CREATE TABLE contact_groups (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  words TEXT NOT NULL,
  updated_at INTEGER NOT NULL
);
-- By address and not by contact: a group may hold addresses that are no contacts.
CREATE TABLE contact_group_members (
  group_id TEXT NOT NULL REFERENCES contact_groups(id) ON DELETE CASCADE,
  address TEXT NOT NULL,              -- normalised
  shown TEXT NOT NULL,
  name TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (group_id, address)
) WITHOUT ROWID;
`;
