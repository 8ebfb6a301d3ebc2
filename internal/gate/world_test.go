package gate_test

import (
	"fmt"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/store"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// eachDatabase runs a test in a world of its own on each database, side by side.
func eachDatabase(t *testing.T, test func(*testing.T, world)) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		g := gate.New(db, gate.Config{References: true})
		test(t, world{t, db, g.Session(gate.Actor{Reference: "Practitioner/a", Access: gate.Whole()})})
	})
}

// world is a record and a session on it.
type world struct {
	t  *testing.T
	db store.DB
	*gate.Session
}

// apply carries ops out, again and again while only others' writes stand in the way.
func (w world) apply(ops ...gate.Op) ([]gate.Result, error) {
	for {
		results, err := w.Apply(w.t.Context(), ops, nil)
		if fault.CodeOf(err) != fault.Unavailable {
			return results, err
		}
	}
}

// must carries ops out that nothing stands in the way of.
func (w world) must(ops ...gate.Op) []gate.Result {
	w.t.Helper()
	results, err := w.apply(ops...)
	if err != nil {
		w.t.Fatal(err)
	}
	return results
}

func typeOf(name string) schema.Type {
	t, ok := schema.TypeOf(name)
	if !ok {
		panic("no type " + name)
	}
	return t
}

func ref(kind, id string) fhir.Ref { return fhir.Ref{Type: typeOf(kind), ID: id} }

// create, update and remove make ops. The resource of an op is made of JSON members.
func create(kind, members string) gate.Op {
	return gate.Op{Kind: gate.Create, Type: typeOf(kind), Resource: resource(kind, members)}
}

func update(kind, id, members string) gate.Op {
	return gate.Op{Kind: gate.Update, Type: typeOf(kind), ID: id, Resource: resource(kind, fmt.Sprintf(`,"id":%q`, id)+members)}
}

func remove(kind, id string) gate.Op {
	return gate.Op{Kind: gate.Delete, Type: typeOf(kind), ID: id}
}

func resource(kind, members string) fhir.Resource {
	r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":%q%s}`, kind, members))
	if err != nil {
		panic(err)
	}
	return r
}

// parser reads conditions on R4's parameters.
func parser() search.Parser { return search.Parser{Table: search.R4(time.UTC)} }

func criteria(t testing.TB, kind, query string) *gate.Criteria {
	t.Helper()
	c, err := gate.ParseCriteria(parser(), typeOf(kind), query)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
