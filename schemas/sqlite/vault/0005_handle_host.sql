-- Which host stands in the handles of an origin's people, where its WebFinger has said so of one of them.
-- docs/formats/vault.md describes every column.

CREATE TABLE handle_host (
    hash   BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 16),  -- keyed, of the host in their actor URIs
    sealed BLOB NOT NULL                                         -- the host in their handles, under the master key
) STRICT, WITHOUT ROWID;
