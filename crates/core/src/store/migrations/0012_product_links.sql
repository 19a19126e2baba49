-- Links of products: one for each product and price in use, paid by many. What it is made of is saved, with its key,
-- before Stripe is asked.
CREATE TABLE product_links (
    id BLOB PRIMARY KEY,
    product_id BLOB NOT NULL,
    name TEXT NOT NULL,
    minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    livemode INTEGER NOT NULL,
    -- The account at Stripe that has it, once that is known.
    account TEXT,
    -- 'wanted', 'open', 'closing' or 'closed'.
    state TEXT NOT NULL,
    idempotency_key TEXT NOT NULL UNIQUE,
    link_id TEXT UNIQUE,
    link_url TEXT,
    -- When it is tried again to switch it off.
    next_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX product_links_in_use ON product_links (product_id, livemode) WHERE state IN ('wanted', 'open');

-- The product's link by which a charge goes, in place of one of its own.
ALTER TABLE charges ADD COLUMN product_link BLOB;
CREATE INDEX charges_of_product_link ON charges (product_link) WHERE product_link IS NOT NULL;
