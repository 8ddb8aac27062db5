/** The first schema. What each table is for, and which ones exist nowhere else, stands beside it. */
export const initial = `
-- Precious tables (exist nowhere else): accounts, drafts, draft_attachments, outbox, archive_ledger, operations, settings.
-- Everything else can be rebuilt from the servers.

CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  display_name TEXT NOT NULL,
  settings TEXT NOT NULL,             -- JSON: imap, smtp, tls, allowPlaintext (domain/account.ts), no passwords
  archive_address TEXT,
  active INTEGER NOT NULL,
  group_id TEXT,                      -- "<organisation>/<group>" of a group account
  health TEXT,                        -- JSON: last known health, shown until the first check of a session
  poll_minutes INTEGER,               -- verdict of the connection test on a slow account: looked at only so often
  breaker TEXT,                       -- digest of settings and secrets whose login was rejected: no polling with exactly these
  created_at INTEGER NOT NULL
);

CREATE TABLE folders (
  id INTEGER PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  delimiter TEXT,
  role TEXT,
  selectable INTEGER NOT NULL DEFAULT 1,
  subscribed INTEGER NOT NULL DEFAULT 1,
  uid_validity TEXT,                  -- decimal text: 32 bits by RFC 9051, kept as told
  uid_next INTEGER,                   -- all UIDs below this and at or above low_uid are stored
  low_uid INTEGER,                    -- headers below this are not fetched yet; 1 when the history is complete
  highest_modseq TEXT,                -- decimal text: 63 bits
  server_total INTEGER,
  server_unseen INTEGER,
  total INTEGER NOT NULL DEFAULT 0,   -- counters of our placements, kept in the same transaction as the placements
  unread INTEGER NOT NULL DEFAULT 0,
  local_only INTEGER NOT NULL DEFAULT 0, -- created here, the server has not confirmed it yet
  last_synced_at INTEGER,
  UNIQUE (account_id, path)
);

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,             -- seconds << 20 | n: rises with the date (domain/ids.ts)
  account_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  identity TEXT NOT NULL,             -- digest of the identifying headers: a move or a label downloads nothing again
  message_id TEXT,                    -- normalised Message-ID, without <>
  thread_id INTEGER NOT NULL,
  subject TEXT NOT NULL,
  from_name TEXT, from_address TEXT,
  recipients TEXT NOT NULL,           -- JSON {to:[{name,address}],cc,bcc,replyTo,sender}
  date INTEGER NOT NULL,              -- ms
  size INTEGER NOT NULL,
  in_reply_to TEXT,
  refs TEXT,                          -- JSON [message ids], oldest first
  structure TEXT,                     -- JSON {textParts, attachments} derived from BODYSTRUCTURE
  has_attachments INTEGER NOT NULL,
  snippet TEXT NOT NULL DEFAULT '',
  text_state INTEGER NOT NULL DEFAULT 0, -- 0 not fetched, 1 stored, 2 put aside (could not be read; reason in quarantine)
  UNIQUE (account_id, identity)
);
CREATE INDEX messages_by_message_id ON messages (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX messages_by_thread ON messages (thread_id);
CREATE INDEX messages_without_text ON messages (account_id, id DESC) WHERE text_state = 0;

-- Which conversation a Message-ID belongs to, also for ones only known from References.
CREATE TABLE thread_refs (account_id TEXT NOT NULL, message_id TEXT NOT NULL, thread_id INTEGER NOT NULL, PRIMARY KEY (account_id, message_id)) WITHOUT ROWID;

CREATE TABLE placements (
  folder_id INTEGER NOT NULL REFERENCES folders(id) ON DELETE CASCADE,
  uid INTEGER NOT NULL,               -- negative: placed here by a local act, the server has not told the UID yet
  message_id INTEGER NOT NULL REFERENCES messages(id),
  flags INTEGER NOT NULL,             -- bits: 1 seen, 2 flagged, 4 answered, 8 draft, 16 forwarded, 32 deleted on the server
  keywords TEXT,                      -- other keywords, space separated
  hidden INTEGER NOT NULL DEFAULT 0,  -- moved or deleted here, not yet on the server: not shown, not counted
  PRIMARY KEY (folder_id, uid)
) WITHOUT ROWID;
CREATE INDEX placements_by_message ON placements (message_id);
CREATE INDEX placements_newest ON placements (folder_id, hidden, message_id DESC, uid DESC, flags);

CREATE TABLE texts (
  message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  text BLOB,                          -- zstd of UTF-8
  html BLOB
);

CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  folder_id INTEGER NOT NULL, uid INTEGER NOT NULL,
  reason TEXT NOT NULL, at INTEGER NOT NULL,
  UNIQUE (folder_id, uid)
);

CREATE TABLE attachment_cache (
  message_id INTEGER NOT NULL, part TEXT NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, used_at INTEGER NOT NULL,
  PRIMARY KEY (message_id, part)
) WITHOUT ROWID;

-- What a user did and the server does not know yet. Written in the transaction that shows it.
CREATE TABLE operations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,                 -- flag, move, delete, append-draft, remove-draft, folder-create, folder-rename, folder-delete, ...
  payload TEXT NOT NULL,              -- JSON, schema by kind
  state TEXT NOT NULL,                -- queued, running, failed
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  error TEXT,                         -- JSON WireError of the last failure
  created_at INTEGER NOT NULL
);
CREATE INDEX operations_open ON operations (account_id, id);

CREATE TABLE drafts (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  content TEXT NOT NULL,              -- JSON DraftContent (contract/compose.ts)
  message_id TEXT NOT NULL,           -- made once, kept over every save and the send
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  server_version INTEGER,             -- the version that the Drafts folder holds
  server_folder TEXT, server_uid INTEGER, server_uid_validity TEXT,
  outbox_id TEXT                      -- set while it is being sent: locked
);
CREATE TABLE draft_attachments (
  draft_id TEXT NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
  id TEXT NOT NULL,
  filename TEXT NOT NULL, content_type TEXT NOT NULL, size INTEGER NOT NULL,
  inline INTEGER NOT NULL DEFAULT 0, content_id TEXT,
  content BLOB NOT NULL,
  PRIMARY KEY (draft_id, id)
) WITHOUT ROWID;

CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  draft_id TEXT,
  message_id TEXT NOT NULL UNIQUE,
  subject TEXT NOT NULL,
  envelope TEXT NOT NULL,             -- JSON {from, to:[addresses incl. cc, bcc]}
  raw BLOB NOT NULL,                  -- the bytes as sent: no Bcc, no archive address
  state TEXT NOT NULL,                -- see send/outboxState.ts
  send_at INTEGER NOT NULL,           -- end of the undo window or the "send later" time
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  error TEXT,                         -- JSON WireError
  recipients TEXT NOT NULL,           -- JSON [{address,status,response}]
  sent_copy TEXT NOT NULL,            -- none, pending, filed, failed
  sent_folder TEXT, sent_uid INTEGER,
  sent_error TEXT, sent_attempts INTEGER NOT NULL DEFAULT 0,
  archive TEXT NOT NULL,              -- none, pending, sent, failed
  archive_address TEXT,
  related TEXT,                       -- JSON {messageId, kind: reply|forward}: the mail that this answers
  machine_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  finished_at INTEGER
);
CREATE INDEX outbox_open ON outbox (state, send_at);

CREATE TABLE archive_ledger (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  outbox_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  address TEXT NOT NULL,
  at INTEGER NOT NULL,
  outcome TEXT NOT NULL,              -- accepted, refused, unreachable
  server TEXT,                        -- who accepted or refused
  response TEXT
);

-- Known by Message-ID, so that a mail is announced once however often it is met (research/peers.md 29).
CREATE TABLE announced (account_id TEXT NOT NULL, identity TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (account_id, identity)) WITHOUT ROWID;

CREATE VIRTUAL TABLE search USING fts5(
  subject, people, body, files,
  content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2", detail=column
);
`;
