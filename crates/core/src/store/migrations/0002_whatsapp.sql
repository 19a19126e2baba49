-- What a message holds besides its words (JSON), and where it stands among others.
ALTER TABLE messages ADD COLUMN content TEXT;
ALTER TABLE messages ADD COLUMN referral TEXT;
-- The wamid of the message that this one answers.
ALTER TABLE messages ADD COLUMN reply_to TEXT;
-- 0: written for us. 1: passed on. 2: passed on many times.
ALTER TABLE messages ADD COLUMN forwarded INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN edited_at INTEGER;
ALTER TABLE messages ADD COLUMN revoked_at INTEGER;
-- What WhatsApp says that it costs (JSON).
ALTER TABLE messages ADD COLUMN pricing TEXT;

-- What was sent (JSON), where the row alone could not send it again.
ALTER TABLE messages ADD COLUMN outgoing TEXT;

CREATE INDEX messages_priced ON messages (conversation_id) WHERE pricing IS NOT NULL;

-- What an edited message said before, oldest first.
CREATE TABLE message_versions (
    n INTEGER PRIMARY KEY,
    message_id BLOB NOT NULL,
    text TEXT NOT NULL,
    -- Until when it read so.
    until INTEGER NOT NULL
) STRICT;

CREATE INDEX message_versions_of_message ON message_versions (message_id, n);

