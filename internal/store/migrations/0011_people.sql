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
