-- What an agent has put at his name for his colleagues, and until when he does not want to be disturbed.
ALTER TABLE agents ADD COLUMN badge_emoji TEXT NOT NULL DEFAULT '';
ALTER TABLE agents ADD COLUMN badge_text TEXT NOT NULL DEFAULT '';
ALTER TABLE agents ADD COLUMN badge_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN undisturbed BIGINT NOT NULL DEFAULT 0;
