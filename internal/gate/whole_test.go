package gate_test

import (
	"fmt"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// whole checks that every reference of the record leads somewhere.
func (w world) whole() {
	w.t.Helper()
	live := map[fhir.Ref]bool{}
	points := map[fhir.Ref][]fhir.Ref{}
	err := w.Scan(w.t.Context(), func(v store.Version) error {
		live[v.Ref] = true
		r, err := fhir.ParseResource(v.Resource())
		if err != nil {
			return err
		}
		r.Links(func(l fhir.Link) {
			if to := fhir.ParseReference(l.Node.Str()); l.Kind == fhir.LinkReference && to.Kind == fhir.ReferenceLocal {
				points[v.Ref] = append(points[v.Ref], to.Ref)
			}
		})
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	for from, list := range points {
		for _, to := range list {
			if !live[to] {
				w.t.Errorf("%s points to %s, which is not there", from, to)
			}
		}
	}
}

func TestParseCriteria(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]fault.Code{
		"identifier=1": "", "identifier=s|1": "", "identifier=|1": "", "identifier=a,b|c&_id=x": "", "_id=a,b": "", "identifier=s%7C1": "",
		"name=x": "", "identifier=s|": "", "_id:not=x": "", "general-practitioner.name:exact=x": "", "_has:Observation:patient:code=x": "",
		"": fault.Malformed, "identifier": fault.Malformed, "identifier=": fault.Malformed, "identifier=|": fault.Malformed,
		"identifier=a,": fault.Malformed, "identifier=%zz": fault.Malformed, "nmae=x": fault.Malformed, "_sort=name": fault.Malformed,
		"identifier=1&nmae=x": fault.Malformed, "birthdate=x": fault.Malformed, "name:not=x": fault.Malformed,
		"identifier=" + strings.Repeat("1,", 500) + "1": fault.Malformed,
	} {
		if _, err := gate.ParseCriteria(parser(), typeOf("Patient"), query); fault.CodeOf(err) != want {
			t.Errorf("%q gives %v, want %q", query, err, want)
		}
	}
	if _, err := gate.ParseCriteria(parser(), typeOf("Binary"), "identifier=1"); fault.CodeOf(err) != fault.Malformed {
		t.Errorf("a type without identifiers: %v", err)
	}
	same := []string{"identifier=s|1&_id=a", "_id=a&identifier=s%7C1", "identifier=%73%7c1&_id=a"}
	for _, query := range same {
		if got := criteria(t, "Patient", query).String(); got != criteria(t, "Patient", same[0]).String() {
			t.Errorf("%q is called %q", query, got)
		}
	}
}

// TestSeal: a token serves only the same use, of the same actor, on the same record, unchanged.
func TestSeal(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		g := gate.New(w.db, gate.Config{})
		a, b := g.Session(gate.Actor{Reference: "Practitioner/a", Access: gate.Whole()}), g.Session(gate.Actor{Reference: "Practitioner/b", Access: gate.Whole()})
		token := a.Seal("history", "12.3.4")
		if got, err := a.Unseal("history", token); err != nil || got != "12.3.4" {
			t.Errorf("got %q, %v", got, err)
		}
		if empty := a.Seal("", ""); empty == a.Seal("x", "") {
			t.Error("the use does not count")
		}
		for i := range token {
			forged := []byte(token)
			forged[i] = 'A' + (forged[i]-'A'+1)%26
			if got, err := a.Unseal("history", string(forged)); err == nil && got != "12.3.4" { // unused bits of base64 may differ
				t.Errorf("took %s as %q", forged, got)
			}
		}
		for name, unseal := range map[string]func() (string, error){
			"another actor": func() (string, error) { return b.Unseal("history", token) },
			"another use":   func() (string, error) { return a.Unseal("histor", token) },
			"nothing":       func() (string, error) { return a.Unseal("history", "") },
			"shorter":       func() (string, error) { return a.Unseal("history", token[:20]) },
			"no base64":     func() (string, error) { return a.Unseal("history", "*"+token) },
		} {
			if got, err := unseal(); fault.CodeOf(err) != fault.Malformed || got != "" {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
	})
}

// TestAuthorAndEvents: every version says who made it, and the results come in the order of the ops.
func TestAuthorAndEvents(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		w.must(update("Patient", "old", ""))
		results := w.must(
			gate.Op{Kind: gate.Read, Type: typeOf("Patient"), ID: "new"}, update("Patient", "new", ""), create("Patient", ""),
			remove("Patient", "old"), remove("Patient", "never"))
		want := []gate.Event{gate.Found, gate.Created, gate.Created, gate.Deleted, gate.Nothing}
		for i, r := range results {
			if r.Event != want[i] {
				t.Errorf("op %d: event %d, want %d", i, r.Event, want[i])
			}
		}
		if results[0].Version.Number != 1 || results[1].Version.Author != "Practitioner/a" || results[4].Version.Exists() {
			t.Errorf("results %+v", results)
		}
		page, err := w.History(t.Context(), gate.History{Count: 10})
		if err != nil || len(page.Versions) != 4 || page.Next != nil {
			t.Fatalf("history %+v, %v", page, err)
		}
		for _, p := range page.Versions {
			if p.Author != "Practitioner/a" {
				t.Errorf("%s %d was made by %q", p.Ref, p.Number, p.Author)
			}
		}
	})
}

// TestConditionOnWhatManyShare holds that a condition is refused rather than guessed when its values lead to too many.
func TestConditionOnWhatManyShare(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		for i := range 101 {
			w.must(create("Patient", fmt.Sprintf(`,"identifier":[{"value":"common"},{"value":"r%d"}]`, i)))
		}
		for query, want := range map[string]struct {
			code  fault.Code
			event gate.Event
		}{
			"identifier=common":                   {code: fault.Precondition},
			"identifier=common&identifier=r100":   {event: gate.Found}, // the second tells one from all others
			"identifier=common&identifier=nobody": {event: gate.Created},
		} {
			op := create("Patient", `,"active":true`)
			op.Match = criteria(t, "Patient", query)
			results, err := w.apply(op)
			if fault.CodeOf(err) != want.code || err == nil && results[0].Event != want.event {
				t.Errorf("%s: %+v, %v", query, results, err)
			}
		}
	})
}
