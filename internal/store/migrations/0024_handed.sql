-- What is handed over at the end of a shift is a way like the others: reports look for
-- all of them by time.

DROP INDEX events_passed;
CREATE INDEX events_passed ON events (at) WHERE kind IN ('thread.moved', 'hold', 'transfer.ended', 'handed');
