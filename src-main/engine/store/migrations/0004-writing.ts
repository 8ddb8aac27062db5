/** How the user writes: further names and addresses of an account, signatures, and templates. */
export const writing = `
-- Precious.
CREATE TABLE identities (
  id TEXT PRIMARY KEY,                -- of the account's own name and address: the account's id
  account_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  main INTEGER NOT NULL,              -- 1: name and address are the account's; the row adds the rest
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  reply_to TEXT NOT NULL,             -- '' : answers come to the address
  signature TEXT,                     -- JSON Signature (contract/writing.ts)
  created_at INTEGER NOT NULL
);
CREATE INDEX identities_by_account ON identities (account_id, created_at);

CREATE TABLE templates (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  subject TEXT NOT NULL,
  html TEXT,                          -- null: plain text alone
  text TEXT NOT NULL,
  updated_at INTEGER NOT NULL
);
`;
