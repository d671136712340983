-- The transparency log (docs/formats/log.md), and events that no other store has.

CREATE TABLE log (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL                                  -- the origin line of its checkpoints
) STRICT;

-- number: the place in the log, from 0 without a gap. store and sequence say whose leaf it is.
CREATE TABLE entry (
    number     INTEGER PRIMARY KEY CHECK (number >= 0),
    store      INTEGER NOT NULL,
    sequence   INTEGER NOT NULL,
    commitment BLOB NOT NULL CHECK (length(commitment) = 32)
) STRICT;
CREATE UNIQUE INDEX entry_source ON entry (store, sequence);

-- Hashes of complete subtrees, 256 to a row but the last of each level (C2SP tlog-tiles).
CREATE TABLE tile (
    level  INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hashes BLOB NOT NULL CHECK (length(hashes) % 32 = 0),
    PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;

-- Signed checkpoints: the last one, and the last of every day before.
CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY CHECK (size >= 0),
    at   INTEGER NOT NULL,                              -- milliseconds since 1970
    note TEXT NOT NULL
) STRICT;
CREATE TABLE cosignature (
    size    INTEGER NOT NULL REFERENCES checkpoint (size) ON DELETE CASCADE,
    witness TEXT NOT NULL,                              -- the name of its key
    at      INTEGER NOT NULL,                           -- Unix seconds, as signed
    line    TEXT NOT NULL,                              -- of the note
    PRIMARY KEY (size, witness)
) STRICT, WITHOUT ROWID;

CREATE TABLE leaf (
    sequence INTEGER PRIMARY KEY CHECK (sequence > 0),  -- without a gap
    subject  INTEGER,                                   -- whose data the record is about
    request  INTEGER,
    content  BLOB NOT NULL
) STRICT;
CREATE INDEX leaf_subject ON leaf (subject) WHERE subject IS NOT NULL;
CREATE INDEX leaf_request ON leaf (request) WHERE request IS NOT NULL;
