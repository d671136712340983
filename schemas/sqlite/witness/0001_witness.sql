-- The last checkpoint of each foreign log that was cosigned. Never restored from a backup. docs/formats/log.md.

CREATE TABLE witnessed (
    origin TEXT NOT NULL PRIMARY KEY,
    size   INTEGER NOT NULL CHECK (size >= 0),
    at     INTEGER NOT NULL,                            -- Unix seconds, as signed
    note   TEXT NOT NULL                                -- with the log's signature and ours
) STRICT, WITHOUT ROWID;
