-- The texts of policies that a record says were in force, by their SHA-256. number: from the oldest on.
CREATE TABLE policy_text (
    number INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    text   BLOB NOT NULL
) STRICT;
