-- When we heard that it failed: what failed before its conversation was done with is not spoken of.
ALTER TABLE messages ADD COLUMN failed_at INTEGER;
UPDATE messages SET failed_at = at WHERE delivery = 'failed';

-- WhatsApp refused free text: when we heard it, and what of the customer's it was after, by WhatsApp's clock.
ALTER TABLE conversations ADD COLUMN refused_at INTEGER;
ALTER TABLE conversations ADD COLUMN refused_after INTEGER;
UPDATE conversations SET refused_at = f.at, refused_after = f.at - 1
FROM (SELECT conversation_id, max(at) AS at FROM messages
      WHERE delivery = 'failed' AND problem_code = '131047' GROUP BY conversation_id) f
WHERE f.conversation_id = conversations.id;
