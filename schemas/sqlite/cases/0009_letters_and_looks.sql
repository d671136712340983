-- Letters among the evidence: the stamp's form, then the piece's kind.
CREATE INDEX evidence_letter ON evidence (notice, place) WHERE substr(content, 1, 2) = x'0102';
-- With what a draw asks of notices whose looks are due, so that those of a server that is looked at already are passed
-- over without their rows.
DROP INDEX notice_look;
CREATE INDEX notice_look ON notice (next_look_at, number, recipient) WHERE next_look_at IS NOT NULL;
