-- What reports look for in the log by time: every way to another group.

DROP INDEX events_moved;
CREATE INDEX events_passed ON events (at) WHERE kind IN ('thread.moved', 'hold', 'transfer.ended');
