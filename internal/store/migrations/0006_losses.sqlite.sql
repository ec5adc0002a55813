UPDATE threads SET taken_from = COALESCE(json_extract(turn, '$.taken_from'), '') WHERE state <> 'closed';
