-- +goose Up

-- log: changes as they are written. Which of them nobody can come before any more is known by the numbers of their
-- transactions; the sequencer moves these to the feed.
CREATE TABLE log (
    xid  bigint   NOT NULL,
    n    integer  NOT NULL, -- within the transaction
    rid  bigint   NOT NULL,
    ver  integer  NOT NULL,
    type smallint NOT NULL,
    PRIMARY KEY (xid, n)
);

-- A server of the version before knows no log. What it writes while both are at work is logged for it; those that log by
-- themselves say so in their sessions.
CREATE SEQUENCE log_for_others AS integer CYCLE;
-- +goose StatementBegin
CREATE FUNCTION log_for_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO log (xid, n, rid, ver, type)
    VALUES (pg_current_xact_id()::text::bigint, nextval('log_for_others'), NEW.rid, NEW.ver, NEW.type);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER log_for_others AFTER INSERT OR UPDATE ON res FOR EACH ROW
WHEN (current_setting('yitong.logs', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION log_for_others();

-- feed: every change once, in an order that never changes, numbered without a gap.
CREATE TABLE feed (
    pos  bigint   NOT NULL PRIMARY KEY,
    rid  bigint   NOT NULL,
    ver  integer  NOT NULL,
    type smallint NOT NULL
);
INSERT INTO feed (pos, rid, ver, type)
SELECT row_number() OVER (ORDER BY updated, rid, ver), rid, ver, type
FROM (SELECT updated, rid, ver, type FROM hist UNION ALL SELECT updated, rid, ver, type FROM res) v;

-- sequencer: how far the feed has come, in its one row.
CREATE TABLE sequencer (
    pos    bigint NOT NULL,
    xid    bigint NOT NULL, -- no change of an older transaction is in the log
    origin text   NOT NULL  -- which database server this was; another one begins a new epoch
);
INSERT INTO sequencer (pos, xid, origin) SELECT count(*), 0, '' FROM feed;

CREATE TABLE epoch (
    number bigint NOT NULL PRIMARY KEY,
    behind bigint NOT NULL -- number of the last change of the epochs before
);
INSERT INTO epoch (number, behind) VALUES (1, 0);

-- follower: how far those have come who follow the feed.
CREATE TABLE follower (
    name  text   NOT NULL PRIMARY KEY,
    epoch bigint NOT NULL,
    pos   bigint NOT NULL
);

-- outbox: jobs that committed transactions have asked for, until the queue has them.
CREATE TABLE outbox (
    n    bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    due  bigint NOT NULL, -- microseconds
    id   text   NOT NULL,
    kind text   NOT NULL,
    once text   NOT NULL,
    args bytea  NOT NULL
);
CREATE INDEX outbox_due ON outbox (due, n);
CREATE UNIQUE INDEX outbox_once ON outbox (kind, once) WHERE once <> '';

-- +goose Down
DROP TRIGGER log_for_others ON res;
DROP FUNCTION log_for_others;
DROP SEQUENCE log_for_others;
DROP TABLE outbox;
DROP TABLE follower;
DROP TABLE epoch;
DROP TABLE sequencer;
DROP TABLE feed;
DROP TABLE log;
