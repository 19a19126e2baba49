-- A history that comes in waits for the search index as the range of its numbers, not number by number.
CREATE TABLE message_search_ranges (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;

-- What waits in a range is read as it is by then.
DROP TRIGGER message_search_changed;
CREATE TRIGGER message_search_changed AFTER UPDATE OF text, media_name, revoked_at, charge_id ON messages
WHEN (old.text <> new.text OR old.media_name IS NOT new.media_name
      OR old.revoked_at IS NOT new.revoked_at OR old.charge_id IS NOT new.charge_id)
     AND NOT EXISTS (SELECT 1 FROM message_search_ranges WHERE new.n BETWEEN first AND last)
BEGIN
    INSERT INTO message_search_waits (n, again) VALUES (new.n, 1) ON CONFLICT DO NOTHING;
END;

-- The numbers of the newest messages that are removed are given again.
DROP TRIGGER message_search_removed;
CREATE TRIGGER message_search_removed AFTER DELETE ON messages BEGIN
    DELETE FROM message_search_waits WHERE n = old.n;
    DELETE FROM message_search WHERE rowid = ((old.at / 86400000) << 36) | old.n;
    UPDATE message_search_noted SET n = (SELECT coalesce(max(n), 0) FROM messages)
        WHERE n > (SELECT coalesce(max(n), 0) FROM messages);
    UPDATE message_search_ranges SET last = (SELECT coalesce(max(n), 0) FROM messages)
        WHERE last > (SELECT coalesce(max(n), 0) FROM messages);
    DELETE FROM message_search_ranges WHERE first > last;
END;

-- Until now only the removal of the very newest message lowered it, whatever stood below.
UPDATE message_search_noted SET n = min(n, (SELECT coalesce(max(n), 0) FROM messages));
