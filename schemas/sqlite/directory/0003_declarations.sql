-- What the controller declared of recipients, where operators are, which servers the origin blocks, and what was turned
-- off. docs/formats/directory.md describes the contents.

CREATE TABLE declaration (
    host    TEXT NOT NULL,
    key     TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (host, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE declaration_act (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    host    TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT;
CREATE INDEX declaration_act_by_host ON declaration_act (host, number);

CREATE TABLE country_finding (
    host    TEXT NOT NULL,
    source  INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (host, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE domain_block (
    host    TEXT NOT NULL,
    list    TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (host, list)
) STRICT, WITHOUT ROWID;
CREATE INDEX domain_block_by_list ON domain_block (list);

CREATE TABLE switch_turn (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    name    TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT;
