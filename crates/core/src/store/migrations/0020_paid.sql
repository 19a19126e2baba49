-- What a report asks of the charge of each payment, without the rest of its row: who sold it, what was asked for, and
-- whose order it completes.
DROP INDEX charges_report_seller;
CREATE INDEX charges_report_seller ON charges (id, seller_id, amount_minor, rest_of);

-- What Health counts, without reading every message.
CREATE INDEX messages_unknown ON messages (n) WHERE kind = 'unknown';
