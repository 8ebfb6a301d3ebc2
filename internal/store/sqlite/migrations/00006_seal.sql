-- +goose Up

-- The first byte of a body tells whether it is sealed (internal/store/seal): 1 for sealed, 0 for a plain one behind it,
-- any other for a plain one that begins with it. Resources begin with neither of the two. What else does is marked as
-- plain.
UPDATE item SET body = CAST(x'00' || body AS BLOB) WHERE substr(body, 1, 1) IN (x'00', x'01');
UPDATE item_past SET body = CAST(x'00' || body AS BLOB) WHERE substr(body, 1, 1) IN (x'00', x'01');
UPDATE answer SET text = CAST(x'00' || text AS BLOB) WHERE substr(text, 1, 1) IN (x'00', x'01');

-- +goose Down
UPDATE item SET body = substr(body, 2) WHERE substr(body, 1, 1) = x'00';
UPDATE item_past SET body = substr(body, 2) WHERE substr(body, 1, 1) = x'00';
UPDATE answer SET text = substr(text, 2) WHERE substr(text, 1, 1) = x'00';
