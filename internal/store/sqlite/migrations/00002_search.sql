-- +goose Up

-- What stood in ix until now was found by terms of an older form.
DELETE FROM ix;

-- str: the folded texts by which the newest versions are found, by their beginning.
CREATE TABLE str (
    h   INTEGER NOT NULL,
    v   TEXT    NOT NULL,
    rid INTEGER NOT NULL,
    PRIMARY KEY (h, v, rid)
) STRICT, WITHOUT ROWID;

-- definition: the search parameters whose terms are in ix and str, as they were when they were put there.
CREATE TABLE definition (
    type  TEXT    NOT NULL,
    name  TEXT    NOT NULL,
    text  TEXT    NOT NULL,
    ready INTEGER NOT NULL, -- 0 while the terms are being put there
    PRIMARY KEY (type, name, text)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE definition;
DROP TABLE str;
DELETE FROM ix;
