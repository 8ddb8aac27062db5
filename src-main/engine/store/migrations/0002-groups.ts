/** Group work: the organisation that this profile belongs to, and for each group account its team log as far as it was read. */
export const groups = `
-- Precious: organisation, team_pending. Everything else can be read again from the config's source and the group mailboxes.

CREATE TABLE organisation (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  me TEXT NOT NULL,                   -- the user's id in the config
  source TEXT,                        -- URL without credentials, or path; null: not published yet
  fingerprint TEXT,                   -- pinned on joining
  held TEXT,                          -- the file of the revision in force; null: not published yet
  etag TEXT,
  draft TEXT,                         -- JSON {base, config}: what an administrator changed and has not published
  checked_at INTEGER,                 -- when its source was last reached
  last_error TEXT                     -- JSON WireError: why the newest is not in force
);

CREATE TABLE team_logs (
  account_id TEXT PRIMARY KEY REFERENCES accounts(id) ON DELETE CASCADE,
  header TEXT NOT NULL,               -- JSON LogHeader (domain/group/logState.ts)
  incomplete TEXT,                    -- JSON
  context TEXT NOT NULL,              -- fingerprint of the config that it was folded with
  read_uid INTEGER NOT NULL,          -- everything up to here was read
  base_uid INTEGER NOT NULL DEFAULT 0,-- team_base holds the state up to here, 0: none
  moved INTEGER NOT NULL DEFAULT 0,   -- 1: what the base holds lies in the folder under new UIDs and is being read again
  ignored TEXT NOT NULL DEFAULT '{}'  -- JSON {reason: count}
) WITHOUT ROWID;

-- Mails of the log folder above base_uid, in UID order: enough to fold them again with another config.
CREATE TABLE team_entries (
  account_id TEXT NOT NULL REFERENCES team_logs(account_id) ON DELETE CASCADE,
  uid INTEGER NOT NULL,
  at INTEGER NOT NULL,                -- INTERNALDATE, ms
  link TEXT,                          -- what the chain is made of; null: no link of it
  digest TEXT,                        -- of the chain up to here
  event TEXT,                         -- JSON; null: none that we understand
  reason TEXT,
  key TEXT,                           -- whose signature is right
  PRIMARY KEY (account_id, uid)
) WITHOUT ROWID;

-- The parts of the snapshot that team_entries go on from, compressed as they came.
CREATE TABLE team_base (
  account_id TEXT NOT NULL REFERENCES team_logs(account_id) ON DELETE CASCADE,
  part INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (account_id, part)
);

CREATE TABLE team_messages (
  account_id TEXT NOT NULL REFERENCES team_logs(account_id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  state TEXT NOT NULL,                -- JSON MessageState
  PRIMARY KEY (account_id, key)
) WITHOUT ROWID;

CREATE TABLE team_ids (
  account_id TEXT NOT NULL REFERENCES team_logs(account_id) ON DELETE CASCADE,
  id TEXT NOT NULL,
  PRIMARY KEY (account_id, id)
) WITHOUT ROWID;

-- Events made here that are not seen in the log yet: appended in this order, sent again until they are seen.
CREATE TABLE team_pending (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL,
  about TEXT,                         -- message key
  event TEXT NOT NULL,                -- JSON
  raw BLOB NOT NULL,                  -- the mail
  sent INTEGER NOT NULL DEFAULT 0,    -- an APPEND was begun: it may be there
  created_at INTEGER NOT NULL
);
CREATE INDEX team_pending_of ON team_pending (account_id, seq);

-- The mails of group mailboxes that the group works on, with what lists and rows show of their state.
CREATE TABLE group_mail (
  message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  account_id TEXT NOT NULL,
  key TEXT NOT NULL,
  taken_in INTEGER NOT NULL,          -- 1: the log has its intake, or it needs none
  handler TEXT,
  status TEXT NOT NULL,
  until INTEGER,
  notes INTEGER NOT NULL,
  read_by_me INTEGER NOT NULL,
  pending INTEGER NOT NULL,
  settled INTEGER NOT NULL,
  composing TEXT,                     -- JSON [{user, until}] while anybody does
  mine INTEGER NOT NULL,              -- the lists that it is on (domain/group/messageView.ts)
  unassigned INTEGER NOT NULL,
  information INTEGER NOT NULL
);
CREATE INDEX group_mail_by_key ON group_mail (account_id, key);
CREATE INDEX group_mail_waiting ON group_mail (account_id) WHERE taken_in = 0;
CREATE INDEX group_mail_mine ON group_mail (message_id) WHERE mine = 1;
CREATE INDEX group_mail_unassigned ON group_mail (message_id) WHERE unassigned = 1;
CREATE INDEX group_mail_information ON group_mail (message_id) WHERE information = 1;
CREATE INDEX group_mail_handler ON group_mail (account_id, handler);
`;
