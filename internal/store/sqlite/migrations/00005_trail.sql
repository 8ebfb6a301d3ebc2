-- +goose Up

-- loose: lines of the trail that are in no batch yet, as they were added together. A number is never given again, for who binds
-- rows names them by it: it is greater than all that are there or in batches. (AUTOINCREMENT would write one more page a commit.)
CREATE TABLE loose (
    id    INTEGER PRIMARY KEY,
    lines BLOB NOT NULL
) STRICT;

-- batch: parts of the trail whose lines have been bound together. What is long comes last, so that whoever asks for the rest
-- does not read it.
CREATE TABLE batch (
    n      INTEGER PRIMARY KEY, -- from 1 without a gap
    first  INTEGER NOT NULL,    -- instants of lines, microseconds since 1970, UTC
    last   INTEGER NOT NULL,
    bound  INTEGER NOT NULL,    -- when it was bound; never before that of the batch before, nor before last
    upto   INTEGER NOT NULL,    -- greatest number that a row of it, or of a batch before, had while it was loose
    count  INTEGER NOT NULL,    -- of lines
    digest BLOB    NOT NULL,
    tags   BLOB    NOT NULL,
    keys   BLOB,                -- those in trail_ix, 8 bytes each, little-endian; NULL when the lines have been erased
    body   BLOB                 -- the lines, NULL when they have been erased
) STRICT;
CREATE INDEX batch_bound ON batch (bound) WHERE body IS NOT NULL;
-- Most batches are bound within a day of their first lines. These are the others.
CREATE INDEX batch_late ON batch (bound) WHERE body IS NOT NULL AND bound - first > 86400000000;

-- trail_ix: the keys by which batches are found.
CREATE TABLE trail_ix (
    h INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (h, n)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE trail_ix;
DROP TABLE batch;
DROP TABLE loose;
