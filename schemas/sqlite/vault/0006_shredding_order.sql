-- What the log's leaf says of a shredding, until the log has it: another process may have to complete what one began.
-- docs/formats/vault.md describes every column. None of it names the person, and none is kept once it is complete.

ALTER TABLE shredding ADD COLUMN why TEXT;
ALTER TABLE shredding ADD COLUMN said_by TEXT;
ALTER TABLE shredding ADD COLUMN objections INTEGER NOT NULL DEFAULT 0 CHECK (objections >= 0);
