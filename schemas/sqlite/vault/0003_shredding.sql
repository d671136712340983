-- Who was shredded: the number, which says nothing any more, so that a crash half-way is made good and a restored backup
-- is shredded again. docs/formats/vault.md describes every column.

CREATE TABLE shredding (
    number   INTEGER PRIMARY KEY,                            -- as in subject, where it is no more
    at       INTEGER NOT NULL,                               -- milliseconds since 1970
    reason   INTEGER NOT NULL,
    request  INTEGER NOT NULL,                               -- 0: none
    complete INTEGER NOT NULL CHECK (complete IN (0, 1)),    -- the other stores have forgotten the number
    hash     BLOB NOT NULL CHECK (length(hash) = 16)         -- keyed, of all the others
) STRICT;
