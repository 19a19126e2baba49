-- Whose the conversation was when the charge was made: the sale stays theirs when the conversation goes to others.
ALTER TABLE charges ADD COLUMN seller_id BLOB;
UPDATE charges SET seller_id = (SELECT assignee_id FROM conversations c WHERE c.id = charges.conversation_id)
WHERE conversation_id IN (SELECT id FROM conversations WHERE assignee_id IS NOT NULL);

-- What reports add up, without the rest of the rows.
CREATE INDEX charges_report ON charges
    (livemode, currency, created_at, payment, amount_minor, seller_id, opened_at, paid_at);
CREATE INDEX charges_report_paid ON charges (livemode, currency, paid_at, payment, rest_of)
    WHERE paid_at IS NOT NULL;
CREATE INDEX charges_report_seller ON charges (id, seller_id);
CREATE INDEX payments_report ON payments
    (status, livemode, currency, paid_at, amount_minor, fee_minor, net_minor, fee_currency, method, charge_id,
     refunded_minor);
CREATE INDEX refunds_report ON refunds (currency, created_at, state, amount_minor, charge_id);
