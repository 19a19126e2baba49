-- What may not have left is looked for with every row of the list, and there is little of it.
CREATE INDEX messages_unsure ON messages (conversation_id) WHERE delivery = 'unknown';

-- Whether a message left is not known since its answer was lost: `failed_at` says since when, as of one that failed.
UPDATE messages SET failed_at = at WHERE delivery = 'unknown';
-- What was written after it shows that somebody went on.
UPDATE messages SET put_aside = 1
WHERE delivery = 'unknown'
  AND EXISTS (SELECT 1 FROM messages later
              WHERE later.conversation_id = messages.conversation_id AND later.direction = 'out'
                AND later.kind <> 'note' AND (later.at, later.n) > (messages.at, messages.n));
