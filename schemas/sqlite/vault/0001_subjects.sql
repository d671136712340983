-- The vault: who a subject number is, and the key everything of theirs is sealed under.
-- docs/formats/vault.md describes every column. Deleting a subject's rows in all three tables shreds them.

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

CREATE TABLE actor_lookup (
    hash   BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 16),  -- keyed, of the actor's URI
    number INTEGER NOT NULL REFERENCES subject (number)
) STRICT, WITHOUT ROWID;

CREATE TABLE handle_lookup (
    hash   BLOB NOT NULL CHECK (length(hash) = 16),  -- keyed, of the handle; a person and a group may share one
    number INTEGER NOT NULL REFERENCES subject (number),
    PRIMARY KEY (hash, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX actor_lookup_number ON actor_lookup (number);
CREATE INDEX handle_lookup_number ON handle_lookup (number);