-- Edits and deletions, by the message that they change: one may come before its message.
CREATE TABLE message_changes (
    -- The change's own wamid: WhatsApp repeats itself.
    wamid TEXT PRIMARY KEY,
    target TEXT NOT NULL,
    -- Which side made it: each side changes only what it wrote.
    direction TEXT NOT NULL,
    -- 'edit' or 'revoke'.
    change TEXT NOT NULL,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    applied INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX message_changes_of_target ON message_changes (target);
CREATE INDEX message_changes_waiting ON message_changes (target) WHERE applied = 0;

-- The newest reaction of each side to a message, which may come later than the reaction.
CREATE TABLE reactions (
    target TEXT NOT NULL,
    -- 'in': the customer's. 'out': the shop's.
    direction TEXT NOT NULL,
    -- Empty: taken away.
    emoji TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (target, direction)
) STRICT, WITHOUT ROWID;

-- Files of messages. The bytes are in the media database.
CREATE TABLE media (
    message_id BLOB PRIMARY KEY,
    direction TEXT NOT NULL,
    -- WhatsApp's id: it lasts seven days inbound, thirty outbound.
    media_id TEXT,
    media_id_at INTEGER NOT NULL,
    mime TEXT NOT NULL,
    sha256 TEXT,
    name TEXT,
    size INTEGER,
    voice INTEGER NOT NULL,
    animated INTEGER NOT NULL,
    width INTEGER,
    height INTEGER,
    duration_ms INTEGER,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    problem_code TEXT,
    problem_title TEXT,
    problem_advice TEXT,
    thumbnail BLOB,
    -- A person opened it: then it is fetched whatever the settings say.
    wanted INTEGER NOT NULL DEFAULT 0,
    -- Names its bytes in the media database; its message names them where this is absent.
    file_id BLOB
) STRICT, WITHOUT ROWID;

CREATE INDEX media_to_fetch ON media (next_at) WHERE state = 'waiting';
CREATE INDEX media_by_file ON media (file_id) WHERE file_id IS NOT NULL;

-- Files on their way into a message. The bytes are in the media database under the same id.
CREATE TABLE staged_files (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    -- As announced; as it is once it is whole.
    size INTEGER NOT NULL,
    begun_at INTEGER NOT NULL,
    -- How it goes out best. Absent until it is whole.
    kind TEXT,
    animated INTEGER NOT NULL DEFAULT 0,
    width INTEGER,
    height INTEGER,
    duration_ms INTEGER,
    problem_code TEXT,
    problem_title TEXT,
    problem_advice TEXT,
    thumbnail BLOB
) STRICT, WITHOUT ROWID;

ALTER TABLE lines ADD COLUMN waba_id TEXT;
ALTER TABLE lines ADD COLUMN verified_name TEXT;
ALTER TABLE lines ADD COLUMN quality TEXT;
-- Messages a second that WhatsApp takes from it.
ALTER TABLE lines ADD COLUMN throughput INTEGER;
-- The Business app is on the same number.
ALTER TABLE lines ADD COLUMN coexists INTEGER NOT NULL DEFAULT 0;
-- When it was taken away from us; messages can't be sent until it is connected again.
ALTER TABLE lines ADD COLUMN offboarded_at INTEGER;
-- From when the newest word is on whether it is ours: words come late, and twice.
ALTER TABLE lines ADD COLUMN standing_at INTEGER NOT NULL DEFAULT 0;

-- Beside which identity (kind and match key) it was learned: they go together when contacts are split.
ALTER TABLE identities ADD COLUMN beside TEXT;

-- Whose an identity was until somebody else got it: phone numbers and usernames change hands.
CREATE TABLE former_identities (
    kind TEXT NOT NULL,
    match_key TEXT NOT NULL,
    until INTEGER NOT NULL,
    contact_id BLOB NOT NULL REFERENCES contacts (id),
    PRIMARY KEY (kind, match_key, until)
) STRICT, WITHOUT ROWID;

-- The shop's own name for a customer, from its phone book; it wins over the profile's.
ALTER TABLE contacts ADD COLUMN book_name TEXT;
-- When the phone book last said so: its entries come in any order.
ALTER TABLE contacts ADD COLUMN book_at INTEGER NOT NULL DEFAULT 0;

-- What made two contacts look like one person. Joining them is for a person to decide.
CREATE TABLE contact_evidence (
    contact_id BLOB NOT NULL REFERENCES contacts (id),
    other_id BLOB NOT NULL REFERENCES contacts (id),
    -- 'same_message', 'number_changed', 'user_id_changed'.
    why TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (contact_id, other_id, why)
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_evidence_of_other ON contact_evidence (other_id);

-- Two contacts that a person joined, so that the person can split them again.
CREATE TABLE contact_joins (
    n INTEGER PRIMARY KEY,
    kept_id BLOB NOT NULL,
    joined_id BLOB NOT NULL,
    joined_name TEXT NOT NULL,
    -- What moved (JSON): identities, conversations, messages.
    moved TEXT NOT NULL,
    at INTEGER NOT NULL,
    split_at INTEGER
) STRICT;

CREATE INDEX contact_joins_of_contact ON contact_joins (kept_id) WHERE split_at IS NULL;

-- The phone's history, as it arrives in chunks of any order.
CREATE TABLE history_imports (
    line_id BLOB PRIMARY KEY REFERENCES lines (id),
    phase INTEGER NOT NULL,
    progress INTEGER NOT NULL,
    chunks INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    finished_at INTEGER,
    problem_code TEXT,
    problem_title TEXT,
    problem_advice TEXT
) STRICT, WITHOUT ROWID;

-- What Meta tells of the account, its numbers and its templates.
CREATE TABLE alerts (
    n INTEGER PRIMARY KEY,
    -- Names the news, so that a repetition is the same alert.
    key TEXT NOT NULL UNIQUE,
    line_id BLOB,
    waba_id TEXT,
    field TEXT NOT NULL,
    event TEXT NOT NULL,
    severity TEXT NOT NULL,
    title TEXT NOT NULL,
    advice TEXT NOT NULL,
    details TEXT,
    at INTEGER NOT NULL,
    ended_at INTEGER,
    dismissed_at INTEGER
) STRICT;

CREATE INDEX alerts_open ON alerts (n) WHERE ended_at IS NULL AND dismissed_at IS NULL;

CREATE TABLE templates (
    waba_id TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    meta_id TEXT,
    category TEXT NOT NULL,
    status TEXT NOT NULL,
    quality TEXT,
    reason TEXT,
    -- Its components as Meta has them (JSON).
    components TEXT NOT NULL,
    -- Which part of our kit it is.
    kit TEXT,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (waba_id, name, language)
) STRICT, WITHOUT ROWID;

-- A message that waited too long, or whose window closed meanwhile, asks before it goes.
ALTER TABLE outbox ADD COLUMN asks INTEGER NOT NULL DEFAULT 0;

-- A report that overtakes its message may carry the price.
ALTER TABLE early_statuses ADD COLUMN pricing TEXT;

-- An alert's notice belongs to no conversation.
CREATE TABLE newer_notices (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    conversation_id BLOB REFERENCES conversations (id),
    charge_id BLOB,
    message_id BLOB,
    -- Which money it tells of: a link may be paid more than once.
    payment_intent TEXT,
    alert INTEGER,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO newer_notices (id, kind, conversation_id, charge_id, message_id, at)
    SELECT id, kind, conversation_id, charge_id, message_id, at FROM notices;
DROP TABLE notices;
ALTER TABLE newer_notices RENAME TO notices;
