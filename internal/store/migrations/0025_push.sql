-- Where and how the browser of a device, which is a sign-in, wants to be reached
-- when no page is open.
CREATE TABLE subscriptions (
    session TEXT NOT NULL PRIMARY KEY,
    agent TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    p256dh TEXT NOT NULL,
    auth TEXT NOT NULL,
    at BIGINT NOT NULL
) /* clustered */;

CREATE UNIQUE INDEX subscriptions_endpoint ON subscriptions (endpoint);
CREATE INDEX subscriptions_agent ON subscriptions (agent, session);
