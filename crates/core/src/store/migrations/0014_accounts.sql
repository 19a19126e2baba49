-- Which account at Stripe a product's place is in; NULL where the key may not know.
ALTER TABLE products ADD COLUMN stripe_account TEXT;

-- What was on its way without a word of where to: Stripe's own is found again by its mark.
UPDATE products SET sync_sent = NULL, sync = 'local' WHERE sync_sent IS NOT NULL AND livemode IS NULL;

-- Nothing goes to Stripe by itself, and a price's keys are in what is sent.
DROP INDEX products_to_sync;
ALTER TABLE products DROP COLUMN price_key;
ALTER TABLE products DROP COLUMN price_key_at;
ALTER TABLE products DROP COLUMN sync_next_at;
ALTER TABLE products DROP COLUMN sync_attempts;

-- Who pays, as Stripe knows them. A payer's key is its own, not the conversation's: conversations are joined,
-- split and erased, and what one person sent too much never pays another's order.
CREATE TABLE payers_of_accounts (
    conversation_id BLOB NOT NULL,
    livemode INTEGER NOT NULL,
    -- The account at Stripe; NULL while it is not known.
    stripe_account TEXT,
    -- By which the customer is found again at Stripe.
    mark TEXT NOT NULL,
    -- Saved before Stripe is asked: a lost answer is asked for again with the same key.
    idempotency_key TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    -- What Stripe is told, as it was then: the same key goes with the same request.
    told_conversation TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The customer's id at Stripe, once it is known.
    customer TEXT,
    PRIMARY KEY (conversation_id, livemode)
) STRICT, WITHOUT ROWID;

INSERT INTO payers_of_accounts
    (conversation_id, livemode, mark, idempotency_key, asked_at, told_conversation, name, customer)
SELECT conversation_id, livemode, customer, idempotency_key, asked_at, '', name, customer
FROM payers WHERE customer IS NOT NULL;

DROP TABLE payers;
ALTER TABLE payers_of_accounts RENAME TO payers;

-- Few charges offer ways of delivery, and the composer shows those that did.
CREATE INDEX charges_that_deliver ON charges (currency, created_at)
WHERE json_extract(terms, '$.terms.shippingRates[0]') IS NOT NULL;
