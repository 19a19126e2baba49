-- One charge is issued again once. Where two were made at the same time, the newer one took its place.
UPDATE charges SET replaces = NULL
    WHERE replaces IS NOT NULL AND EXISTS (
        SELECT 1 FROM charges n
        WHERE n.replaces = charges.replaces AND (n.created_at, n.id) > (charges.created_at, charges.id));
DROP INDEX charges_replaces;
CREATE UNIQUE INDEX charges_replaces ON charges (replaces) WHERE replaces IS NOT NULL;

-- In which of Stripe's accounts a payment was seen: another one's key knows nothing of it.
ALTER TABLE payments ADD COLUMN account TEXT;

-- What a charge said before a check found nothing behind it, for where Stripe proves it after all.
ALTER TABLE charges ADD COLUMN contested_paid_at INTEGER;
ALTER TABLE charges ADD COLUMN contested_fulfilment TEXT;
ALTER TABLE charges ADD COLUMN contested_fulfilment_at INTEGER;
