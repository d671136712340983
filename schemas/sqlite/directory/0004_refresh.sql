-- When recipients are asked again. docs/formats/directory.md describes the content.

CREATE TABLE refresh (
    host    TEXT NOT NULL PRIMARY KEY,
    due_at  INTEGER NOT NULL,  -- milliseconds since 1970; while somebody asks, when their lease ends
    failing INTEGER NOT NULL,  -- 1 if the last visit failed
    content BLOB                -- NULL: never visited
) STRICT, WITHOUT ROWID;

CREATE INDEX refresh_due ON refresh (due_at, host);
CREATE INDEX refresh_failing ON refresh (failing) WHERE failing = 1;
