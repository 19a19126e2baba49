-- What is open is counted from the index alone: with the two columns of its condition in it, no row is read.
DROP INDEX conversations_at_work;
CREATE INDEX conversations_at_work ON conversations (assignee_id, listed_at DESC, id DESC, resolved, snoozed_until)
    WHERE resolved = 0 AND snoozed_until IS NULL;
