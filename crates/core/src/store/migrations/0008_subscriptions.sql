-- Subscriptions and plans of instalments, as last read back from Stripe.
CREATE TABLE subscriptions (
    id TEXT PRIMARY KEY,
    charge_id BLOB NOT NULL REFERENCES charges (id),
    customer TEXT,
    -- Stripe's own word, and what that means here with the payments that have come.
    stripe_status TEXT NOT NULL,
    status TEXT NOT NULL,
    paused INTEGER NOT NULL,
    resumes_at INTEGER,
    -- What each period asks for.
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    interval TEXT NOT NULL,
    interval_count INTEGER NOT NULL,
    -- A plan ends after so many payments.
    instalments INTEGER,
    period_end INTEGER,
    -- NULL: it will not be charged again, as far as is known.
    next_at INTEGER,
    trial_end INTEGER,
    cancel_at INTEGER,
    cancel_at_period_end INTEGER NOT NULL,
    ended_at INTEGER,
    started_at INTEGER NOT NULL,
    price TEXT,
    livemode INTEGER NOT NULL,
    read_at INTEGER NOT NULL,
    -- The schedule by which a plan ends: 'none', 'wanted', 'made', 'stopped' or 'released'. The key is saved before
    -- Stripe is asked for one.
    plan TEXT NOT NULL,
    plan_key TEXT,
    plan_next_at INTEGER NOT NULL,
    plan_attempts INTEGER NOT NULL,
    schedule TEXT,
    problem_code TEXT,
    problem_title TEXT,
    problem_advice TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX subscriptions_of_charge ON subscriptions (charge_id);
CREATE INDEX subscriptions_by_time ON subscriptions (started_at DESC, id DESC);
CREATE INDEX subscriptions_by_next ON subscriptions (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX subscriptions_to_plan ON subscriptions (plan_next_at) WHERE plan = 'wanted';

-- What a subscription asked for each time.
CREATE TABLE subscription_invoices (
    id TEXT PRIMARY KEY,
    subscription_id TEXT NOT NULL,
    status TEXT NOT NULL,
    due_minor INTEGER NOT NULL,
    paid_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    retry_at INTEGER,
    url TEXT,
    created_at INTEGER NOT NULL,
    paid_at INTEGER,
    read_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX invoices_of_subscription ON subscription_invoices (subscription_id, created_at DESC);

-- What a subscriber was told, and of what: each once. `about` is an invoice, or the moment of the next charge.
CREATE TABLE subscription_news (
    subscription_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    message_id BLOB,
    at INTEGER NOT NULL,
    PRIMARY KEY (subscription_id, kind, about)
) STRICT, WITHOUT ROWID;

-- What a person asked to be done with a subscription: saved with its key before Stripe is asked.
CREATE TABLE subscription_deeds (
    id BLOB PRIMARY KEY,
    subscription_id TEXT NOT NULL,
    -- JSON: what is to be done.
    deed TEXT NOT NULL,
    -- 'wanted', 'done' or 'stopped'.
    state TEXT NOT NULL,
    idempotency_key TEXT NOT NULL UNIQUE,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    problem_code TEXT,
    problem_title TEXT,
    problem_advice TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX deeds_to_do ON subscription_deeds (next_at) WHERE state = 'wanted';
CREATE INDEX deeds_of_subscription ON subscription_deeds (subscription_id, created_at DESC);

-- The invoice that a payment paid.
ALTER TABLE payments ADD COLUMN invoice TEXT;
CREATE INDEX payments_by_invoice ON payments (invoice) WHERE invoice IS NOT NULL;

-- The subscription that an invoice belongs to, as Stripe's list has it.
ALTER TABLE book_objects ADD COLUMN subscription TEXT;
CREATE INDEX book_objects_by_subscription ON book_objects (run, subscription) WHERE subscription IS NOT NULL;

-- Few of a shop's charges come again: whether there are any is asked often.
CREATE INDEX charges_that_recur ON charges (id) WHERE json_extract(terms, '$.terms.recurrence') IS NOT NULL;
