-- Whoever is asked to take over a Thread may read it while he is asked.
ALTER TABLE offers ADD COLUMN passed BIGINT NOT NULL DEFAULT 0;
