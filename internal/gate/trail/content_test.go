package trail_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
	"yitong/internal/store/sqlite"
)

// TestVerifyContent: what is changed in the database past the trail is named, whatever it is: a body, a version that is taken out, one
// that is put in, a resource that is brought back to what it was, a grant.
func TestVerifyContent(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct{ sql, want string }{
		"nothing":         {"SELECT 1", ""},
		"a body":          {"UPDATE res SET body = CAST(replace(body, 'b2', 'xx') AS BLOB) WHERE id = 'b'", "Version 2 of Basic/b was altered"},
		"an old body":     {"UPDATE hist SET body = CAST(replace(body, 'b1', 'xx') AS BLOB)", "Version 1 of Basic/b was altered"},
		"an old version":  {"DELETE FROM hist", "Version 1 of Basic/b is missing"},
		"a resource":      {"DELETE FROM res WHERE id = 'a'", "Version 1 of Basic/a is missing"},
		"a new version":   {"UPDATE res SET ver = 3, updated = updated + 1 WHERE id = 'b'", "Version 2 of Basic/b is missing"},
		"a new resource":  {"INSERT INTO res SELECT 99, type, 'z', ver, updated, method, author, splice, body FROM res WHERE id = 'b'", "Version 2 of Basic/z was written past the trail"},
		"a deletion":      {"UPDATE res SET method = 1, body = (SELECT body FROM res WHERE id = 'a') WHERE id = 'c'", "Version 2 of Basic/c was altered"},
		"a version back":  {"UPDATE res SET (ver, updated, body) = (SELECT ver, updated, body FROM hist WHERE hist.rid = res.rid) WHERE id = 'b'", "Version 2 of Basic/b is missing"},
		"a grant":         {"UPDATE item SET body = CAST(replace(body, 'nurse', 'doctor') AS BLOB)", "Version 2 of grant/g was altered"},
		"a grant put in":  {"INSERT INTO item SELECT kind, 'z', ver, updated, author, owner, until, body FROM item", "Version 2 of grant/z was written past the trail"},
		"a next grant":    {"UPDATE item SET ver = 3", "Version 2 of grant/g is missing"},
		"another's grant": {"UPDATE item SET owner = 'me'", "Version 2 of grant/g was altered"},
		"an author":       {"UPDATE res SET author = 'Practitioner/x' WHERE id = 'b'", "Version 2 of Basic/b was altered: it says that another"},
		"a deletion past": {"INSERT INTO hist SELECT rid, ver, type, updated, updated + 1, method, author, splice, body FROM res WHERE id = 'b'; " +
			"UPDATE res SET ver = 3, updated = updated + 1, method = 4, body = x'' WHERE id = 'b'", "Version 3 of Basic/b was written past the trail"},
		"an instant":     {"UPDATE hist SET updated = updated - 7200000000", "Version 1 of Basic/b was altered: it says that it was written at another time"},
		"a next instant": {"UPDATE res SET updated = updated + 7200000000 WHERE id = 'b'", "Version 2 of Basic/b was altered: it says that it was written at"},
		"a later version": {"INSERT INTO hist SELECT rid, ver, type, updated, updated + 1, method, author, splice, body FROM res WHERE id = 'b'; " +
			"UPDATE res SET ver = 3, updated = updated + 7200000000 WHERE id = 'b'", "Version 3 of Basic/b was written past the trail"},
		"a later grant":   {"INSERT INTO item SELECT kind, 'z', ver, updated + 7200000000, author, owner, until, body FROM item", "Version 2 of grant/z was written past the trail"},
		"a grant's time":  {"UPDATE item SET updated = updated - 7200000000", "Version 2 of grant/g was altered: it says that it was written at"},
		"a grant of once": {"DELETE FROM item_past", "Version 1 of grant/g is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "record.db")
			db, err := sqlite.Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			written(t, db)
			raw, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			if _, err := raw.ExecContext(t.Context(), one.sql); err != nil {
				t.Fatal(err)
			}
			now, err := db.Now(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var r trail.Report
			if err := trail.VerifyContent(t.Context(), db, []string{"grant"}, now, &r); err != nil {
				t.Fatal(err)
			}
			if one.want == "" && len(r.Wrong) > 0 || one.want != "" && !slices.ContainsFunc(r.Wrong, func(w string) bool { return strings.HasPrefix(w, one.want) }) {
				t.Errorf("found %q, not %q", r.Wrong, one.want)
			}
		})
	}
}

// written makes Basics a to c, of which b has been changed and c deleted, and a grant that has been changed; half of the lines are bound.
func written(t *testing.T, db store.DB) {
	t.Helper()
	s := gate.New(db, gate.Config{Trail: trail.NewRecorder(db)}).Session(gate.Actor{Reference: "Device/x", Access: gate.Whole()})
	basic, _ := schema.TypeOf("Basic")
	put := func(id, text string) gate.Op {
		r, err := fhir.ParseResource([]byte(`{"resourceType":"Basic","id":"` + id + `","code":{"text":"` + text + `"}}`))
		if err != nil {
			t.Fatal(err)
		}
		return gate.Op{Kind: gate.Update, Type: basic, ID: id, Resource: r}
	}
	apply := func(ops ...gate.Op) {
		if _, err := s.Apply(t.Context(), ops, nil); err != nil {
			t.Fatal(err)
		}
	}
	grant := func(version int64, role string) {
		i := store.Item{Kind: "grant", ID: "g", Number: version, Author: "x", Until: store.ForEver, Body: []byte(`{"role":"` + role + `"}`)}
		now, err := db.Now(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		line := (&trail.Record{ID: trail.NewID(now), At: now, Wrote: []string{"U grant/g/" + string('0'+rune(version))}, Sums: []string{trail.ItemSum(i)}, Who: i.Author}).Append(nil)
		err = db.Write(t.Context(), store.Work{Do: func(tx store.Tx, _ store.Found) error {
			if _, err := tx.Enter(i, true); err != nil {
				return err
			}
			return tx.Trace(line)
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	apply(put("a", "a1"), put("b", "b1"))
	grant(1, "nobody")
	if _, err := (&trail.Binder{DB: db, Hasher: store.NewHasher(db.Secret())}).Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	apply(put("b", "b2"))
	apply(put("c", "c1"))
	apply(gate.Op{Kind: gate.Delete, Type: basic, ID: "c"})
	grant(2, "nurse")
}
