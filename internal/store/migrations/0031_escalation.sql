-- How an alert came to its agent: whom it was for, by which step, and why it was not
-- pushed. The ladder is common to all whom the steps of one occasion call.
ALTER TABLE alerts ADD COLUMN ladder TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN step TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN for_agent TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN hush TEXT NOT NULL DEFAULT '';

CREATE INDEX alerts_ladder ON alerts (ladder);
CREATE INDEX alerts_step ON alerts (step, agent, at) WHERE step <> '';

-- The steps that were taken, each once; called is how many it called, reason why
-- nobody.
CREATE TABLE alert_steps (
    ladder TEXT NOT NULL,
    step TEXT NOT NULL,
    at BIGINT NOT NULL,
    called BIGINT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (ladder, step)
) /* clustered */;

CREATE INDEX alert_steps_at ON alert_steps (at);
