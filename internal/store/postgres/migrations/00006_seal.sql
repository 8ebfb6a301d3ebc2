-- +goose Up

-- The first byte of a body tells whether it is sealed (internal/store/seal): 1 for sealed, 0 for a plain one behind it,
-- any other for a plain one that begins with it. Resources begin with neither of the two. What else does is marked as
-- plain.
UPDATE item SET body = '\x00'::bytea || body WHERE substr(body, 1, 1) IN ('\x00', '\x01');
UPDATE item_past SET body = '\x00'::bytea || body WHERE substr(body, 1, 1) IN ('\x00', '\x01');
UPDATE answer SET text = '\x00'::bytea || text WHERE substr(text, 1, 1) IN ('\x00', '\x01');

-- +goose Down
UPDATE item SET body = substr(body, 2) WHERE substr(body, 1, 1) = '\x00';
UPDATE item_past SET body = substr(body, 2) WHERE substr(body, 1, 1) = '\x00';
UPDATE answer SET text = substr(text, 2) WHERE substr(text, 1, 1) = '\x00';
