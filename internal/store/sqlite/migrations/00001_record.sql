-- +goose Up

-- res: the newest version of every resource. A deletion is a version too: method 4, empty body.
CREATE TABLE res (
    rid     INTEGER PRIMARY KEY,
    type    INTEGER NOT NULL, -- number of the resource type (internal/fhir/schema)
    id      TEXT    NOT NULL,
    ver     INTEGER NOT NULL,
    updated INTEGER NOT NULL, -- microseconds since 1970, UTC
    method  INTEGER NOT NULL, -- 1 POST, 2 PUT, 3 PATCH, 4 DELETE, 5 PUT that created
    author  TEXT    NOT NULL,
    splice  INTEGER NOT NULL, -- where in the body the version and the instant go
    body    BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX res_name ON res (type, id);
CREATE INDEX res_time ON res (type, updated, rid);

-- hist: every earlier version.
CREATE TABLE hist (
    rid     INTEGER NOT NULL,
    ver     INTEGER NOT NULL,
    type    INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    until   INTEGER NOT NULL, -- when the next version took its place
    method  INTEGER NOT NULL,
    author  TEXT    NOT NULL,
    splice  INTEGER NOT NULL,
    body    BLOB    NOT NULL,
    PRIMARY KEY (rid, ver)
) STRICT;
CREATE INDEX hist_time ON hist (type, updated, rid, ver);

-- ix: the keys by which the newest versions are found, h a keyed hash, o the order among resources of one key.
CREATE TABLE ix (
    h   INTEGER NOT NULL,
    o   INTEGER NOT NULL,
    rid INTEGER NOT NULL,
    PRIMARY KEY (h, o, rid)
) STRICT, WITHOUT ROWID;

-- place: reserved places of contended quantities.
CREATE TABLE place (
    scope  TEXT    NOT NULL,
    place  TEXT    NOT NULL,
    holder TEXT    NOT NULL,
    until  INTEGER NOT NULL,
    PRIMARY KEY (scope, place)
) STRICT, WITHOUT ROWID;

-- answer: what was answered to requests with an idempotency key.
CREATE TABLE answer (
    key     BLOB    NOT NULL PRIMARY KEY,
    request BLOB    NOT NULL,
    text    BLOB    NOT NULL,
    until   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX answer_until ON answer (until);

CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO setting (name, value) VALUES ('secret', randomblob(32));

-- +goose Down
DROP TABLE setting;
DROP TABLE answer;
DROP TABLE place;
DROP TABLE ix;
DROP TABLE hist;
DROP TABLE res;
