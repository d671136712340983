-- Letters among the evidence: the stamp's form, then the piece's kind.
CREATE INDEX evidence_letter ON evidence (notice, place) WHERE substr(content, 1, 2) = x'0102';
