-- +goose Up

-- feed: every change once, in the order of the commits, numbered without a gap.
CREATE TABLE feed (
    pos  INTEGER PRIMARY KEY,
    rid  INTEGER NOT NULL,
    ver  INTEGER NOT NULL,
    type INTEGER NOT NULL
) STRICT;
INSERT INTO feed (rid, ver, type)
SELECT rid, ver, type
FROM (SELECT updated, rid, ver, type FROM hist UNION ALL SELECT updated, rid, ver, type FROM res)
ORDER BY updated, rid, ver;

CREATE TABLE epoch (
    number INTEGER PRIMARY KEY,
    behind INTEGER NOT NULL -- number of the last change of the epochs before
) STRICT;
INSERT INTO epoch (number, behind) VALUES (1, 0);

-- follower: how far those have come who follow the feed.
CREATE TABLE follower (
    name  TEXT    NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL,
    pos   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- outbox: jobs that committed transactions have asked for, until the queue has them.
CREATE TABLE outbox (
    n    INTEGER PRIMARY KEY AUTOINCREMENT,
    due  INTEGER NOT NULL, -- microseconds
    id   TEXT    NOT NULL,
    kind TEXT    NOT NULL,
    once TEXT    NOT NULL,
    args BLOB    NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (due, n);
CREATE UNIQUE INDEX outbox_once ON outbox (kind, once) WHERE once <> '';

-- +goose Down
DROP TABLE outbox;
DROP TABLE follower;
DROP TABLE epoch;
DROP TABLE feed;
