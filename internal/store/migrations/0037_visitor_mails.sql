-- What was mailed to visitors: the replies of a range of vseq, each mail once. outcome is
-- what the mail server answered, '' = nothing yet.
CREATE TABLE visitor_mails (
    id TEXT NOT NULL PRIMARY KEY,
    conversation TEXT NOT NULL,
    address TEXT NOT NULL,
    after_vseq BIGINT NOT NULL,
    upto_vseq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    tried_at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL
) /* clustered */;

CREATE INDEX visitor_mails_conversation ON visitor_mails (conversation, at);
