-- Where a group's notices go: an incoming webhook, whose address is a secret.
CREATE TABLE hooks (
    group_id TEXT NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    kinds TEXT NOT NULL,
    language TEXT NOT NULL,
    with_text BIGINT NOT NULL,
    at BIGINT NOT NULL
) /* clustered */;

-- What a hook is told, each once, and what became of it; outcome is what the other
-- side answered, '' = nothing yet.
CREATE TABLE hook_notices (
    id TEXT NOT NULL PRIMARY KEY,
    group_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    conversation TEXT NOT NULL,
    at BIGINT NOT NULL,
    answered_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL
) /* clustered */;

CREATE INDEX hook_notices_group ON hook_notices (group_id, at);
CREATE INDEX hook_notices_at ON hook_notices (at);
