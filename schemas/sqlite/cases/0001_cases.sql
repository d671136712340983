-- Erasure requests, their notices, and the objections that follow from them. docs/formats/cases.md describes every
-- column. A BLOB called facts or content ends in a checksum over itself and what its row says beside it; a BLOB called
-- sealed can be opened with the subject's key alone.

CREATE TABLE request (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,             -- never given twice
    version   INTEGER NOT NULL CHECK (version > 0),          -- one more with every change
    subject   INTEGER NOT NULL,
    state     INTEGER NOT NULL,
    is_open   INTEGER NOT NULL CHECK (is_open IN (0, 1)),    -- follows from the state
    open_wave INTEGER NOT NULL CHECK (open_wave IN (0, 1, 2)),  -- steps up to this wave may leave
    facts     BLOB NOT NULL
) STRICT;
CREATE INDEX request_subject ON request (subject);
CREATE INDEX request_open ON request (is_open) WHERE is_open = 1;

-- The chosen objects of a request whose scope names any.
CREATE TABLE request_scope (
    request INTEGER PRIMARY KEY REFERENCES request (number),
    sealed  BLOB NOT NULL
) STRICT;

CREATE TABLE request_event (
    request INTEGER NOT NULL REFERENCES request (number),
    place   INTEGER NOT NULL CHECK (place >= 0),             -- from 0, without a gap
    content BLOB NOT NULL,
    sealed  BLOB,                                            -- the reason, if there is one
    PRIMARY KEY (request, place)
) STRICT, WITHOUT ROWID;

-- The objects that a request erases, 128 in a row.
CREATE TABLE object_part (
    request INTEGER NOT NULL REFERENCES request (number),
    part    INTEGER NOT NULL CHECK (part >= 0),
    objects INTEGER NOT NULL CHECK (objects > 0),
    sealed  BLOB NOT NULL,
    PRIMARY KEY (request, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,          -- never given twice
    request      INTEGER NOT NULL REFERENCES request (number),
    recipient    TEXT NOT NULL,                              -- host
    state        INTEGER NOT NULL,
    steps        INTEGER NOT NULL CHECK (steps >= 0),        -- how many
    position     INTEGER NOT NULL CHECK (position >= 0),
    wave         INTEGER NOT NULL,                           -- of the step that is next; 0: none is
    next_at      INTEGER,
    next_look_at INTEGER,
    due_at       INTEGER,                                    -- next_at, if the request lets that wave leave
    facts        BLOB NOT NULL,
    sealed       BLOB                                        -- inbox and reason, if there is either
) STRICT;
CREATE INDEX notice_request ON notice (request);
CREATE INDEX notice_state ON notice (state);
CREATE UNIQUE INDEX notice_recipient ON notice (recipient, request);
CREATE INDEX notice_due ON notice (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX notice_look ON notice (next_look_at) WHERE next_look_at IS NOT NULL;

-- Apart from the notice: they hardly change, and a notice changes at every attempt.
CREATE TABLE notice_steps (
    notice  INTEGER PRIMARY KEY REFERENCES notice (number),
    content BLOB NOT NULL
) STRICT;

-- Attempts, looks and letters, as they were written.
CREATE TABLE evidence (
    notice  INTEGER NOT NULL REFERENCES notice (number),
    place   INTEGER NOT NULL CHECK (place >= 0),             -- from 0, without a gap
    content BLOB NOT NULL,
    PRIMARY KEY (notice, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE objection (
    subject   INTEGER NOT NULL,
    recipient TEXT NOT NULL,                                 -- host
    since     INTEGER NOT NULL,
    request   INTEGER NOT NULL,                              -- 0: none
    checksum  INTEGER NOT NULL,
    PRIMARY KEY (subject, recipient)
) STRICT, WITHOUT ROWID;

-- One more with every change of the table above.
CREATE TABLE objection_changes (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    changes INTEGER NOT NULL
) STRICT;
INSERT INTO objection_changes VALUES (1, 1);
