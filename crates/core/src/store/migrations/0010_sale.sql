-- Who pays, as Stripe knows them: a transfer needs a customer, who keeps what was sent too much.
CREATE TABLE payers (
    conversation_id BLOB NOT NULL,
    livemode INTEGER NOT NULL,
    -- Saved before Stripe is asked: a lost answer is asked for again with the same key.
    idempotency_key TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    -- As the customer was called then: the same key goes with the same request.
    name TEXT NOT NULL,
    -- The customer's id at Stripe, once it is known.
    customer TEXT,
    PRIMARY KEY (conversation_id, livemode)
) STRICT, WITHOUT ROWID;

-- What is on its way to Stripe (JSON): the keys and the fields of the request, so that a lost answer is
-- asked for again with the same bytes.
ALTER TABLE products ADD COLUMN sync_sent TEXT;

-- What a customer is told after paying for this product (JSON), in place of the shop's own words.
ALTER TABLE products ADD COLUMN after_sale TEXT;
