CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Journals this desk has listened to. `n` keeps their sequence numbers apart.
CREATE TABLE journals (
    n INTEGER PRIMARY KEY,
    uuid BLOB NOT NULL UNIQUE,
    applied_seq INTEGER NOT NULL
) STRICT;

-- `key` is the journal's n × 2^40 + seq, so that envelopes stand in order of arrival.
CREATE TABLE envelopes (
    key INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    body TEXT NOT NULL,
    error TEXT
) STRICT;

CREATE INDEX envelopes_with_error ON envelopes (key) WHERE error IS NOT NULL;

CREATE TABLE lines (
    id BLOB PRIMARY KEY,
    phone_number_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    display_phone TEXT,
    known INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `value` is what WhatsApp wrote; `match_key` is what variants of it share.
CREATE TABLE identities (
    kind TEXT NOT NULL,
    match_key TEXT NOT NULL,
    value TEXT NOT NULL,
    contact_id BLOB NOT NULL REFERENCES contacts (id),
    -- When it was last used: a customer's newest number is the one to answer.
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (kind, match_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_of_contact ON identities (contact_id);

CREATE TABLE conversations (
    id BLOB PRIMARY KEY,
    line_id BLOB NOT NULL REFERENCES lines (id),
    contact_id BLOB NOT NULL REFERENCES contacts (id),
    last_at INTEGER NOT NULL,
    snippet TEXT NOT NULL,
    snippet_kind TEXT NOT NULL,
    snippet_from_me INTEGER NOT NULL,
    unread INTEGER NOT NULL,
    last_inbound_at INTEGER,
    UNIQUE (line_id, contact_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX conversations_by_time ON conversations (last_at DESC, id DESC);
CREATE INDEX conversations_unread ON conversations (last_at DESC, id DESC) WHERE unread > 0;
CREATE INDEX conversations_of_contact ON conversations (contact_id);

CREATE TABLE messages (
    n INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    conversation_id BLOB NOT NULL REFERENCES conversations (id),
    wamid TEXT,
    -- 0, or more where WhatsApp gave one name to different contents.
    variant INTEGER NOT NULL,
    direction TEXT NOT NULL,
    origin TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    delivery TEXT,
    problem_code TEXT,
    problem_title TEXT,
    problem_advice TEXT,
    charge_id BLOB,
    retry_of BLOB,
    media_name TEXT,
    envelope INTEGER,
    sent_at INTEGER,
    delivered_at INTEGER,
    read_at INTEGER
) STRICT;

CREATE UNIQUE INDEX messages_by_wamid ON messages (wamid, variant) WHERE wamid IS NOT NULL;
CREATE INDEX messages_of_conversation ON messages (conversation_id, at DESC, n DESC);

-- Reports about messages that we do not have yet: a status can overtake its message.
CREATE TABLE early_statuses (
    wamid TEXT NOT NULL,
    status TEXT NOT NULL,
    at INTEGER NOT NULL,
    problem_code TEXT,
    problem_title TEXT,
    problem_advice TEXT,
    PRIMARY KEY (wamid, status)
) STRICT, WITHOUT ROWID;

-- What still has to go out, in order. A row leaves when its fate is known.
CREATE TABLE outbox (
    n INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    conversation_id BLOB NOT NULL REFERENCES conversations (id),
    outgoing TEXT NOT NULL,
    sending INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    queued_at INTEGER NOT NULL
) STRICT;

CREATE INDEX outbox_of_conversation ON outbox (conversation_id, n);

CREATE TABLE charges (
    id BLOB PRIMARY KEY,
    conversation_id BLOB NOT NULL REFERENCES conversations (id),
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    description TEXT NOT NULL,
    message_text TEXT NOT NULL,
    single_use INTEGER NOT NULL,
    expires_at INTEGER,
    payment TEXT NOT NULL,
    creation TEXT NOT NULL,
    -- When a person last asked for the link.
    wanted_at INTEGER NOT NULL,
    creation_next_at INTEGER NOT NULL,
    creation_attempts INTEGER NOT NULL,
    idempotency_key TEXT NOT NULL UNIQUE,
    link_id TEXT UNIQUE,
    link_url TEXT,
    livemode INTEGER NOT NULL,
    closing TEXT,
    closing_next_at INTEGER NOT NULL,
    closed TEXT,
    created_at INTEGER NOT NULL,
    opened_at INTEGER,
    paid_at INTEGER,
    verified_at INTEGER,
    message_id BLOB,
    problem_code TEXT,
    problem_title TEXT,
    problem_advice TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX charges_of_conversation ON charges (conversation_id, created_at DESC);
CREATE INDEX charges_to_create ON charges (creation_next_at) WHERE creation = 'wanted';
CREATE INDEX charges_to_close ON charges (closing_next_at) WHERE closing IS NOT NULL;
CREATE INDEX charges_to_expire ON charges (expires_at)
    WHERE expires_at IS NOT NULL AND closing IS NULL AND closed IS NULL AND link_id IS NOT NULL;
CREATE INDEX charges_by_payment ON charges (payment, conversation_id);

-- One row per payment intent, as last read back from Stripe.
CREATE TABLE payments (
    payment_intent TEXT PRIMARY KEY,
    stripe_charge TEXT,
    checkout_session TEXT,
    charge_id BLOB,
    status TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    refunded_minor INTEGER NOT NULL,
    disputed INTEGER NOT NULL,
    fee_minor INTEGER,
    net_minor INTEGER,
    fee_currency TEXT,
    method TEXT,
    failure TEXT,
    livemode INTEGER NOT NULL,
    paid_at INTEGER,
    verified_at INTEGER NOT NULL,
    raw TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX payments_of_charge ON payments (charge_id) WHERE charge_id IS NOT NULL;

-- Stripe objects that something hinted at and that must be read back.
CREATE TABLE hints (
    object_id TEXT PRIMARY KEY,
    object_kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    hinted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX hints_by_time ON hints (next_at);

-- Stripe repeats events, and a webhook and a poll both bring them.
CREATE TABLE stripe_events (
    id TEXT PRIMARY KEY,
    seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stripe_reads (
    month TEXT PRIMARY KEY,
    reads INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE notices (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    conversation_id BLOB NOT NULL REFERENCES conversations (id),
    charge_id BLOB,
    message_id BLOB,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The audit log: every change that a person, a rule or the assistant made.
CREATE TABLE actions (
    n INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL
) STRICT;
