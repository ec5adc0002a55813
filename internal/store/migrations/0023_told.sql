-- What each waiting visitor was told last of his place and of his wait, and in which
-- group's queue. lowest is the lowest place that he was told there, 0 = none. wait_from
-- and wait_to are the last range that he read, told since since_at; it is hidden now
-- where ranged is 0. at is when it was told, and tells one word from the next.
CREATE TABLE told (
    thread TEXT NOT NULL PRIMARY KEY,
    conversation TEXT NOT NULL,
    grp TEXT NOT NULL,
    position BIGINT NOT NULL,
    lowest BIGINT NOT NULL,
    wait_from BIGINT NOT NULL,
    wait_to BIGINT NOT NULL,
    ranged BIGINT NOT NULL,
    since_at BIGINT NOT NULL,
    at BIGINT NOT NULL
) /* clustered */;
