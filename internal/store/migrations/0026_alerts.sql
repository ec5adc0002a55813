-- That somebody ought to notice something. One of a kind is open for an agent in a
-- Conversation at a time.
CREATE TABLE alerts (
    id TEXT NOT NULL PRIMARY KEY,
    agent TEXT NOT NULL,
    kind TEXT NOT NULL,
    conversation TEXT NOT NULL,
    seq BIGINT NOT NULL,
    n BIGINT NOT NULL,
    by_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    pushed_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    how TEXT NOT NULL
) /* clustered */;

CREATE UNIQUE INDEX alerts_open ON alerts (conversation, agent, kind) WHERE ended_at = 0;
CREATE INDEX alerts_agent ON alerts (agent, at);
CREATE INDEX alerts_ended ON alerts (at);

-- What became of an alert on a device; n is how much it counted when it was sent,
-- outcome what the push service answered.
CREATE TABLE deliveries (
    alert TEXT NOT NULL,
    session TEXT NOT NULL,
    n BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    answered_at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    shown_at BIGINT NOT NULL,
    PRIMARY KEY (alert, session)
) /* clustered */;

-- When an agent wants pushes.
CREATE TABLE alert_wishes (
    agent TEXT NOT NULL PRIMARY KEY,
    wishes TEXT NOT NULL
) /* clustered */;
