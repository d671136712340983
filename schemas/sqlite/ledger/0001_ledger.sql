-- The ledger. Formats of the blobs: docs/formats/. Every blob ends in a checksum; rows that are no blobs and cannot be
-- derived again carry one in a column (XXH64 of their values).

-- Names that stand as numbers everywhere else.
CREATE TABLE recipient (
    number INTEGER PRIMARY KEY,
    host TEXT NOT NULL UNIQUE,
    checksum INTEGER NOT NULL
);
CREATE TABLE activity_type (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    checksum INTEGER NOT NULL
);
-- The shapes of a subject's URIs, sealed under the subject's key. lookup: 1 by range of numbers, 2 by hash.
CREATE TABLE shape (
    subject INTEGER NOT NULL,
    number INTEGER NOT NULL,
    lookup INTEGER NOT NULL,
    text BLOB NOT NULL,
    PRIMARY KEY (subject, number)
) WITHOUT ROWID;

-- L0: what was observed, one row a group commit. The only table whose loss cannot be made good.
CREATE TABLE journal (
    batch INTEGER PRIMARY KEY,
    records BLOB NOT NULL
);

-- L1: derived from the journal.
CREATE TABLE subject (
    subject INTEGER PRIMARY KEY,
    sealed INTEGER NOT NULL,       -- activities below this number are in chunks
    disclosures INTEGER NOT NULL,  -- in chunks
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL
);
-- key = subject * 2^24 + chunk
CREATE TABLE chunk (
    key INTEGER PRIMARY KEY,
    first_activity INTEGER NOT NULL,
    activities INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    facts BLOB NOT NULL,
    times BLOB NOT NULL
);
-- Parts of a chunk's times after the first.
CREATE TABLE chunk_times (
    key INTEGER NOT NULL,
    part INTEGER NOT NULL,
    times BLOB NOT NULL,
    PRIMARY KEY (key, part)
) WITHOUT ROWID;
-- Where to look for a URI whose shape has a number: the least and greatest of them in a chunk.
CREATE TABLE chunk_range (
    subject INTEGER NOT NULL,
    shape INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    least INTEGER NOT NULL,
    greatest INTEGER NOT NULL,
    PRIMARY KEY (subject, shape, chunk)
) WITHOUT ROWID;
-- Where to look for a URI of any other shape.
CREATE TABLE uri_hash (
    subject INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    activity INTEGER NOT NULL,
    PRIMARY KEY (subject, hash, activity)
) WITHOUT ROWID;
-- Chunks that tell more of an activity of an earlier chunk: another activity on its object, or a late attempt.
CREATE TABLE reference (
    subject INTEGER NOT NULL,
    activity INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    PRIMARY KEY (subject, activity, chunk)
) WITHOUT ROWID;
-- Subject -> recipients with aggregates. key = subject * 2^16 + part
CREATE TABLE pairs (
    key INTEGER PRIMARY KEY,
    recipients BLOB NOT NULL
);
-- Recipient -> subjects. key = recipient * 2^16 + part
CREATE TABLE recipient_subjects (
    key INTEGER PRIMARY KEY,
    subjects BLOB NOT NULL
);
CREATE TABLE recipient_total (
    recipient INTEGER PRIMARY KEY,
    subjects INTEGER NOT NULL,
    disclosures INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    channels INTEGER NOT NULL,
    categories INTEGER NOT NULL,
    strongest INTEGER NOT NULL
);

-- Connections that could not be read, added up by day (days since 1970).
CREATE TABLE tunnel (
    recipient INTEGER NOT NULL,
    day INTEGER NOT NULL,
    connections INTEGER NOT NULL,
    bytes_sent INTEGER NOT NULL,
    bytes_received INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (recipient, day)
) WITHOUT ROWID;
-- Deliveries that left while the ledger could not be written.
CREATE TABLE gap (
    number INTEGER PRIMARY KEY,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    deliveries INTEGER NOT NULL,
    checksum INTEGER NOT NULL
);
