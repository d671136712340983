-- Who looked at a person's data. docs/formats/cases.md describes every column.

CREATE TABLE access (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,               -- never given twice
    subject INTEGER NOT NULL,
    at      INTEGER NOT NULL,                                -- milliseconds since 1970
    content BLOB NOT NULL,
    sealed  BLOB                                             -- the reason, if there is one
) STRICT;
CREATE INDEX access_subject ON access (subject, number);
CREATE INDEX access_at ON access (at);
