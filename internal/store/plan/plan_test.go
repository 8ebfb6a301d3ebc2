package plan_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
	"yitong/internal/store/index"
	"yitong/internal/store/plan"
	"yitong/internal/store/sqlite"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// big is a record of so many resources that lists are long, and all paths of the planner are taken.
type big struct {
	*plan.Planner
	all   map[schema.Type][]plan.Match
	found map[*search.Criterion]map[fhir.Ref]bool // by inner searches
}

const patients, observations = 400, 6000

// load fills a record. Few codes have most of the observations, some have no date, some last for months.
func load(t *testing.T, db store.DB) *big {
	t.Helper()
	zone := time.FixedZone("Asia/Shanghai", 8*3600)
	table := search.R4(zone)
	b := &big{&plan.Planner{Table: table, Hasher: store.NewHasher(db.Secret()), Reader: db, Limits: plan.Usual}, map[schema.Type][]plan.Match{}, map[*search.Criterion]map[fhir.Ref]bool{}}
	ix := index.Fixed(db, table)
	random := rand.New(rand.NewPCG(1, 2))
	texts := []string{`{"resourceType":"Organization","id":"big","meta":{},"name":"big"}`}
	for i := range patients {
		texts = append(texts, fmt.Sprintf(`{"resourceType":"Patient","id":"p%d","meta":{},"gender":%q,"birthDate":"%d-%02d","name":[{"text":"%c%c"}]}`,
			i, []string{"male", "female"}[i%2], 1940+random.IntN(80), 1+random.IntN(12), []rune("张王李赵")[random.IntN(4)], []rune("伟芳娜秀英")[random.IntN(5)]))
	}
	for i := range observations {
		when := fmt.Sprintf(`"effectiveDateTime":"%d-%02d-%02d",`, 2010+random.IntN(15), 1+random.IntN(12), 1+random.IntN(28))
		switch random.IntN(40) {
		case 0:
			when = ""
		case 1:
			when = fmt.Sprintf(`"effectivePeriod":{"start":"%d-01-01","end":"%d-06"},`, 2010+random.IntN(6), 2016+random.IntN(6))
		case 2:
			when = `"effectivePeriod":{"end":"2015-06"},`
		}
		if i%8 != 0 {
			when += `"performer":[{"reference":"Organization/big"}],`
		}
		code := min(random.IntN(10), random.IntN(10), random.IntN(40))
		texts = append(texts, fmt.Sprintf(`{"resourceType":"Observation","id":"o%d","meta":{},%s"status":%q,"code":{"coding":[{"system":"s","code":"c%d"}]},"subject":{"reference":"Patient/p%d"},"valueQuantity":{"value":%d,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"}}`,
			i, when, []string{"final", "amended"}[random.IntN(2)], code, random.IntN(patients), random.IntN(500)))
	}
	for chunk := range slices.Chunk(texts, 1000) {
		var put []store.Change
		for _, text := range chunk {
			r, err := fhir.ParseResource([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			c := store.Change{Version: store.Version{Ref: fhir.Ref{Type: r.Type, ID: r.ID}, Number: 1, Method: store.Put, Author: "Device/test",
				Body: fhir.Body{Bytes: []byte(text), Splice: strings.Index(text, `"meta":{`) + 8}}}
			ix.Index(&c, nil, ix.Terms(r))
			put = append(put, c)
		}
		if err := db.Write(t.Context(), store.Work{Puts: len(put), Do: func(tx store.Tx, _ store.Found) error { return tx.Put(put) }}); err != nil {
			t.Fatal(err)
		}
		for _, c := range put {
			r, err := fhir.ParseResource(c.Body.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			b.all[r.Type] = append(b.all[r.Type], plan.Match{Version: c.Version, Resource: r})
		}
	}
	return b
}

// question is a search, and what it should find.
type question struct {
	plan.Query
	text string
	want []plan.Match
}

func (b *big) ask(t *testing.T, of, text string) question {
	t.Helper()
	kind, _ := schema.TypeOf(of)
	var pairs []search.Pair
	for part := range strings.SplitSeq(text, "&") {
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, search.Pair{Name: name, Value: value})
	}
	parser := search.Parser{Table: b.Table, Now: time.Now()}
	r, err := parser.Request([]schema.Type{kind}, pairs)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	q := question{plan.Query{Type: kind, All: r.Parts[0].All, Sort: r.Parts[0].Sort}, text, nil}
	if q.Sort == nil {
		q.Sort = b.Usually(kind)
	}
	for _, m := range b.all[kind] {
		if slices.ContainsFunc(q.All, func(c *search.Criterion) bool { return !b.meets(c, m) }) {
			continue
		}
		m.At = plan.Position{Rid: m.Rid}
		for _, s := range q.Sort {
			m.At.Keys = append(m.At.Keys, b.Table.SortKey(s.Param, m.Resource, m.Updated, s.Down))
		}
		q.want = append(q.want, m)
	}
	slices.SortFunc(q.want, func(x, y plan.Match) int { return plan.Compare(q.Sort, x.At, y.At) })
	return q
}

// meets decides by looking at every resource.
func (b *big) meets(c *search.Criterion, m plan.Match) (is bool) {
	switch {
	case c.Has != nil:
		return b.inner(c, func(add func(fhir.Ref)) {
			for _, o := range b.all[c.Has.Type] {
				if b.meets(c.Has.Criterion, o) {
					c.Has.Param.Referred(o.Resource, add)
				}
			}
		})[m.Ref]
	case c.Chain != nil:
		met := b.inner(c, func(add func(fhir.Ref)) {
			for _, s := range c.Chain {
				for _, o := range b.all[s.Type] {
					if b.meets(s.Criterion, o) {
						add(o.Ref)
					}
				}
			}
		})
		c.Param.Referred(m.Resource, func(ref fhir.Ref) { is = is || met[ref] })
		return is
	}
	return c.Matches(m.Resource, m.Updated)
}

// inner keeps what find adds for a criterion.
func (b *big) inner(c *search.Criterion, find func(add func(fhir.Ref))) map[fhir.Ref]bool {
	if b.found[c] == nil {
		set := map[fhir.Ref]bool{}
		find(func(ref fhir.Ref) { set[ref] = true })
		b.found[c] = set
	}
	return b.found[c]
}

// TestPlanner: whatever way the planner takes, it finds what looking at every resource finds, in that order, from page to
// page and back.
func TestPlanner(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		b := load(t, db)
		for _, text := range questions {
			of, query, _ := strings.Cut(text, "?")
			b.answers(t, b.ask(t, of, query))
		}
	})
}

