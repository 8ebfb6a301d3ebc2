-- +goose Up

-- item: the newest version of everything that the platform keeps for itself beside the record, such as accounts.
CREATE TABLE item (
    ver     bigint NOT NULL,
    updated bigint NOT NULL, -- microseconds since 1970, UTC
    until   bigint NOT NULL, -- microseconds; the greatest number for what does not run out
    kind    text COLLATE "C" NOT NULL,
    id      text COLLATE "C" NOT NULL,
    owner   text COLLATE "C" NOT NULL,
    author  text   NOT NULL,
    body    bytea COMPRESSION lz4 NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX item_owner ON item (kind, owner, id);
CREATE INDEX item_until ON item (until) WHERE until < 9223372036854775807;

-- item_name: the other names by which the newest versions are found.
CREATE TABLE item_name (
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    id   text COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, name)
);
CREATE INDEX item_name_id ON item_name (kind, id);

-- item_past: those earlier versions that are kept.
CREATE TABLE item_past (
    ver     bigint NOT NULL,
    updated bigint NOT NULL,
    until   bigint NOT NULL,
    kind    text COLLATE "C" NOT NULL,
    id      text COLLATE "C" NOT NULL,
    owner   text   NOT NULL,
    author  text   NOT NULL,
    body    bytea COMPRESSION lz4 NOT NULL,
    PRIMARY KEY (kind, id, ver)
);

-- +goose Down
DROP TABLE item_past;
DROP TABLE item_name;
DROP TABLE item;
