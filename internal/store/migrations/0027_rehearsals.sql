-- Rehearsals, of whichever node runs them, and what came out. A node that runs one
-- holds one of the places, slot = 1 and up, and says a word of it at seen_at now and
-- then; 0 = it runs no more. Outcome names Threads.
CREATE TABLE rehearsals (
    id TEXT NOT NULL PRIMARY KEY,
    slot BIGINT NOT NULL,
    state TEXT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    notes TEXT NOT NULL,
    outcome TEXT NOT NULL,
    error TEXT NOT NULL
) /* clustered */;

CREATE UNIQUE INDEX rehearsals_slot ON rehearsals (slot) WHERE slot > 0;
