-- Every round of the router asks which open Threads have changed: the answer
-- stands in this index alone.
CREATE INDEX threads_versions ON threads (id, version, state) WHERE state <> 'closed';
