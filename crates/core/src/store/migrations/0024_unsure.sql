-- What may not have left is looked for with every row of the list, and there is little of it.
CREATE INDEX messages_unsure ON messages (conversation_id) WHERE delivery = 'unknown';

-- Whether a message left is not known since its answer was lost: `failed_at` says since when, as of one that failed.
-- Where a person wrote after it, somebody went on: of that nothing is told, until it is known to have failed.
UPDATE messages SET failed_at = at
WHERE delivery = 'unknown'
  AND NOT EXISTS (SELECT 1 FROM messages later
                  WHERE later.conversation_id = messages.conversation_id AND later.direction = 'out'
                    AND later.kind <> 'note' AND later.origin <> 'automatic'
                    AND (later.at, later.n) > (messages.at, messages.n));
