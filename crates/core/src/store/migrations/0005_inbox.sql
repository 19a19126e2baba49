-- What search looks through. The words are folded before they come here, and are not kept: a hit
-- is shown from its message. A row's number is its day and the message's own number, so that the
-- newest hits are found first whenever they arrived (store/search.rs).
CREATE VIRTUAL TABLE message_search USING fts5 (
    words, content = '', contentless_delete = 1, detail = none,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');

-- Messages whose words are still to be written there, before their transaction ends.
CREATE TABLE message_search_waits (
    n INTEGER PRIMARY KEY,
    -- Whether something may be there already.
    again INTEGER NOT NULL
) STRICT;

CREATE TRIGGER message_search_added AFTER INSERT ON messages BEGIN
    INSERT INTO message_search_waits (n, again) VALUES (new.n, 0) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER message_search_changed AFTER UPDATE OF text, media_name, revoked_at, charge_id ON messages
WHEN old.text <> new.text OR old.media_name IS NOT new.media_name
     OR old.revoked_at IS NOT new.revoked_at OR old.charge_id IS NOT new.charge_id
BEGIN
    INSERT INTO message_search_waits (n, again) VALUES (new.n, 1) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER message_search_removed AFTER DELETE ON messages BEGIN
    DELETE FROM message_search_waits WHERE n = old.n;
    DELETE FROM message_search WHERE rowid = ((old.at / 86400000) << 36) | old.n;
END;

-- The same for customers: names, numbers, and what the shop noted of them.
CREATE TABLE people (
    n INTEGER PRIMARY KEY,
    contact_id BLOB NOT NULL UNIQUE
) STRICT;

CREATE VIRTUAL TABLE people_search USING fts5 (
    words, content = '', contentless_delete = 1, detail = none,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3');

CREATE TABLE people_search_waits (contact_id BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TRIGGER people_search_added AFTER INSERT ON contacts BEGIN
    INSERT INTO people_search_waits VALUES (new.id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER people_search_renamed AFTER UPDATE OF name, book_name ON contacts
WHEN old.name <> new.name OR old.book_name IS NOT new.book_name
BEGIN
    INSERT INTO people_search_waits VALUES (new.id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER people_search_removed AFTER DELETE ON contacts BEGIN
    DELETE FROM people_search_waits WHERE contact_id = old.id;
    DELETE FROM people_search WHERE rowid = (SELECT n FROM people WHERE contact_id = old.id);
    DELETE FROM people WHERE contact_id = old.id;
END;

CREATE TRIGGER people_search_identity AFTER INSERT ON identities BEGIN
    INSERT INTO people_search_waits VALUES (new.contact_id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER people_search_identity_moved AFTER UPDATE OF contact_id, value ON identities
WHEN old.contact_id <> new.contact_id OR old.value <> new.value
BEGIN
    INSERT INTO people_search_waits VALUES (old.contact_id) ON CONFLICT DO NOTHING;
    INSERT INTO people_search_waits VALUES (new.contact_id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER people_search_identity_gone AFTER DELETE ON identities BEGIN
    INSERT INTO people_search_waits VALUES (old.contact_id) ON CONFLICT DO NOTHING;
END;

-- What was here before is written to the index in small steps, newest first.
INSERT INTO meta (key, value)
    SELECT 'search.messages_before', CAST(max(n) + 1 AS TEXT) FROM messages HAVING max(n) IS NOT NULL;
INSERT INTO meta (key, value)
    SELECT 'search.people_after', '' WHERE EXISTS (SELECT 1 FROM contacts);

-- Where a conversation stands in the shop's work.
ALTER TABLE conversations ADD COLUMN resolved INTEGER NOT NULL DEFAULT 0;
-- When it was last resolved: what was paid until then is fulfilled.
ALTER TABLE conversations ADD COLUMN done_at INTEGER;
ALTER TABLE conversations ADD COLUMN snoozed_until INTEGER;
-- When it came back from being put aside.
ALTER TABLE conversations ADD COLUMN woke_at INTEGER;
ALTER TABLE conversations ADD COLUMN assignee_id BLOB;
-- What the list is ordered by: the newest message, or when it came back.
ALTER TABLE conversations ADD COLUMN listed_at INTEGER
    GENERATED ALWAYS AS (max(last_at, coalesce(woke_at, 0))) VIRTUAL;

DROP INDEX conversations_by_time;
DROP INDEX conversations_unread;
CREATE INDEX conversations_listed ON conversations (listed_at DESC, id DESC);
CREATE INDEX conversations_unread ON conversations (listed_at DESC, id DESC) WHERE unread > 0;
CREATE INDEX conversations_at_work ON conversations (assignee_id, listed_at DESC, id DESC)
    WHERE resolved = 0 AND snoozed_until IS NULL;
CREATE INDEX conversations_snoozed ON conversations (snoozed_until) WHERE snoozed_until IS NOT NULL;

-- Who works in the shop. The first one is whose desk this is; a name is asked for in the settings.
CREATE TABLE members (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    is_me INTEGER NOT NULL,
    removed_at INTEGER
) STRICT, WITHOUT ROWID;

INSERT INTO members (id, name, is_me) VALUES (randomblob(16), '', 1);

CREATE TABLE labels (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    -- The name as search folds it: two labels never differ by an accent alone.
    match_key TEXT NOT NULL UNIQUE,
    color TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE conversation_labels (
    conversation_id BLOB NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    label_id BLOB NOT NULL REFERENCES labels (id) ON DELETE CASCADE,
    PRIMARY KEY (conversation_id, label_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX conversations_of_label ON conversation_labels (label_id, conversation_id);

CREATE TABLE quick_replies (
    id BLOB PRIMARY KEY,
    -- What is typed after the slash.
    shortcut TEXT NOT NULL UNIQUE,
    text TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Their files. The bytes are in the media database under the file's own id.
CREATE TABLE quick_reply_files (
    file_id BLOB PRIMARY KEY,
    reply_id BLOB NOT NULL REFERENCES quick_replies (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    size INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX files_of_quick_reply ON quick_reply_files (reply_id, place);

-- What is being written, in the window's own form (JSON), so that a restart loses none of it.
CREATE TABLE drafts (
    conversation_id BLOB PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
    letter TEXT NOT NULL,
    -- Its first words, for the list.
    words TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the shop knows of a customer besides what WhatsApp tells.
CREATE TABLE contact_fields (
    contact_id BLOB NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    -- Empty: the notes.
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (contact_id, name)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER people_search_field AFTER INSERT ON contact_fields BEGIN
    INSERT INTO people_search_waits VALUES (new.contact_id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER people_search_field_changed AFTER UPDATE ON contact_fields BEGIN
    INSERT INTO people_search_waits VALUES (old.contact_id) ON CONFLICT DO NOTHING;
    INSERT INTO people_search_waits VALUES (new.contact_id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER people_search_field_gone AFTER DELETE ON contact_fields BEGIN
    INSERT INTO people_search_waits VALUES (old.contact_id) ON CONFLICT DO NOTHING;
END;
