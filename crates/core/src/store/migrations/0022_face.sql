-- A person put it among the unread again: nothing new is in it. What comes then is counted without it.
ALTER TABLE conversations ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;

-- A person has seen that it was not sent, or it was sent again: the list speaks of it no longer.
ALTER TABLE messages ADD COLUMN put_aside INTEGER NOT NULL DEFAULT 0;
-- What was not sent is looked for with every row of the list, and there is little of it.
CREATE INDEX messages_failed ON messages (conversation_id, at) WHERE delivery = 'failed';
-- Until now a later message took it out of the list. So it stays, for what is long over.
UPDATE messages SET put_aside = 1
WHERE delivery = 'failed'
  AND EXISTS (SELECT 1 FROM messages later
              WHERE later.conversation_id = messages.conversation_id AND later.direction = 'out'
                AND later.kind <> 'note' AND (later.at, later.n) > (messages.at, messages.n));
