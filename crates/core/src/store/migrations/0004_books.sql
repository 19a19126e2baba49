-- When a check found that Stripe has nothing behind what a charge said here.
ALTER TABLE charges ADD COLUMN contested_at INTEGER;
-- How far the order is once its money is there: 'new', 'preparing', 'shipped', 'delivered'.
ALTER TABLE charges ADD COLUMN fulfilment TEXT;
ALTER TABLE charges ADD COLUMN fulfilment_at INTEGER;
-- The charge in whose place it was made: that one can't be paid any more.
ALTER TABLE charges ADD COLUMN replaces BLOB;
-- A person does not want this customer reminded.
ALTER TABLE charges ADD COLUMN reminders_off INTEGER NOT NULL DEFAULT 0;

UPDATE charges SET fulfilment = 'new', fulfilment_at = paid_at
    WHERE payment IN ('paid', 'overpaid') AND paid_at > (unixepoch() - 14 * 86400) * 1000;

CREATE INDEX charges_replaces ON charges (replaces) WHERE replaces IS NOT NULL;
CREATE INDEX charges_contested ON charges (contested_at) WHERE contested_at IS NOT NULL;
CREATE INDEX charges_to_fulfil ON charges (fulfilment) WHERE fulfilment IN ('new', 'preparing', 'shipped');
CREATE INDEX charges_by_time ON charges (created_at DESC, id DESC);
CREATE INDEX charges_by_paid ON charges (paid_at) WHERE paid_at IS NOT NULL;

-- Until when a voucher can be paid, and where the customer sees it.
ALTER TABLE payments ADD COLUMN voucher_until INTEGER;
ALTER TABLE payments ADD COLUMN voucher_url TEXT;
-- What of a transfer has come so far.
ALTER TABLE payments ADD COLUMN funded_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payments ADD COLUMN contested_at INTEGER;

CREATE INDEX payments_by_stripe_charge ON payments (stripe_charge) WHERE stripe_charge IS NOT NULL;
CREATE INDEX payments_by_time ON payments (paid_at) WHERE status = 'succeeded';

-- Money given back. Made here (then it has a key), or found at Stripe.
CREATE TABLE refunds (
    id BLOB PRIMARY KEY,
    payment_intent TEXT NOT NULL,
    charge_id BLOB NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    reason TEXT,
    note TEXT NOT NULL,
    -- 'wanted', 'pending', 'succeeded', 'failed', 'cancelled', 'stopped'.
    state TEXT NOT NULL,
    stripe_id TEXT UNIQUE,
    idempotency_key TEXT UNIQUE,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    problem_code TEXT,
    problem_title TEXT,
    problem_advice TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX refunds_of_charge ON refunds (charge_id);
CREATE INDEX refunds_to_make ON refunds (next_at) WHERE state = 'wanted';

CREATE TABLE disputes (
    id TEXT PRIMARY KEY,
    payment_intent TEXT NOT NULL,
    charge_id BLOB,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    due_by INTEGER,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX disputes_of_charge ON disputes (charge_id) WHERE charge_id IS NOT NULL;

-- What a customer was reminded of, and when: a reminder happens once.
CREATE TABLE reminders (
    charge_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    message_id BLOB,
    at INTEGER NOT NULL,
    PRIMARY KEY (charge_id, number)
) STRICT, WITHOUT ROWID;

-- A payment that a person tied to a conversation. Undoing it gives the charge back what it was.
CREATE TABLE ties (
    payment_intent TEXT PRIMARY KEY,
    charge_id BLOB NOT NULL,
    -- The charge was made for the tie, and goes with it.
    made INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Readings of the account. What they found is kept until a newer one of the same range.
CREATE TABLE reconciliations (
    n INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    livemode INTEGER NOT NULL,
    -- 'running', 'paused', 'done', 'cancelled'.
    state TEXT NOT NULL,
    -- Which of Stripe's lists is read, or what comes after the last one.
    stage INTEGER NOT NULL,
    -- Behind which object its next page begins.
    after TEXT,
    reads INTEGER NOT NULL,
    objects INTEGER NOT NULL,
    unreadable INTEGER NOT NULL,
    repaired INTEGER NOT NULL,
    -- Lists that could not be read (JSON): name and why.
    skipped TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    problem_code TEXT,
    problem_title TEXT,
    problem_advice TEXT
) STRICT;

-- What Stripe's lists had, each object once.
CREATE TABLE book_objects (
    run INTEGER NOT NULL,
    shelf TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT,
    status TEXT NOT NULL,
    fee_minor INTEGER NOT NULL,
    net_minor INTEGER NOT NULL,
    payment_intent TEXT,
    stripe_charge TEXT,
    source TEXT,
    payment_link TEXT,
    cobro_charge TEXT,
    refunded_minor INTEGER NOT NULL,
    disputed INTEGER NOT NULL,
    name TEXT,
    email TEXT,
    phone TEXT,
    description TEXT,
    -- Where it was put, and whose it is.
    class TEXT,
    charge_id BLOB,
    PRIMARY KEY (run, shelf, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX book_objects_of_payment ON book_objects (run, payment_intent) WHERE payment_intent IS NOT NULL;
CREATE INDEX book_objects_of_charge ON book_objects (run, stripe_charge) WHERE stripe_charge IS NOT NULL;
CREATE INDEX book_objects_by_source ON book_objects (run, source) WHERE source IS NOT NULL;
CREATE INDEX book_objects_by_class ON book_objects (run, class, at DESC, id DESC);

-- Exceptions that a person has looked at and explained, such as a sale at the counter.
CREATE TABLE book_notes (
    object_id TEXT PRIMARY KEY,
    note TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
