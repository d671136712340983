-- Two who change the same notice at the same time must not undo each other: a change names the version it read.
-- 0 is a row from before this migration, whose checksum does not speak of it.
ALTER TABLE notice ADD COLUMN version INTEGER NOT NULL DEFAULT 0 CHECK (version >= 0);
