package inspect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/app/inspect"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/store"
	"yitong/internal/store/index"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// record is a database with some versions in it, deletions and reservations among them.
type record struct {
	*testing.T
	db store.DB
}

func fill(t *testing.T, db store.DB) record {
	t.Helper()
	ix, err := index.Open(t.Context(), db, search.R4(time.UTC), index.Config{})
	if err != nil {
		t.Fatal(err)
	}
	basic, _ := schema.TypeOf("Basic")
	session := gate.New(db, gate.Config{Index: ix, Zone: time.UTC}).Session(gate.Actor{Reference: "Device/test", Access: gate.Whole()})
	for i := range 30 {
		id, text := fmt.Sprintf("b%d", i%20), ""
		if i%3 == 0 {
			text = fmt.Sprintf(`"extension":[{"url":%q,"extension":[{"url":"scope","valueString":"s"},{"url":"place","valueString":%q}]}],`, gate.ReservationURL, id)
		}
		r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Basic","id":%q,%s"code":{"text":"x"},"created":"2026-11-%02d"}`, id, text, 1+i))
		if err != nil {
			t.Fatal(err)
		}
		op := gate.Op{Kind: gate.Update, Type: basic, ID: id, Resource: r}
		if i == 25 {
			op = gate.Op{Kind: gate.Delete, Type: basic, ID: id}
		}
		if _, err := session.Apply(t.Context(), []gate.Op{op}, nil); err != nil {
			t.Fatal(err)
		}
	}
	return record{t, db}
}

func (r record) write(do func(store.Tx) error) {
	r.Helper()
	if err := r.db.Write(r.Context(), store.Work{Do: func(tx store.Tx, _ store.Found) error { return do(tx) }}); err != nil {
		r.Fatal(err)
	}
}

// says looks at the record: it must have as many faults, and the texts must tell of them.
func (r record) says(faults int64, texts ...string) inspect.Report {
	r.Helper()
	report, err := inspect.Record(r.Context(), r.db, time.UTC)
	if err != nil {
		r.Fatal(err)
	}
	if report.Wrong != faults || len(report.Skipped) > 0 {
		r.Errorf("%d faults, want %d: %v %v", report.Wrong, faults, report.Complaints, report.Skipped)
	}
	for _, text := range texts {
		if !strings.Contains(strings.Join(report.Complaints, "\n"), text) {
			r.Errorf("nothing is said of %q: %v", text, report.Complaints)
		}
	}
	if report.Versions < 30 || report.Resources < 19 || report.Lines == 0 || report.Places == 0 {
		r.Errorf("too little was looked at: %+v", report)
	}
	return report
}

// TestRecord: a whole record is found whole; whatever is taken out of it or put into it is told.
func TestRecord(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		r := fill(t, db)
		r.says(0)
		basic, _ := schema.TypeOf("Basic")
		head, err := db.Head(t.Context(), fhir.Ref{Type: basic, ID: "b2"})
		if err != nil {
			t.Fatal(err)
		}
		resource, err := fhir.ParseResource(head.Body.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		var c store.Change
		ix := index.Fixed(db, search.R4(time.UTC))
		ix.Index(&c, nil, ix.Terms(resource))
		line := store.Keys{Entries: c.Add.Entries[:1]}
		r.write(func(tx store.Tx) error { return tx.Index([]store.Indexed{{Rid: head.Rid, Drop: line}}) })
		r.says(2, "Basic/b2 is not found by all that stands in it", "lines")
		r.write(func(tx store.Tx) error { return tx.Index([]store.Indexed{{Rid: head.Rid, Add: line}}) })
		r.says(0)
		r.write(func(tx store.Tx) error {
			return tx.Index([]store.Indexed{{Rid: head.Rid, Add: store.Keys{Entries: []store.Entry{{Key: 1}}}}})
		})
		r.says(1, "lines")
		r.write(func(tx store.Tx) error {
			return tx.Index([]store.Indexed{{Rid: head.Rid, Drop: store.Keys{Entries: []store.Entry{{Key: 1}}}}})
		})
		r.write(func(tx store.Tx) error { // past the gate
			set := []store.Change{{Version: store.Version{Ref: fhir.Ref{Type: basic, ID: "hidden"}, Number: 1, Method: store.Put, Author: "Device/test",
				Body: resource.Body("hidden", nil)}}}
			return tx.Put(set)
		})
		r.says(1+int64(len(c.Add.Entries)+len(c.Add.Texts)), "Basic/hidden is not found")
	})
}

// TestRebuildPlaces: reservations that are lost or made up are told, and built anew from the resources.
func TestRebuildPlaces(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		r := fill(t, db)
		r.write(func(tx store.Tx) error {
			_, err := tx.Release(store.Place{Scope: "s", Name: "b12"}, "Basic/b12")
			if err == nil {
				_, err = tx.Release(store.Place{Scope: "s", Name: "b15"}, "Basic/b15")
			}
			if err == nil {
				_, err = tx.Reserve(store.Place{Scope: "s", Name: "b15"}, "Basic/other", store.ForEver)
			}
			if err == nil {
				_, err = tx.Reserve(store.Place{Scope: "s", Name: "none"}, "Basic/other", store.ForEver)
			}
			if err == nil {
				_, err = tx.Reserve(store.Place{Scope: store.OwnScopes + "x", Name: "own"}, "server", store.ForEver)
			}
			return err
		})
		r.says(3, "Basic/b12 takes place b12", "Place b15 of s stands for Basic/other", "Place none of s")
		n, err := inspect.RebuildPlaces(t.Context(), db)
		if err != nil || n == 0 {
			t.Fatalf("%d places (%v)", n, err)
		}
		r.says(0)
		if own, err := db.Reserved(t.Context(), store.OwnScopes+"x"); err != nil || len(own) != 1 {
			t.Errorf("a lease of servers was taken away: %v (%v)", own, err)
		}
	})
}

// TestConfirmed: a hold that is made longer, or confirmed, stands as the resource says.
func TestConfirmed(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		r := fill(t, db)
		basic, _ := schema.TypeOf("Basic")
		session := gate.New(db, gate.Config{Zone: time.UTC}).Session(gate.Actor{Reference: "Device/test", Access: gate.Whole()})
		for _, until := range []string{`,{"url":"until","valueInstant":"2998-01-01T00:00:00Z"}`, `,{"url":"until","valueInstant":"2999-01-01T00:00:00Z"}`, ``} {
			res, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Basic","id":"b1","extension":[{"url":%q,"extension":[{"url":"scope","valueString":"s"},{"url":"place","valueString":"own"}%s]}],"code":{"text":"x"}}`, gate.ReservationURL, until))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := session.Apply(t.Context(), []gate.Op{{Kind: gate.Update, Type: basic, ID: "b1", Resource: res}}, nil); err != nil {
				t.Fatal(err)
			}
			r.says(0)
		}
		list, err := db.Reserved(t.Context(), "s")
		if err != nil || !slices.ContainsFunc(list, func(r store.Reservation) bool { return r.Name == "own" && r.Until.Equal(store.ForEver) }) {
			t.Errorf("it is not confirmed: %v (%v)", list, err)
		}
	})
}
