-- +goose Up

-- rid: numbers of resources; each server takes a block at a time.
CREATE SEQUENCE rid INCREMENT BY 256;

-- res: the newest version of every resource. A deletion is a version too: method 4, empty body.
CREATE TABLE res (
    rid     bigint   NOT NULL PRIMARY KEY,
    updated bigint   NOT NULL, -- microseconds since 1970, UTC
    ver     integer  NOT NULL,
    splice  integer  NOT NULL, -- where in the body the version and the instant go
    spread  integer  NOT NULL, -- hash of the id
    type    smallint NOT NULL, -- number of the resource type (internal/fhir/schema)
    method  smallint NOT NULL, -- 1 POST, 2 PUT, 3 PATCH, 4 DELETE, 5 PUT that created
    id      text COLLATE "C" NOT NULL,
    author  text     NOT NULL,
    body    bytea COMPRESSION lz4 NOT NULL
);
-- New ids are neighbours in time. Led by their hash, their index entries are not neighbours on a page, where
-- serializable transactions that touch new resources would all seem to conflict with each other.
CREATE UNIQUE INDEX res_name ON res (spread, type, id);
CREATE INDEX res_time ON res (type, updated, rid);

-- hist: every earlier version.
CREATE TABLE hist (
    rid     bigint   NOT NULL,
    updated bigint   NOT NULL,
    until   bigint   NOT NULL, -- when the next version took its place
    ver     integer  NOT NULL,
    splice  integer  NOT NULL,
    type    smallint NOT NULL,
    method  smallint NOT NULL,
    author  text     NOT NULL,
    body    bytea COMPRESSION lz4 NOT NULL,
    PRIMARY KEY (rid, ver)
);
CREATE INDEX hist_time ON hist (type, updated, rid, ver);

-- ix: the keys by which the newest versions are found, h a keyed hash, o the order among resources of one key.
CREATE TABLE ix (
    h   bigint NOT NULL,
    o   bigint NOT NULL,
    rid bigint NOT NULL,
    PRIMARY KEY (h, o, rid)
);

-- place: reserved places of contended quantities.
CREATE TABLE place (
    scope  text   NOT NULL,
    place  text   NOT NULL,
    holder text   NOT NULL,
    until  bigint NOT NULL,
    PRIMARY KEY (scope, place)
);

-- answer: what was answered to requests with an idempotency key.
CREATE TABLE answer (
    key     bytea  NOT NULL PRIMARY KEY,
    request bytea  NOT NULL,
    text    bytea  NOT NULL,
    until   bigint NOT NULL
);
CREATE INDEX answer_until ON answer (until);

CREATE TABLE setting (
    name  text  NOT NULL PRIMARY KEY,
    value bytea NOT NULL
);
INSERT INTO setting (name, value)
VALUES ('secret', decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));

-- +goose Down
DROP TABLE setting;
DROP TABLE answer;
DROP TABLE place;
DROP TABLE ix;
DROP TABLE hist;
DROP TABLE res;
DROP SEQUENCE rid;
