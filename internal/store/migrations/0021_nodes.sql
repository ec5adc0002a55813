-- The processes that serve this database, as each said of itself last. Times are of the
-- database's clock; ahead is by how much the node's own is.
CREATE TABLE nodes (
    name TEXT NOT NULL PRIMARY KEY,
    version TEXT NOT NULL,
    since_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ahead BIGINT NOT NULL,
    health TEXT NOT NULL
) /* clustered */;
