-- What the shop sells.
CREATE TABLE products (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    -- JSON: other names; groups of options with what each adds to the price.
    aliases TEXT NOT NULL,
    options TEXT NOT NULL,
    -- The shop's own number for it, as a cart of WhatsApp's has it.
    sku TEXT,
    price_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    -- NULL: nobody counts. Below zero where more were paid for than there were.
    stock INTEGER,
    tax_behavior TEXT,
    tax_code TEXT,
    recurring_interval TEXT,
    recurring_count INTEGER,
    active INTEGER NOT NULL,
    stripe_product TEXT,
    stripe_price TEXT,
    sync TEXT NOT NULL,
    -- What both sides had when they last agreed (JSON), and what Stripe has now where they differ.
    sync_base TEXT,
    sync_theirs TEXT,
    -- Saved before Stripe is asked for a price: a lost answer is asked for again with the same key.
    price_key TEXT,
    price_key_at INTEGER,
    sync_next_at INTEGER NOT NULL,
    sync_attempts INTEGER NOT NULL,
    problem_code TEXT,
    problem_title TEXT,
    problem_advice TEXT,
    livemode INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX products_by_sku ON products (sku) WHERE sku IS NOT NULL;
CREATE UNIQUE INDEX products_by_stripe ON products (stripe_product) WHERE stripe_product IS NOT NULL;
CREATE INDEX products_to_sync ON products (sync_next_at) WHERE sync = 'wanted';

-- A product's picture. Its bytes are in the media database.
CREATE TABLE product_images (
    product_id BLOB PRIMARY KEY REFERENCES products (id),
    file_id BLOB NOT NULL UNIQUE,
    mime TEXT NOT NULL,
    size INTEGER NOT NULL,
    thumbnail BLOB
) STRICT, WITHOUT ROWID;

-- What a charge is for. A charge of one amount has one line without a product.
CREATE TABLE charge_lines (
    charge_id BLOB NOT NULL REFERENCES charges (id),
    position INTEGER NOT NULL,
    product_id BLOB REFERENCES products (id),
    name TEXT NOT NULL,
    options TEXT NOT NULL,
    unit_minor INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (charge_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX charge_lines_of_product ON charge_lines (product_id) WHERE product_id IS NOT NULL;

-- Discount, deposit, what the pay page asks for (JSON), as it was asked for.
ALTER TABLE charges ADD COLUMN terms TEXT NOT NULL DEFAULT '{}';
-- What the whole order comes to, where this charge asks for a part of it.
ALTER TABLE charges ADD COLUMN order_minor INTEGER;
-- The deposit that this charge is the rest of.
ALTER TABLE charges ADD COLUMN rest_of BLOB;
-- What carries it at Stripe: 'payment_link' or 'checkout_session'. `link_id` names either.
ALTER TABLE charges ADD COLUMN carrier TEXT NOT NULL DEFAULT 'payment_link';
CREATE INDEX charges_rest_of ON charges (rest_of) WHERE rest_of IS NOT NULL;

-- What Stripe asked for in that payment's session, with shipping and codes; and before them.
ALTER TABLE payments ADD COLUMN asked_minor INTEGER;
ALTER TABLE payments ADD COLUMN subtotal_minor INTEGER;
-- What the pay page collected (JSON): name, address, phone.
ALTER TABLE payments ADD COLUMN collected TEXT;

-- Each sale takes from the stock once, and a person may put it back once.
CREATE TABLE stock_moves (
    product_id BLOB NOT NULL REFERENCES products (id),
    charge_id BLOB NOT NULL REFERENCES charges (id),
    -- 'sold' or 'returned'.
    reason TEXT NOT NULL,
    -- The payment that it went with: a link may be paid more than once.
    payment TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (product_id, charge_id, reason, payment)
) STRICT, WITHOUT ROWID;

CREATE INDEX stock_moves_of_charge ON stock_moves (charge_id);

-- Offers that a customer may accept, each with the charge that it becomes.
CREATE TABLE quotations (
    id BLOB PRIMARY KEY,
    conversation_id BLOB NOT NULL REFERENCES conversations (id),
    charge_id BLOB NOT NULL UNIQUE,
    -- The charge as it will be asked for (JSON).
    request TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    -- 'open', 'accepted', 'declined', 'charged' or 'withdrawn'.
    state TEXT NOT NULL,
    message_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    answered_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX quotations_of_conversation ON quotations (conversation_id, created_at DESC);
