-- What is known of the servers that data went to. docs/formats/directory.md describes the content.

CREATE TABLE recipient (
    host    TEXT NOT NULL PRIMARY KEY,
    content BLOB NOT NULL
) STRICT, WITHOUT ROWID;
