/** The first schema. What each table is for, and which ones exist nowhere else, stands beside it. */
export const initial = `
-- Precious tables (exist nowhere else): settings, accounts, operations, operation_items, drafts, draft_attachments, outbox,
-- archive_ledger, notices.
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
  path TEXT NOT NULL,                 -- as the server knows it (or is going to, while local_only)
  shown_path TEXT NOT NULL,           -- the same, but for a rename that the server does not know yet
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
  total INTEGER NOT NULL DEFAULT 0,   -- shown placements; kept by the triggers below
  unread INTEGER NOT NULL DEFAULT 0,
  threads INTEGER NOT NULL DEFAULT 0, -- conversations with a shown placement
  local_only INTEGER NOT NULL DEFAULT 0, -- created here, the server has not confirmed it yet
  hidden INTEGER NOT NULL DEFAULT 0,  -- deleted here, the server does not know it yet
  last_synced_at INTEGER,
  UNIQUE (account_id, path),
  UNIQUE (account_id, shown_path)
);

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,             -- seconds << 20 | n: rises with the date (domain/ids.ts)
  account_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  identity TEXT NOT NULL,             -- digest of the identifying headers: a move or a label downloads nothing again
  copy INTEGER NOT NULL,              -- 0; 1, 2 ... for equal ones that lie in one folder together: each stays visible
  message_id TEXT,                    -- normalised Message-ID, without <>
  thread_id INTEGER NOT NULL,
  subject TEXT NOT NULL,
  from_name TEXT, from_address TEXT,
  recipients TEXT NOT NULL,           -- JSON {to:[{name,address}],cc,bcc,replyTo,sender}
  date INTEGER NOT NULL,              -- ms
  arrived_at INTEGER NOT NULL,        -- ms: when the server got it, by the first folder that it was met in
  size INTEGER NOT NULL,
  in_reply_to TEXT,
  refs TEXT,                          -- JSON [message ids], oldest first
  structure TEXT,                     -- JSON {textParts, attachments} (messageStructure.ts)
  has_attachments INTEGER NOT NULL,
  snippet TEXT NOT NULL DEFAULT '',
  text_state INTEGER NOT NULL DEFAULT 0, -- 0 not fetched, 1 stored, 2 put aside (could not be read)
  indexed INTEGER NOT NULL DEFAULT 0, -- 0: its search row is missing or out of date
  UNIQUE (account_id, identity, copy)
);
CREATE INDEX messages_by_message_id ON messages (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX messages_by_thread ON messages (thread_id, id);
CREATE INDEX messages_without_text ON messages (account_id, id) WHERE text_state = 0;
CREATE INDEX messages_to_index ON messages (id) WHERE indexed = 0;
CREATE INDEX messages_with_files ON messages (id) WHERE has_attachments = 1;
CREATE INDEX messages_large ON messages (id) WHERE size >= 1000000;

-- Which conversation a Message-ID belongs to, also for ones only known from References.
CREATE TABLE thread_refs (account_id TEXT NOT NULL, message_id TEXT NOT NULL, thread_id INTEGER NOT NULL, PRIMARY KEY (account_id, message_id)) WITHOUT ROWID;
CREATE INDEX thread_refs_by_thread ON thread_refs (thread_id);

CREATE TABLE placements (
  folder_id INTEGER NOT NULL REFERENCES folders(id) ON DELETE CASCADE,
  uid INTEGER NOT NULL,               -- negative: placed here by a local act, the server has not told the UID yet
  message_id INTEGER NOT NULL REFERENCES messages(id),
  thread_id INTEGER NOT NULL,         -- the message's, for the triggers
  flags INTEGER NOT NULL,             -- bits: 1 seen, 2 flagged, 4 answered, 8 draft, 16 forwarded, 32 deleted on the server
  keywords TEXT,                      -- other keywords, space separated
  hidden INTEGER NOT NULL DEFAULT 0,  -- bits: 1 moved or deleted here, not yet on the server; 2 flagged as deleted there. Not shown, not counted
  PRIMARY KEY (folder_id, uid)
) WITHOUT ROWID;
CREATE INDEX placements_by_message ON placements (message_id, folder_id);
-- A list page is a range of this one; a message is shown once a folder.
CREATE UNIQUE INDEX placements_shown ON placements (folder_id, message_id) WHERE hidden = 0;
CREATE INDEX placements_unread ON placements (folder_id, message_id) WHERE hidden = 0 AND flags & 1 = 0;
CREATE INDEX placements_starred ON placements (message_id) WHERE hidden = 0 AND flags & 2 <> 0;

-- One row a conversation and folder: a page of conversations is a range of folder_threads_newest.
CREATE TABLE folder_threads (
  folder_id INTEGER NOT NULL REFERENCES folders(id) ON DELETE CASCADE,
  thread_id INTEGER NOT NULL,
  newest INTEGER NOT NULL,            -- message id
  total INTEGER NOT NULL,
  unread INTEGER NOT NULL,
  PRIMARY KEY (folder_id, thread_id)
) WITHOUT ROWID;
CREATE INDEX folder_threads_newest ON folder_threads (folder_id, newest);
CREATE TRIGGER folder_thread_added AFTER INSERT ON folder_threads BEGIN
  UPDATE folders SET threads = threads + 1 WHERE id = NEW.folder_id;
END;
CREATE TRIGGER folder_thread_gone AFTER DELETE ON folder_threads BEGIN
  UPDATE folders SET threads = threads - 1 WHERE id = OLD.folder_id;
END;

-- Messages that lie nowhere any more. Kept until a pass over all folders has ended: a move by another program is met as
-- "gone here" before it is met as "new there".
CREATE TABLE orphans (message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE);

-- Counters and conversation rows follow the placements here and nowhere else, so that no act can forget them.
CREATE TRIGGER placement_inserted AFTER INSERT ON placements BEGIN
  DELETE FROM orphans WHERE message_id = NEW.message_id;
END;
CREATE TRIGGER placement_inserted_shown AFTER INSERT ON placements WHEN NEW.hidden = 0 BEGIN
  UPDATE folders SET total = total + 1, unread = unread + (NEW.flags & 1 = 0) WHERE id = NEW.folder_id;
  INSERT INTO folder_threads (folder_id, thread_id, newest, total, unread)
    VALUES (NEW.folder_id, NEW.thread_id, NEW.message_id, 1, NEW.flags & 1 = 0)
    ON CONFLICT (folder_id, thread_id) DO UPDATE SET
      newest = max(newest, excluded.newest), total = total + 1, unread = unread + excluded.unread;
END;
CREATE TRIGGER placement_read AFTER UPDATE OF flags ON placements
WHEN OLD.hidden = 0 AND NEW.hidden = 0 AND OLD.thread_id = NEW.thread_id AND OLD.flags & 1 <> NEW.flags & 1 BEGIN
  UPDATE folders SET unread = unread + (OLD.flags & 1) - (NEW.flags & 1) WHERE id = NEW.folder_id;
  UPDATE folder_threads SET unread = unread + (OLD.flags & 1) - (NEW.flags & 1)
    WHERE folder_id = NEW.folder_id AND thread_id = NEW.thread_id;
END;
CREATE TRIGGER placement_left AFTER UPDATE OF hidden, thread_id, message_id ON placements
WHEN OLD.hidden = 0 AND (NEW.hidden <> 0 OR OLD.thread_id <> NEW.thread_id OR OLD.message_id <> NEW.message_id) BEGIN
  UPDATE folders SET total = total - 1, unread = unread - (OLD.flags & 1 = 0) WHERE id = OLD.folder_id;
  UPDATE folder_threads SET total = total - 1, unread = unread - (OLD.flags & 1 = 0),
      newest = CASE WHEN newest = OLD.message_id THEN coalesce((
        SELECT m.id FROM messages m JOIN placements p ON p.message_id = m.id AND p.folder_id = OLD.folder_id
        WHERE m.thread_id = OLD.thread_id AND p.hidden = 0 AND p.thread_id = OLD.thread_id ORDER BY m.id DESC LIMIT 1), 0) ELSE newest END
    WHERE folder_id = OLD.folder_id AND thread_id = OLD.thread_id;
  DELETE FROM folder_threads WHERE folder_id = OLD.folder_id AND thread_id = OLD.thread_id AND total = 0;
END;
CREATE TRIGGER placement_entered AFTER UPDATE OF hidden, thread_id, message_id ON placements
WHEN NEW.hidden = 0 AND (OLD.hidden <> 0 OR OLD.thread_id <> NEW.thread_id OR OLD.message_id <> NEW.message_id) BEGIN
  UPDATE folders SET total = total + 1, unread = unread + (NEW.flags & 1 = 0) WHERE id = NEW.folder_id;
  INSERT INTO folder_threads (folder_id, thread_id, newest, total, unread)
    VALUES (NEW.folder_id, NEW.thread_id, NEW.message_id, 1, NEW.flags & 1 = 0)
    ON CONFLICT (folder_id, thread_id) DO UPDATE SET
      newest = max(newest, excluded.newest), total = total + 1, unread = unread + excluded.unread;
END;
CREATE TRIGGER placement_deleted_shown AFTER DELETE ON placements WHEN OLD.hidden = 0 BEGIN
  UPDATE folders SET total = total - 1, unread = unread - (OLD.flags & 1 = 0) WHERE id = OLD.folder_id;
  UPDATE folder_threads SET total = total - 1, unread = unread - (OLD.flags & 1 = 0),
      newest = CASE WHEN newest = OLD.message_id THEN coalesce((
        SELECT m.id FROM messages m JOIN placements p ON p.message_id = m.id AND p.folder_id = OLD.folder_id
        WHERE m.thread_id = OLD.thread_id AND p.hidden = 0 AND p.thread_id = OLD.thread_id ORDER BY m.id DESC LIMIT 1), 0) ELSE newest END
    WHERE folder_id = OLD.folder_id AND thread_id = OLD.thread_id;
  DELETE FROM folder_threads WHERE folder_id = OLD.folder_id AND thread_id = OLD.thread_id AND total = 0;
END;
CREATE TRIGGER placement_deleted AFTER DELETE ON placements
WHEN NOT EXISTS (SELECT 1 FROM placements WHERE message_id = OLD.message_id) BEGIN
  INSERT OR IGNORE INTO orphans (message_id) SELECT id FROM messages WHERE id = OLD.message_id;
END;

CREATE TABLE texts (
  message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  text BLOB,                          -- raw deflate of UTF-8
  html BLOB,
  extra TEXT NOT NULL                 -- JSON {warnings, authenticationResults, listUnsubscribe}
);

-- What could not be read: known, so that it is not fetched again and again, and counted, so that the folder's counts agree.
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  folder_id INTEGER NOT NULL REFERENCES folders(id) ON DELETE CASCADE,
  uid INTEGER NOT NULL,
  reason TEXT NOT NULL, at INTEGER NOT NULL,
  UNIQUE (folder_id, uid)
);

CREATE TABLE attachment_cache (
  message_id INTEGER NOT NULL, part TEXT NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, used_at INTEGER NOT NULL,
  PRIMARY KEY (message_id, part)
) WITHOUT ROWID;
CREATE INDEX attachment_cache_oldest ON attachment_cache (used_at);

-- What a user did and the server does not know yet. Written in the transaction that shows it.
CREATE TABLE operations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,                 -- flag, move, delete, remove-draft, folder-create, folder-rename, folder-delete
  folder_id INTEGER,                  -- where it works; not a reference: the folder may be gone by then
  target_id INTEGER,                  -- a move's target folder
  payload TEXT NOT NULL,              -- JSON, schema by kind (operationKinds.ts)
  state TEXT NOT NULL,                -- queued, running, failed
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  error TEXT,                         -- JSON WireError of the last failure
  created_at INTEGER NOT NULL
);
CREATE INDEX operations_open ON operations (account_id, id);
CREATE INDEX operations_by_folder ON operations (folder_id);

-- The messages of an operation, by identity and not by UID: a new UIDVALIDITY or a UID told late changes nothing here.
CREATE TABLE operation_items (
  operation_id INTEGER NOT NULL REFERENCES operations(id) ON DELETE CASCADE,
  message_id INTEGER NOT NULL,
  folder_id INTEGER NOT NULL REFERENCES folders(id) ON DELETE CASCADE,
  flags_before INTEGER NOT NULL,      -- as they were before the act: what taking it back restores
  PRIMARY KEY (operation_id, message_id)
) WITHOUT ROWID;
CREATE INDEX operation_items_by_message ON operation_items (message_id, folder_id);
CREATE INDEX operation_items_by_folder ON operation_items (folder_id);

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

-- What a person must know once; kept until it is dismissed.
CREATE TABLE notices (id TEXT PRIMARY KEY, code TEXT NOT NULL, params TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;

-- Words as search/words.ts folds them. The rowid is the message's id: newest first is the index's own order.
CREATE VIRTUAL TABLE search USING fts5(
  subject, sender, recipients, copies, body, files,
  content='', contentless_delete=1, detail=column, prefix='3', tokenize="unicode61 remove_diacritics 0 tokenchars '@._-+'"
);
-- Long words met so far, for finding the parts of compounds ("betrag" in "rechnungsbetrag").
CREATE TABLE long_words (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE word_parts USING fts5(word, content='long_words', content_rowid='id', detail=none, tokenize='trigram case_sensitive 1');
`;
