-- Presence is leased per device, which is a sign-in of an agent; visitors have
-- none. What was leased before this start counts for nothing after it: everybody
-- connects again.
DROP TABLE leases;
CREATE TABLE leases (
    who TEXT NOT NULL,
    session TEXT NOT NULL,
    node TEXT NOT NULL,
    at BIGINT NOT NULL,
    down_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (who, session, node)
) /* clustered */;

ALTER TABLE sessions ADD COLUMN mobile BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN input_at BIGINT NOT NULL DEFAULT 0;
UPDATE sessions SET mobile = 1 WHERE device LIKE '%, iOS' OR device LIKE '%, Android';

-- When a warned agent goes to away; 0 = he is not warned.
ALTER TABLE duties ADD COLUMN away_at BIGINT NOT NULL DEFAULT 0;
