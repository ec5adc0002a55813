-- What a group has written for its colleagues; every version is kept, since
-- transfers name the one they went by.
CREATE TABLE playbooks (
    grp TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    agent TEXT NOT NULL,
    name TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (grp, version)
) /* clustered */;
