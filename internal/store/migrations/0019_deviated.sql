-- In what a chat was held otherwise than its group had decided: each part between
-- spaces. Before, the way alone was counted.
ALTER TABLE promises ADD COLUMN deviated TEXT NOT NULL DEFAULT '';
UPDATE promises SET deviated = ' way ' WHERE deviation <> '';
