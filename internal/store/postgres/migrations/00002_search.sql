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

-- definition: the search parameters whose terms are in ix and str, as they were when they were put there.
CREATE TABLE definition (
    type  text    NOT NULL,
    name  text    NOT NULL,
    text  text    NOT NULL,
    ready boolean NOT NULL, -- false while the terms are being put there
    PRIMARY KEY (type, name, text)
);

-- +goose Down
DROP TABLE definition;
DROP TABLE str;
TRUNCATE ix;
