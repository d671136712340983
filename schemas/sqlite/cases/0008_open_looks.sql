-- Leaves of looks at people's data that still have salt and body (docs/formats/log.md): they are given up when their
-- time is over.
CREATE INDEX leaf_look ON leaf (sequence) WHERE substr(content, 1, 3) = x'01010e';
