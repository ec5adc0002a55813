-- An agent's snapshot asks which open Threads he lost with his connection.
ALTER TABLE threads ADD COLUMN taken_from TEXT NOT NULL DEFAULT '';
CREATE INDEX threads_taken_from ON threads (taken_from) WHERE taken_from <> '';
