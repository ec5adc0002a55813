-- What people learn from each other's chats. Lines are quoted by conversation,
-- thread and a stretch of seq; no word of a conversation is copied here.

CREATE TABLE moments (
    id TEXT NOT NULL PRIMARY KEY,
    coach TEXT NOT NULL REFERENCES agents (id),
    conversation TEXT NOT NULL,
    thread TEXT NOT NULL,
    from_seq BIGINT NOT NULL,
    to_seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    word TEXT NOT NULL,
    feedback TEXT NOT NULL,
    at BIGINT NOT NULL
) /* clustered */;

CREATE INDEX moments_coach ON moments (coach, id);

CREATE TABLE feedback (
    id TEXT NOT NULL PRIMARY KEY,
    coach TEXT NOT NULL REFERENCES agents (id),
    agent TEXT NOT NULL REFERENCES agents (id),
    conversation TEXT NOT NULL,
    thread TEXT NOT NULL,
    from_seq BIGINT NOT NULL,
    to_seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    suggestion TEXT NOT NULL,
    state TEXT NOT NULL,
    words TEXT NOT NULL,
    created BIGINT NOT NULL,
    given BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    version BIGINT NOT NULL
) /* clustered */;

CREATE INDEX feedback_coach ON feedback (coach, id);
CREATE INDEX feedback_agent ON feedback (agent, id) WHERE given > 0;

CREATE TABLE examples (
    id TEXT NOT NULL PRIMARY KEY,
    by_agent TEXT NOT NULL REFERENCES agents (id),
    conversation TEXT NOT NULL,
    thread TEXT NOT NULL,
    from_seq BIGINT NOT NULL,
    to_seq BIGINT NOT NULL,
    title TEXT NOT NULL,
    why TEXT NOT NULL,
    scope TEXT NOT NULL,
    grp TEXT NOT NULL,
    shared BIGINT NOT NULL,
    created BIGINT NOT NULL,
    version BIGINT NOT NULL
) /* clustered */;

CREATE INDEX examples_by ON examples (by_agent, id);
CREATE INDEX examples_shared ON examples (id) WHERE shared = 1;

CREATE TABLE example_consents (
    example TEXT NOT NULL REFERENCES examples (id),
    agent TEXT NOT NULL,
    answer TEXT NOT NULL,
    at BIGINT NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (example, agent)
) /* clustered */;

CREATE INDEX example_consents_agent ON example_consents (agent, example);

CREATE TABLE shadows (
    id TEXT NOT NULL PRIMARY KEY,
    trainee TEXT NOT NULL REFERENCES agents (id),
    coach TEXT NOT NULL,
    conversation TEXT NOT NULL,
    thread TEXT NOT NULL,
    anchor BIGINT NOT NULL,
    text TEXT NOT NULL,
    grade TEXT NOT NULL,
    word TEXT NOT NULL,
    created BIGINT NOT NULL,
    graded BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (trainee, conversation, anchor)
) /* clustered */;

CREATE INDEX shadows_trainee ON shadows (trainee, id);
CREATE INDEX shadows_coach ON shadows (coach, id) WHERE coach <> '';

-- Whom an agent has asked to coach him.
CREATE TABLE coaches (
    agent TEXT NOT NULL REFERENCES agents (id),
    coach TEXT NOT NULL REFERENCES agents (id),
    PRIMARY KEY (agent, coach)
) /* clustered */;

-- Groups whose members may coach each other.
CREATE TABLE peer_groups (
    grp TEXT NOT NULL PRIMARY KEY
) /* clustered */;
