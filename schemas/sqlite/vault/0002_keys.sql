-- Private keys of local actors, kept from when they are first needed until their request closes.
-- docs/formats/vault.md describes every column. A subject is shredded by deleting their rows here, too.

CREATE TABLE signing_key (
    number INTEGER NOT NULL REFERENCES subject (number),
    hash   BLOB NOT NULL CHECK (length(hash) = 16),  -- keyed, of the number and the key's id
    sealed BLOB NOT NULL,                            -- key id and private key, under the subject's key
    PRIMARY KEY (number, hash)
) STRICT, WITHOUT ROWID;
