-- What an agent is asked about, in his own words.
ALTER TABLE agents ADD COLUMN topics TEXT NOT NULL DEFAULT '[]';
