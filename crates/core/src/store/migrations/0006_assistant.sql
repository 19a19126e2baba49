-- What the assistant proposes now, one for a conversation.
CREATE TABLE proposals (
    conversation_id BLOB PRIMARY KEY REFERENCES conversations (id),
    -- Made with it, so that accepting twice is one charge.
    charge_id BLOB NOT NULL UNIQUE,
    -- 'charge', 'question', 'recap', 'reply' or 'handoff'.
    kind TEXT NOT NULL,
    -- The whole of it (JSON).
    proposal TEXT NOT NULL,
    -- What it says and rests on: the same again is the same proposal.
    fingerprint TEXT NOT NULL,
    -- The newest message (n) that it knows of.
    basis INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX proposals_by_kind ON proposals (kind, conversation_id);

-- Evidence that a person dismissed: nothing is proposed from it again.
CREATE TABLE dismissed_proposals (
    conversation_id BLOB NOT NULL REFERENCES conversations (id),
    evidence TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, evidence)
) STRICT, WITHOUT ROWID;

-- What a configured model was asked, by day: the cap is counted here, before it is asked.
CREATE TABLE model_days (
    day TEXT PRIMARY KEY,
    questions INTEGER NOT NULL,
    tokens INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
