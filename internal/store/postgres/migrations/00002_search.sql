-- +goose Up

-- What stood in ix until now was found by terms of an older form.
TRUNCATE ix;

-- str: the folded texts by which the newest versions are found, by their beginning.
CREATE TABLE str (
    h   bigint NOT NULL,
    rid bigint NOT NULL,
    v   text COLLATE "C" NOT NULL,
    PRIMARY KEY (h, v, rid)
);

-- definition: the search parameters of each type whose lines are in ix and str.
CREATE TABLE definition (
    type   smallint NOT NULL,
    id     text     NOT NULL, -- of ground and text together
    ground text     NOT NULL, -- what the lines depend on beside the text
    text   text     NOT NULL,
    state  smallint NOT NULL, -- 0 its lines are being put there, 1 all are there, 2 they are being taken away
    wanted bigint   NOT NULL, -- until when a server has said that it searches by it, microseconds
    PRIMARY KEY (type, id)
);

-- +goose Down
DROP TABLE definition;
DROP TABLE str;
TRUNCATE ix;
