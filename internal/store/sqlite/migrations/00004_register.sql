-- +goose Up

-- item: the newest version of everything that the platform keeps for itself beside the record, such as accounts.
CREATE TABLE item (
    kind    TEXT    NOT NULL,
    id      TEXT    NOT NULL,
    ver     INTEGER NOT NULL,
    updated INTEGER NOT NULL, -- microseconds since 1970, UTC
    author  TEXT    NOT NULL,
    owner   TEXT    NOT NULL,
    until   INTEGER NOT NULL, -- microseconds; the greatest number for what does not run out
    body    BLOB    NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;
CREATE INDEX item_owner ON item (kind, owner, id);
CREATE INDEX item_until ON item (until) WHERE until < 9223372036854775807;

-- item_name: the other names by which the newest versions are found.
CREATE TABLE item_name (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    id   TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_name_id ON item_name (kind, id);

-- item_past: those earlier versions that are kept.
CREATE TABLE item_past (
    kind    TEXT    NOT NULL,
    id      TEXT    NOT NULL,
    ver     INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    author  TEXT    NOT NULL,
    owner   TEXT    NOT NULL,
    until   INTEGER NOT NULL,
    body    BLOB    NOT NULL,
    PRIMARY KEY (kind, id, ver)
) STRICT;

-- +goose Down
DROP TABLE item_past;
DROP TABLE item_name;
DROP TABLE item;
