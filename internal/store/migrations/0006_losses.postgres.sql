UPDATE threads SET taken_from = COALESCE(CAST(turn AS json) ->> 'taken_from', '') WHERE state <> 'closed';
