-- Whether the team reads what a site's visitors type, and whether an agent lets
-- colleagues who watch read what he types.
ALTER TABLE sites ADD COLUMN preview BIGINT NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN open_drafts BIGINT NOT NULL DEFAULT 0;
