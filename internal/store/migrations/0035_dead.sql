-- Jobs that were given up are listed, and wait for somebody who has them done once more.
CREATE INDEX jobs_dead ON jobs (due, id) WHERE dead = 1;
