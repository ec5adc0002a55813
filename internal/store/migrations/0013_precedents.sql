-- Chats that were passed on: what they were about, where they went, who took
-- them, and where they were passed on to soon after. Suggestions go by them.
CREATE TABLE precedents (
    n BIGINT NOT NULL PRIMARY KEY,
    site TEXT NOT NULL,
    thread TEXT NOT NULL,
    at BIGINT NOT NULL,
    page TEXT NOT NULL,
    words TEXT NOT NULL,
    from_grp TEXT NOT NULL,
    grp TEXT NOT NULL,
    agent TEXT NOT NULL,
    taken_at BIGINT NOT NULL,
    next_grp TEXT NOT NULL
) /* clustered */;

CREATE INDEX precedents_site ON precedents (site, n);
CREATE INDEX precedents_page ON precedents (site, page, n);
CREATE INDEX precedents_thread ON precedents (thread, n);
CREATE INDEX precedents_at ON precedents (at, from_grp, grp, next_grp);

CREATE TABLE precedent_words (
    site TEXT NOT NULL,
    word TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (site, word, n)
) /* clustered */;
