-- What somebody may do so often, counted for all nodes. full_at is when nothing of it
-- is used any more: a row of the past says as much as none.
CREATE TABLE allowances (
    name TEXT NOT NULL PRIMARY KEY,
    full_at BIGINT NOT NULL
) /* clustered */;

CREATE INDEX allowances_full ON allowances (full_at);
