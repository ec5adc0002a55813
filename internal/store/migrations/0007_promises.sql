-- What visitors were told that the team owes them. ended_at = 0: still owed.
CREATE TABLE promises (
    conversation TEXT NOT NULL REFERENCES conversations (id),
    seq BIGINT NOT NULL,
    thread TEXT NOT NULL REFERENCES threads (id),
    owner TEXT NOT NULL,
    grp TEXT NOT NULL,
    by_agent TEXT NOT NULL,
    way TEXT NOT NULL,
    at BIGINT NOT NULL,
    due BIGINT NOT NULL,
    deviation TEXT NOT NULL,
    ended_at BIGINT NOT NULL,
    how TEXT NOT NULL,
    late BIGINT NOT NULL,
    PRIMARY KEY (conversation, seq)
) /* clustered */;

CREATE INDEX promises_due ON promises (ended_at, due);
CREATE INDEX promises_made ON promises (at);