var questions = []string{
	"Observation?code=c0", "Observation?code=c0&_sort=date", "Observation?code=c9", "Observation?code=c0,c1,c2&status=final",
	"Observation?date=ge2012&date=lt2016-03", "Observation?date=ge2014-05&_sort=date&code=c1", "Observation?date=lt2012&code=c0",
	"Observation?date=eb2011", "Observation?date=sa2024-06", "Observation?date=ne2014", "Observation?date=ap2014-06&code=c0",
	"Observation?code=c0&value-quantity=gt495", "Observation?code=c0&value-quantity=gt100", "Observation?value-quantity=lt3",
	"Observation?code=c1&value-quantity=lt0.02|http://unitsofmeasure.org|g", "Observation?code-value-quantity=c0$gt480",
	"Observation?value-quantity=ge250&_sort=value-quantity", "Observation?status=final&_sort=-value-quantity", "Observation?_sort=value-quantity,-date",
	"Observation?status=final&_sort=-_lastUpdated", "Observation?status:not=final&value-quantity=100,200,300", "Observation?_sort=_id&code=c3",
	"Observation?patient=p7", "Observation?patient=p7,p8,p9&code=c0", "Observation?patient=p7&date=ge2015&_sort=date",
	"Observation?performer:Organization.name=big&value-quantity=gt490&_sort=date", "Observation?performer=Organization/big&value-quantity=gt480",
	"Observation?patient.gender=male", "Observation?patient.gender=male&code=c4", "Observation?patient.name=张伟", "Observation?patient.birthdate=lt1945&_sort=date",
	"Observation?patient.phonetic=zw&value-quantity=gt400", "Observation?date:missing=true", "Observation?date:missing=true&_sort=date&code=c0,c1",
	"Patient?_has:Observation:patient:code=c9", "Patient?_has:Observation:patient:code=c0&gender=female", "Patient?_has:Observation:patient:value-quantity=499",
	"Patient?_has:Observation:patient:date=lt2010-02&_sort=birthdate", "Patient?name=张&_sort=birthdate", "Patient?name=王&_sort=-name,birthdate",
	"Patient?birthdate=ge1990&_sort=-birthdate", "Patient?phonetic=zhang", "Patient?gender=male&_sort=name", "Patient?_sort=birthdate,-_id",
	"Observation?_id=o1,o2,o3,o77&_sort=-value-quantity", "Observation?patient._has:Observation:patient:code=c9&code=c2",
}

