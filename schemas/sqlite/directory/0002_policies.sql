-- The policy texts of recipients, every wording of them. docs/formats/directory.md describes the blobs.

CREATE TABLE policy (
    host   TEXT NOT NULL,
    kind   INTEGER NOT NULL,  -- records::PolicyKind
    number INTEGER NOT NULL,  -- from 1, in the order they were first seen
    facts  BLOB NOT NULL,
    PRIMARY KEY (host, kind, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE policy_text (
    host    TEXT NOT NULL,
    kind    INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (host, kind, number)
) STRICT;
