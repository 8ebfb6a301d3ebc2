-- +goose Up

-- loose: lines of the trail that are in no batch yet, as they were added together. A number is never given again, for
-- who binds rows names them by it: it is greater than all that are there or in batches. (AUTOINCREMENT would write one
-- more page a commit.)
CREATE TABLE loose (
    id    INTEGER PRIMARY KEY,
    lines BLOB NOT NULL
) STRICT;

-- batch: parts of the trail whose lines have been bound together. What is long comes last, so that whoever asks for the
-- rest does not read it.
CREATE TABLE batch (
    n      INTEGER PRIMARY KEY, -- from 1 without a gap
    first  INTEGER NOT NULL,    -- instants of lines, microseconds since 1970, UTC
    last   INTEGER NOT NULL,
    bound  INTEGER NOT NULL,    -- when it was bound; never before that of the batch before, nor before last
    upto   INTEGER NOT NULL,    -- greatest number that a row of it, or of a batch before, had while it was loose
    count  INTEGER NOT NULL,    -- of lines
    digest BLOB    NOT NULL,
    tags   BLOB    NOT NULL,
    keys   BLOB,                -- ascending, 8 bytes each, little-endian; NULL when the lines have been erased
    body   BLOB                 -- the lines, NULL when they have been erased
) STRICT;
CREATE INDEX batch_bound ON batch (bound) WHERE body IS NOT NULL;
-- Most batches are bound within an hour of their first lines. These are the others.
CREATE INDEX batch_late ON batch (bound, first, last) WHERE body IS NOT NULL AND bound - first > 3600000000;

-- trail_ix: the keys by which batches are found, but for the newest batches, whose keys are looked for in their own
-- rows. Keys are hashes, so each batch would touch as many pages as it has keys. Runs of batches, whose keys stand
-- together, and batches whose keys are added together keep these few.
CREATE TABLE trail_ix (
    run INTEGER NOT NULL, -- (n - 1) / 4096
    h   INTEGER NOT NULL,
    n   INTEGER NOT NULL,
    PRIMARY KEY (run, h, n)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE trail_ix;
DROP TABLE batch;
DROP TABLE loose;
