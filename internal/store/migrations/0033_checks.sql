-- How far the last push to a device has come: sent, answered, and when the device
-- showed one last.
ALTER TABLE subscriptions ADD COLUMN sent_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE subscriptions ADD COLUMN answered_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE subscriptions ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
ALTER TABLE subscriptions ADD COLUMN shown_at BIGINT NOT NULL DEFAULT 0;

-- What the open pages of the inbox have said of themselves: whether they are heard.
CREATE TABLE pages (
    session TEXT NOT NULL,
    page TEXT NOT NULL,
    at BIGINT NOT NULL,
    word TEXT NOT NULL,
    PRIMARY KEY (session, page)
) /* clustered */;

CREATE INDEX pages_at ON pages (at);
