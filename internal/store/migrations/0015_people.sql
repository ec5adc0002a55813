-- Colleagues who may see one Thread though its policy says no.

ALTER TABLE threads ADD COLUMN guests TEXT NOT NULL DEFAULT 'null';

CREATE TABLE guests (
    thread TEXT NOT NULL REFERENCES threads (id),
    agent TEXT NOT NULL,
    PRIMARY KEY (thread, agent)
) /* clustered */;

CREATE INDEX guests_agent ON guests (agent, thread);

-- Notes that call a colleague; unread until his read mark has passed them.
CREATE TABLE mentions (
    agent TEXT NOT NULL,
    conversation TEXT NOT NULL,
    seq BIGINT NOT NULL,
    thread TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (agent, conversation, seq)
) /* clustered */;

CREATE INDEX mentions_newest ON mentions (agent, at);

-- That two visitors are the same human, as an agent said. Nothing is moved: ending
-- the link undoes it.
CREATE TABLE person_links (
    id TEXT NOT NULL PRIMARY KEY,
    one TEXT NOT NULL REFERENCES visitors (id),
    other TEXT NOT NULL REFERENCES visitors (id),
    at BIGINT NOT NULL,
    by_agent TEXT NOT NULL,
    by_name TEXT NOT NULL,
    ended_at BIGINT NOT NULL,
    ended_by TEXT NOT NULL
) /* clustered */;

CREATE INDEX person_links_one ON person_links (one) WHERE ended_at = 0;
CREATE INDEX person_links_other ON person_links (other) WHERE ended_at = 0;
CREATE INDEX visitors_email ON visitors (lower(email)) WHERE email <> '';

-- Who took part in which sitting of a visitor, from when until when.
CREATE TABLE helped (
    conversation TEXT NOT NULL,
    thread TEXT NOT NULL,
    agent TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (conversation, thread, agent)
) /* clustered */;

INSERT INTO helped (conversation, thread, agent, since, until)
SELECT t.conversation, t.id, p.agent, CASE WHEN t.taken_at > 0 THEN t.taken_at ELSE t.started_at END,
    CASE WHEN t.closed_at > 0 THEN t.closed_at WHEN t.taken_at > 0 THEN t.taken_at ELSE t.started_at END
FROM participants p
JOIN threads t ON t.id = p.thread;

-- Cards for those who know a visitor from an earlier sitting: one for each chat
-- and agent. how is why it ended, '' = it is open.
CREATE TABLE cards (
    thread TEXT NOT NULL REFERENCES threads (id),
    agent TEXT NOT NULL,
    conversation TEXT NOT NULL,
    basis TEXT NOT NULL,
    maybe BIGINT NOT NULL,
    at BIGINT NOT NULL,
    how TEXT NOT NULL,
    PRIMARY KEY (thread, agent)
) /* clustered */;

CREATE INDEX cards_open ON cards (agent, at) WHERE how = '';
