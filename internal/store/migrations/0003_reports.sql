-- What reports look for in the log by time.

CREATE INDEX events_moved ON events (at) WHERE kind = 'thread.moved';
