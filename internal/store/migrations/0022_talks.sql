-- What a channel or a direct talk is beside its Conversation; talk holds all of it.
-- people names those of a direct talk, grp the group whose own channel it is, and
-- emptied is the seq up to which its words are gone, since their time was over.
CREATE TABLE talks (
    conversation TEXT NOT NULL PRIMARY KEY REFERENCES conversations (id),
    kind TEXT NOT NULL,
    policy TEXT NOT NULL,
    grp TEXT NOT NULL,
    people TEXT NOT NULL,
    archived BIGINT NOT NULL,
    emptied BIGINT NOT NULL,
    talk TEXT NOT NULL
) /* clustered */;

CREATE UNIQUE INDEX talks_group ON talks (grp) WHERE grp <> '';
CREATE UNIQUE INDEX talks_people ON talks (people) WHERE people <> '';
CREATE INDEX talks_open ON talks (policy, conversation) WHERE policy <> 'named';

-- Who joined or was added, which lists and access ask by agent.
CREATE TABLE talkers (
    conversation TEXT NOT NULL REFERENCES talks (conversation),
    agent TEXT NOT NULL,
    PRIMARY KEY (conversation, agent)
) /* clustered */;

CREATE INDEX talkers_agent ON talkers (agent, conversation);

-- What an agent wants to be alerted of.
CREATE TABLE talk_levels (
    agent TEXT NOT NULL,
    conversation TEXT NOT NULL,
    level TEXT NOT NULL,
    muted_until BIGINT NOT NULL,
    PRIMARY KEY (agent, conversation)
) /* clustered */;
