-- What the transparency log has to take of the events above, written in the transaction that stores them.
-- docs/formats/log.md.

CREATE TABLE leaf (
    sequence INTEGER PRIMARY KEY CHECK (sequence > 0),  -- without a gap
    subject  INTEGER,                                   -- whose data the record is about
    request  INTEGER,
    content  BLOB NOT NULL
) STRICT;
CREATE INDEX leaf_subject ON leaf (subject) WHERE subject IS NOT NULL;
CREATE INDEX leaf_request ON leaf (request) WHERE request IS NOT NULL;
