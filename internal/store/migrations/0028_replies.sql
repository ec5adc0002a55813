-- Texts with files that are written once and used again. files and origin are JSON;
-- grp is empty unless the scope is group, agent is who made it.
CREATE TABLE saved_replies (
    id TEXT NOT NULL PRIMARY KEY,
    scope TEXT NOT NULL,
    grp TEXT NOT NULL,
    agent TEXT NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    language TEXT NOT NULL,
    files TEXT NOT NULL,
    draft BIGINT NOT NULL,
    origin TEXT NOT NULL,
    origin_id TEXT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    version BIGINT NOT NULL
) /* clustered */;

CREATE INDEX saved_replies_place ON saved_replies (scope, grp, agent);
CREATE INDEX saved_replies_origin ON saved_replies (origin_id) WHERE origin_id <> '';

-- Which message was made of which reply.
CREATE TABLE reply_uses (
    reply TEXT NOT NULL,
    conversation TEXT NOT NULL,
    seq BIGINT NOT NULL,
    agent TEXT NOT NULL,
    edited BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (reply, at, conversation, seq)
) /* clustered */;

-- The same counted, so that ranking replies reads as many rows as there are replies
-- and weeks, not messages.
CREATE TABLE reply_weeks (
    reply TEXT NOT NULL,
    week BIGINT NOT NULL,
    agent TEXT NOT NULL,
    sent BIGINT NOT NULL,
    edited BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (reply, week, agent)
) /* clustered */;

CREATE INDEX reply_weeks_week ON reply_weeks (week);
