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

-- definition: the search parameters of each type whose lines are in ix and str.
CREATE TABLE definition (
    type   INTEGER NOT NULL,
    id     TEXT    NOT NULL, -- of ground and text together
    ground TEXT    NOT NULL, -- what the lines depend on beside the text
    text   TEXT    NOT NULL,
    state  INTEGER NOT NULL, -- 0 its lines are being put there, 1 all are there, 2 they are being taken away
    wanted INTEGER NOT NULL, -- until when a server has said that it searches by it, microseconds
    PRIMARY KEY (type, id)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE definition;
DROP TABLE str;
DELETE FROM ix;
