-- Since this migration the free room of pages is overwritten as well, where copies stay of rows that SQLite moved. In
-- ledgers from before they may lie there still, until the file is written anew as a whole, once.

UPDATE overwriting SET free = 1 WHERE EXISTS (SELECT 1 FROM journal);
