-- An event's position stands in log alone: it comes after the commit. events.pos
-- stays 0 here.

CREATE TABLE unnumbered (
    n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    words TEXT
);

CREATE TABLE search (
    conversation TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    pos BIGINT NOT NULL,
    words TSVECTOR NOT NULL,
    PRIMARY KEY (conversation, seq)
);

CREATE INDEX search_words ON search USING GIN (words);

CREATE TABLE routers (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY
);

INSERT INTO routers (name) VALUES ('router');
