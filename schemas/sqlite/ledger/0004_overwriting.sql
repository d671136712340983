-- Since this migration everything that is deleted is overwritten. What was deleted before may still lie in free room of
-- the file, until it is written anew as a whole, once.

CREATE TABLE overwriting (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    free INTEGER NOT NULL CHECK (free IN (0, 1))  -- 1: free room may hold what was deleted before
) STRICT;
INSERT INTO overwriting SELECT 1, EXISTS (SELECT 1 FROM journal);
