-- The vault: who a subject number is, and the key everything of theirs is sealed under.
-- docs/formats/vault.md describes every column. Deleting a subject's row and its look-up rows shreds them.

CREATE TABLE vault (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    vault_id    BLOB NOT NULL CHECK (length(vault_id) = 16),    -- random
    check_value BLOB NOT NULL CHECK (length(check_value) = 32)  -- proves the master key
) STRICT;

CREATE TABLE subject (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,               -- never given twice
    wrapped_key BLOB NOT NULL CHECK (length(wrapped_key) = 80),  -- 64 random octets under the master key
    identity    BLOB NOT NULL                                    -- under the subject's key
) STRICT;

CREATE TABLE lookup (
    name_hash BLOB PRIMARY KEY CHECK (length(name_hash) = 16),  -- keyed; of the actor URI or the handle
    number    INTEGER NOT NULL REFERENCES subject (number)
) STRICT, WITHOUT ROWID;

CREATE INDEX lookup_by_number ON lookup (number);
