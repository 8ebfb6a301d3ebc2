-- +goose Up

-- loose: lines of the trail that are in no batch yet, as they were added together. Rows come and go all the time, so
-- they are cleared away by their number, not by their part of the table.
CREATE TABLE loose (
    id    bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lines bytea COMPRESSION lz4 NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- batch: parts of the trail whose lines have been bound together.
CREATE TABLE batch (
    n      bigint  NOT NULL PRIMARY KEY, -- from 1 without a gap
    first  bigint  NOT NULL,             -- instants of lines, microseconds since 1970, UTC
    last   bigint  NOT NULL,
    bound  bigint  NOT NULL,             -- when it was bound; never before that of the batch before, nor before last
    count  integer NOT NULL,             -- of lines
    digest bytea   NOT NULL,
    tags   bytea   NOT NULL,
    keys   bigint[],                     -- ascending, NULL when the lines have been erased
    body   bytea                         -- the lines, NULL when they have been erased
);
-- None of these can be made smaller.
ALTER TABLE batch ALTER tags SET STORAGE EXTERNAL, ALTER keys SET STORAGE EXTERNAL, ALTER body SET STORAGE EXTERNAL;
CREATE INDEX batch_bound ON batch (bound, n) WHERE body IS NOT NULL;
-- Most batches are bound within an hour of their first lines. These are the others.
CREATE INDEX batch_late ON batch (bound, n) INCLUDE (first, last) WHERE body IS NOT NULL AND bound - first > 3600000000;

-- trail_ix: the keys by which batches are found, but for the newest batches, whose keys are looked for in their own
-- rows. Keys are hashes, so each batch would touch as many pages as it has keys. Runs of batches, whose keys stand
-- together, and batches whose keys are added together keep these few.
CREATE TABLE trail_ix (
    run bigint NOT NULL, -- (n - 1) / 4096
    h   bigint NOT NULL,
    n   bigint NOT NULL,
    PRIMARY KEY (run, h, n)
);

-- +goose Down
DROP TABLE trail_ix;
DROP TABLE batch;
DROP TABLE loose;
