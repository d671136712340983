-- What the controller wrote down of a person that transfer rules ask for. Whether somebody is a child is
-- sealed under their key. A change counts in objection_changes: both lists are read again together.
CREATE TABLE subject_fact (
    subject INTEGER PRIMARY KEY,
    minor   BLOB NOT NULL                                    -- sealed: one octet, 0 or 1
) STRICT;
