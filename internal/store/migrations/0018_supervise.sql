-- Who supervises a group sees more than he did: what his devices hold is read anew.
UPDATE agents
SET rights = rights + 1
WHERE classes LIKE '%"supervisor"%';