// answers pages through a question to its end, and back.
func (b *big) answers(t *testing.T, q question) {
	t.Helper()
	most := max(3, len(q.want)/4)
	if len(q.want) > 1000 {
		most = 400
	}
	var got []plan.Match
	slice := plan.Slice{Most: most}
	for {
		page := b.page(t, q, slice)
		if got = append(got, page.Matches...); !page.More {
			break
		}
		slice.Behind = &got[len(got)-1].At
	}
	same(t, q, "forward", got)
	if len(got) == 0 {
		return
	}
	slice, got = plan.Slice{Most: most, Behind: &got[len(got)-1].At, Back: true}, got[len(got)-1:]
	for {
		page := b.page(t, q, slice)
		if got = append(page.Matches, got...); !page.More {
			break
		}
		slice.Behind = &got[0].At
	}
	same(t, q, "back", got)
	n, err := b.Count(context.Background(), q.Query, false)
	if err != nil || n != len(q.want) {
		t.Errorf("%s: counts %d, want %d (%v)", q.text, n, len(q.want), err)
	}
}

func (b *big) page(t *testing.T, q question, s plan.Slice) plan.Page {
	t.Helper()
	page, err := b.Page(t.Context(), q.Query, s)
	if err != nil {
		t.Fatalf("%s: %v", q.text, err)
	}
	return page
}

func same(t *testing.T, q question, way string, got []plan.Match) {
	t.Helper()
	for i := range max(len(got), len(q.want)) {
		if i >= len(got) || i >= len(q.want) || got[i].Rid != q.want[i].Rid {
			t.Fatalf("%s, %s: %d found, %d wanted; the first difference is at %d", q.text, way, len(got), len(q.want), i)
		}
	}
}

// onSQLite is an empty record.
func onSQLite(t *testing.T) store.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "record.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// reads counts the bodies that are read.
type reads struct {
	store.Reader
	bodies int
}

func (r *reads) Bodies(ctx context.Context, rids []int64) ([]store.Version, error) {
	r.bodies += len(rids)
	return r.Reader.Bodies(ctx, rids)
}

// TestReads: small pages of selective searches find everything, and read few bodies, however long the lists are that the
// searches go through.
func TestReads(t *testing.T) {
	t.Parallel()
	b := load(t, onSQLite(t))
	counted := &reads{Reader: b.Reader}
	b.Reader = counted
	for _, c := range []struct {
		text       string
		page       int
		first, all int // bodies that the first page may read, and a count
	}{
		{"Observation?performer:Organization.name=big&value-quantity=gt470&_sort=date", 10, 300, 1000},
		{"Observation?performer:Organization.name=big&value-quantity=gt450", 10, 300, 1000},
		{"Observation?performer:Organization.name=big&value-quantity=gt497", 10, 300, 300},
		{"Observation?performer=Organization/big&value-quantity=gt490&_sort=date", 3, 400, 1000},
		{"Observation?code=c0&value-quantity=gt495", 5, 300, 300},
		{"Patient?gender=male&name=张", 5, 60, 130},
		{"Patient?_has:Observation:patient:code=c9", 5, 60, 6000},
		{"Patient?name=张伟", 20, 60, 60},
	} {
		of, query, _ := strings.Cut(c.text, "?")
		q := b.ask(t, of, query)
		var got []plan.Match
		slice := plan.Slice{Most: c.page}
		for {
			counted.bodies = 0
			page := b.page(t, q, slice)
			if got == nil && counted.bodies > c.first {
				t.Errorf("the first page of %s reads %d bodies, at most %d are expected", c.text, counted.bodies, c.first)
			}
			if got = append(got, page.Matches...); !page.More {
				break
			}
			slice.Behind = &got[len(got)-1].At
		}
		same(t, q, "in small pages", got)
		counted.bodies = 0
		n, err := b.Count(t.Context(), q.Query, false)
		if err != nil || n != len(q.want) || counted.bodies > c.all {
			t.Errorf("%s: counts %d, want %d, reads %d bodies, at most %d are expected (%v)", c.text, n, len(q.want), counted.bodies, c.all, err)
		}
	}
}

// TestTooCostly: what neither is narrowed nor has an order that could be followed is refused, and it says what would help.
func TestTooCostly(t *testing.T) {
	t.Parallel()
	b := load(t, onSQLite(t))
	b.Limits.Candidates = 500
	for _, text := range []string{"status:not=x&_sort=value-quantity,date", "status=final&_sort=_id", "value-quantity:missing=true"} {
		_, err := b.Page(t.Context(), b.ask(t, "Observation", text).Query, plan.Slice{Most: 10})
		if f := fault.From(err); err == nil || f.IssueType() != "too-costly" || !strings.Contains(f.Message, "patient") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
