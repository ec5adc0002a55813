-- Who a visitor is as his site's own server has signed: one visitor for each sub.
-- Those beside him are browsers that wrote before they were signed in.
ALTER TABLE visitors ADD COLUMN sub TEXT NOT NULL DEFAULT '';
ALTER TABLE visitors ADD COLUMN beside BIGINT NOT NULL DEFAULT 0;
ALTER TABLE visitors ADD COLUMN signed TEXT NOT NULL DEFAULT 'null';

CREATE UNIQUE INDEX visitors_sub ON visitors (site, sub) WHERE sub <> '' AND beside = 0;
CREATE INDEX tokens_visitor ON tokens (visitor);
CREATE INDEX visitors_subs ON visitors (site, sub) WHERE sub <> '';

-- Browsers that are signed in, by the SHA-256 of what they hold. secret names the
-- one that it was signed with.
CREATE TABLE sign_ins (
    hash TEXT NOT NULL PRIMARY KEY,
    site TEXT NOT NULL,
    sub TEXT NOT NULL,
    signed TEXT NOT NULL,
    secret TEXT NOT NULL,
    at BIGINT NOT NULL,
    until BIGINT NOT NULL
) /* clustered */;

CREATE INDEX sign_ins_until ON sign_ins (until);
