-- Groups, routing and the queue. What routing goes by in a Thread stands in turn
-- as JSON; what lists and sweeps ask for has a column of its own.

ALTER TABLE threads ADD COLUMN stub BIGINT NOT NULL DEFAULT 0;
ALTER TABLE threads ADD COLUMN first_seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE threads ADD COLUMN mode TEXT NOT NULL DEFAULT '';
ALTER TABLE threads ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
ALTER TABLE threads ADD COLUMN turn TEXT NOT NULL DEFAULT '{}';

UPDATE threads SET place = queued_at, turn = '{"place":' || CAST(queued_at AS TEXT) || '}' WHERE state = 'queued';
UPDATE threads SET turn = '{"assigned_at":' || CAST(taken_at AS TEXT) || ',"replied_at":' || CAST(taken_at AS TEXT) || ',"answered_at":' || CAST(taken_at AS TEXT) || '}'
WHERE state = 'active' AND taken_at > 0;
UPDATE threads SET first_seq = COALESCE((SELECT MIN(e.seq) FROM events e WHERE e.conversation = threads.conversation AND e.thread = threads.id), 0);

DROP INDEX threads_queue;
CREATE INDEX threads_queue ON threads (place, conversation, policy, grp, lead) WHERE state = 'queued';
CREATE INDEX threads_closed ON threads (closed_at) WHERE state = 'closed';
CREATE INDEX threads_started ON threads (started_at);
CREATE INDEX threads_group ON threads (grp, id);

ALTER TABLE agents ADD COLUMN classes TEXT NOT NULL DEFAULT '{}';
ALTER TABLE agents ADD COLUMN skills TEXT NOT NULL DEFAULT '[]';
ALTER TABLE agents ADD COLUMN cause TEXT NOT NULL DEFAULT '';
ALTER TABLE agents ADD COLUMN lease BIGINT NOT NULL DEFAULT 0;

ALTER TABLE groups ADD COLUMN names TEXT NOT NULL DEFAULT '{}';
ALTER TABLE groups ADD COLUMN private BIGINT NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN stub BIGINT NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN deleted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN successor TEXT NOT NULL DEFAULT '';
ALTER TABLE groups ADD COLUMN rules TEXT NOT NULL DEFAULT '';
ALTER TABLE groups ADD COLUMN queue_full BIGINT NOT NULL DEFAULT 0;

ALTER TABLE sites ADD COLUMN choose TEXT NOT NULL DEFAULT '[]';
ALTER TABLE visitors ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE leases ADD COLUMN down_at BIGINT NOT NULL DEFAULT 0;

-- Round robin's memory: the count of a group's turns when the agent last had his.
CREATE TABLE turns (
    grp TEXT NOT NULL,
    agent TEXT NOT NULL,
    turn BIGINT NOT NULL,
    PRIMARY KEY (grp, agent)
) /* clustered */;

CREATE TABLE duties (
    agent TEXT NOT NULL PRIMARY KEY,
    misses BIGINT NOT NULL,
    input_at BIGINT NOT NULL,
    warned_at BIGINT NOT NULL,
    assigned_at BIGINT NOT NULL
) /* clustered */;

CREATE TABLE offers (
    agent TEXT NOT NULL,
    thread TEXT NOT NULL REFERENCES threads (id),
    deadline BIGINT NOT NULL,
    PRIMARY KEY (agent, thread)
) /* clustered */;

CREATE INDEX offers_thread ON offers (thread);

-- Each time that an agent was given a Thread: what the sharing out is judged by.
CREATE TABLE assignments (
    at BIGINT NOT NULL,
    thread TEXT NOT NULL,
    agent TEXT NOT NULL,
    grp TEXT NOT NULL,
    cause TEXT NOT NULL,
    waited BIGINT NOT NULL,
    held BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    over BIGINT NOT NULL,
    PRIMARY KEY (at, thread)
) /* clustered */;

CREATE INDEX assignments_agent ON assignments (agent, at);

-- When an agent took chats: accepting, and reached.
CREATE TABLE availability (
    agent TEXT NOT NULL,
    began BIGINT NOT NULL,
    ended BIGINT NOT NULL,
    PRIMARY KEY (agent, began)
) /* clustered */;

CREATE INDEX availability_ended ON availability (ended);
