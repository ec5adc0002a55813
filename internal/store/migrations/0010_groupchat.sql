-- Whether visitors of a site are told of joins and leaves: they are, unless it is 1.
ALTER TABLE sites ADD COLUMN quiet_joins INTEGER NOT NULL DEFAULT 0;
