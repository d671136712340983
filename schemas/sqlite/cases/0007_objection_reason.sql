-- Why a person objects, if they said so: sealed under their key, stamped with its place.
ALTER TABLE objection ADD COLUMN sealed BLOB;
