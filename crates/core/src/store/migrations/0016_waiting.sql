-- A reading repairs what waits for a customer's money too, and what came to nothing: of both it knew too little.
ALTER TABLE book_objects ADD COLUMN funded_minor INTEGER;
ALTER TABLE book_objects ADD COLUMN failure TEXT;

-- What a customer sent too much by transfer, by currency (JSON), and when Stripe was asked.
ALTER TABLE payers ADD COLUMN held TEXT;
ALTER TABLE payers ADD COLUMN held_at INTEGER;
