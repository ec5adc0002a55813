-- What a group has agreed about colleagues who watch its chats.
ALTER TABLE groups ADD COLUMN etiquette TEXT NOT NULL DEFAULT '{}';

-- Who watches or watched which Thread of whom. ended = 0: now.
CREATE TABLE watches (
    id TEXT NOT NULL PRIMARY KEY,
    watcher TEXT NOT NULL,
    conversation TEXT NOT NULL,
    thread TEXT NOT NULL REFERENCES threads (id),
    lead TEXT NOT NULL,
    grp TEXT NOT NULL,
    told TEXT NOT NULL,
    invited TEXT NOT NULL,
    began BIGINT NOT NULL,
    ended BIGINT NOT NULL,
    whispered BIGINT NOT NULL,
    how TEXT NOT NULL
) /* clustered */;

CREATE UNIQUE INDEX watches_now ON watches (thread, watcher) WHERE ended = 0;
CREATE INDEX watches_open ON watches (watcher) WHERE ended = 0;
CREATE INDEX watches_watcher ON watches (watcher, began);
CREATE INDEX watches_lead ON watches (lead, began);
CREATE INDEX watches_began ON watches (began);

-- Every sweep asks whose visitor waits too long.
CREATE INDEX threads_waiting ON threads (waiting_since) WHERE state = 'active' AND waiting_since > 0;

-- Whom the people of a Thread have asked to watch it.
CREATE TABLE watch_invites (
    thread TEXT NOT NULL REFERENCES threads (id),
    agent TEXT NOT NULL,
    conversation TEXT NOT NULL,
    invited TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (thread, agent)
) /* clustered */;

CREATE INDEX watch_invites_agent ON watch_invites (agent);
