-- Explicit consents of people to transfers (GDPR Art. 49(1)(a)); withdrawn ones stay until the person is
-- shredded. A change counts in objection_changes.
CREATE TABLE consent (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,              -- no number is given twice
    subject  INTEGER NOT NULL,
    content  BLOB NOT NULL,
    evidence BLOB NOT NULL                                   -- sealed
) STRICT;
CREATE INDEX consent_subject ON consent (subject);
