-- PostgreSQL spelling, portable subset. "/* clustered */" becomes WITHOUT ROWID
-- on SQLite. Times are microseconds, ids are text made by us, flags are 0 or 1.

CREATE TABLE conversations (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    site TEXT NOT NULL,
    visitor TEXT NOT NULL,
    head BIGINT NOT NULL,
    vhead BIGINT NOT NULL,
    seen_visitor BIGINT NOT NULL,
    seen_team BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    last_kind TEXT NOT NULL,
    last_by TEXT NOT NULL,
    last_by_id TEXT NOT NULL,
    last_name TEXT NOT NULL,
    last_text TEXT NOT NULL,
    last_at BIGINT NOT NULL,
    thread TEXT NOT NULL
) /* clustered */;

CREATE INDEX conversations_activity ON conversations (last_at, id) WHERE thread <> '';

CREATE TABLE threads (
    id TEXT NOT NULL PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversations (id),
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    grp TEXT NOT NULL,
    policy TEXT NOT NULL,
    lead TEXT NOT NULL,
    members TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    queued_at BIGINT NOT NULL,
    taken_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    waiting_since BIGINT NOT NULL,
    version BIGINT NOT NULL
) /* clustered */;

CREATE INDEX threads_conversation ON threads (conversation, number);
CREATE INDEX threads_queue ON threads (queued_at, conversation, policy, grp, lead) WHERE state = 'queued';
CREATE INDEX threads_open ON threads (state, policy, grp, lead) WHERE state <> 'closed';

CREATE TABLE participants (
    thread TEXT NOT NULL REFERENCES threads (id),
    agent TEXT NOT NULL,
    open BIGINT NOT NULL,
    PRIMARY KEY (thread, agent)
) /* clustered */;

CREATE INDEX participants_open ON participants (agent, thread) WHERE open = 1;

CREATE TABLE events (
    conversation TEXT NOT NULL,
    seq BIGINT NOT NULL,
    vseq BIGINT NOT NULL,
    pos BIGINT NOT NULL,
    thread TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    audience TEXT NOT NULL,
    at BIGINT NOT NULL,
    said BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (conversation, seq)
) /* clustered */;

CREATE TABLE log (
    pos BIGINT NOT NULL PRIMARY KEY,
    conversation TEXT NOT NULL,
    seq BIGINT NOT NULL
) /* clustered */;

CREATE TABLE log_head (
    name TEXT NOT NULL PRIMARY KEY,
    pos BIGINT NOT NULL
) /* clustered */;

INSERT INTO log_head (name, pos) VALUES ('log', 0);

CREATE TABLE commands (
    key TEXT NOT NULL,
    actor TEXT NOT NULL,
    hash TEXT NOT NULL,
    conversation TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (key, actor)
) /* clustered */;

CREATE TABLE reads (
    agent TEXT NOT NULL,
    conversation TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (agent, conversation)
) /* clustered */;

CREATE TABLE agents (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    until_at BIGINT NOT NULL,
    cap BIGINT NOT NULL,
    groups TEXT NOT NULL,
    disabled BIGINT NOT NULL,
    rights BIGINT NOT NULL
) /* clustered */;

CREATE TABLE groups (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    policy TEXT NOT NULL
) /* clustered */;

CREATE TABLE sites (
    id TEXT NOT NULL PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    origins TEXT NOT NULL,
    language TEXT NOT NULL,
    appearance TEXT NOT NULL,
    grp TEXT NOT NULL
) /* clustered */;

CREATE TABLE visitors (
    id TEXT NOT NULL PRIMARY KEY,
    site TEXT NOT NULL,
    conversation TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    language TEXT NOT NULL,
    country TEXT NOT NULL,
    device TEXT NOT NULL,
    page TEXT NOT NULL,
    title TEXT NOT NULL,
    visits BIGINT NOT NULL,
    data TEXT NOT NULL,
    since BIGINT NOT NULL,
    seen BIGINT NOT NULL
) /* clustered */;

CREATE TABLE tokens (
    hash TEXT NOT NULL PRIMARY KEY,
    visitor TEXT NOT NULL REFERENCES visitors (id),
    ended BIGINT NOT NULL
) /* clustered */;

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    agent TEXT NOT NULL REFERENCES agents (id),
    hash TEXT NOT NULL UNIQUE,
    device TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
) /* clustered */;

CREATE INDEX sessions_agent ON sessions (agent, created_at);

CREATE TABLE tickets (
    id TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    agent TEXT NOT NULL,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    groups TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    by_agent TEXT NOT NULL
) /* clustered */;

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) /* clustered */;

CREATE TABLE files (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    size BIGINT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    conversation TEXT NOT NULL,
    seq BIGINT NOT NULL,
    owner TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    thumb BIGINT NOT NULL
) /* clustered */;

CREATE INDEX files_unsent ON files (created_at) WHERE seq = 0;
CREATE INDEX files_unsent_of_owner ON files (owner) WHERE seq = 0;

CREATE TABLE drafts (
    agent TEXT NOT NULL REFERENCES agents (id),
    conversation TEXT NOT NULL,
    voice TEXT NOT NULL,
    text TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (agent, conversation, voice)
) /* clustered */;

CREATE TABLE leases (
    who TEXT NOT NULL,
    node TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (who, node)
) /* clustered */;

CREATE TABLE page_views (
    site TEXT NOT NULL,
    hour BIGINT NOT NULL,
    path TEXT NOT NULL,
    referrer TEXT NOT NULL,
    language TEXT NOT NULL,
    views BIGINT NOT NULL,
    PRIMARY KEY (site, hour, path, referrer, language)
) /* clustered */;

CREATE TABLE jobs (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    due BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    dead BIGINT NOT NULL,
    error TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, key)
) /* clustered */;

CREATE INDEX jobs_due ON jobs (due) WHERE dead = 0;
