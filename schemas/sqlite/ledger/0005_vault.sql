-- Whose numbers these are: with another vault, or an older copy of it, they would be given to other people.

CREATE TABLE vault (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    vault_id BLOB CHECK (length(vault_id) = 16),  -- NULL until both were opened together
    greatest INTEGER NOT NULL,                    -- number of a subject the ledger ever had something of; 0: none
    checksum INTEGER                              -- NULL until a writer opened it
) STRICT;
INSERT INTO vault SELECT 1, NULL, max(
    (SELECT coalesce(max(subject), 0) FROM subject),
    (SELECT coalesce(max(key) >> 24, 0) FROM chunk),
    (SELECT coalesce(max(subject), 0) FROM shape),
    (SELECT coalesce(max(subject), 0) FROM window_part)), NULL;
