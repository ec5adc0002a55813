-- What each message of a side-talk stands for in the customer's Conversation that it
-- is about: talk and seq are its own place, conversation and event that of the
-- question or of the note. An answer comes back once.
CREATE TABLE asides (
    talk TEXT NOT NULL REFERENCES conversations (id),
    seq BIGINT NOT NULL,
    conversation TEXT NOT NULL REFERENCES conversations (id),
    event BIGINT NOT NULL,
    PRIMARY KEY (talk, seq)
) /* clustered */;
