-- What the transparency log has to take of the ledger, and which activities stand in which window of it.
-- docs/formats/leaf.md, docs/formats/log.md.

CREATE TABLE leaf (
    sequence INTEGER PRIMARY KEY CHECK (sequence > 0),  -- without a gap
    subject  INTEGER,
    request  INTEGER,
    content  BLOB NOT NULL
) STRICT;

-- Under what the salts of recipients' names are made.
CREATE TABLE log_seed (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seed BLOB NOT NULL CHECK (length(seed) = 32)
) STRICT;

-- A window: the names first, then its parts by subject.
CREATE TABLE window (
    number     INTEGER PRIMARY KEY CHECK (number > 0),  -- without a gap
    at         INTEGER NOT NULL,                        -- milliseconds since 1970
    first_name INTEGER NOT NULL,                        -- a recipient's number
    names      INTEGER NOT NULL,
    leaves     INTEGER NOT NULL,                        -- names and all
    checksum   INTEGER NOT NULL
) STRICT;
CREATE TABLE window_part (
    window         INTEGER NOT NULL REFERENCES window (number) DEFERRABLE INITIALLY DEFERRED,
    subject        INTEGER NOT NULL,
    first_leaf     INTEGER NOT NULL,
    first_activity INTEGER NOT NULL,
    activities     INTEGER NOT NULL,
    late_chunk     INTEGER NOT NULL,  -- the chunk that has the late attempts
    first_late     INTEGER NOT NULL,  -- their place among those of the chunk
    late           INTEGER NOT NULL,
    checksum       INTEGER NOT NULL,
    commitments    BLOB,              -- of the leaves, once they cannot be made anew (the subject was shredded)
    PRIMARY KEY (window, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX window_part_subject ON window_part (subject);
