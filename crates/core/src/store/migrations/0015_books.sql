-- A reading writes its objects by the thousand: what nobody looks for by class, or by charge, needs no place in an index.
DROP INDEX book_objects_of_charge;
DROP INDEX book_objects_by_class;
CREATE INDEX book_objects_by_class ON book_objects (run, class, at DESC, id DESC)
    WHERE class IS NOT NULL AND shelf NOT IN ('session', 'payment_intent', 'invoice');
