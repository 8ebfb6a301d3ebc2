package search_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
)

// shanghai is the zone of dates without an offset.
var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

var (
	table   = search.R4(shanghai)
	now     = time.Date(2030, 1, 11, 12, 0, 0, 0, shanghai)
	updated = time.Date(2026, 11, 21, 8, 30, 0, 123_456_000, shanghai)
)

const base = "https://record.example.org/fhir"

func parser() *search.Parser { return &search.Parser{Table: table, Now: now, Base: base} }

func typeOf(name string) schema.Type {
	t, known := schema.TypeOf(name)
	if !known {
		panic("no type " + name)
	}
	return t
}

// pairs takes a query apart. Its values are as they are meant, before they are escaped for a URL.
func pairs(query string) (list []search.Pair) {
	for part := range strings.SplitSeq(query, "&") {
		if part != "" {
			name, value, _ := strings.Cut(part, "=")
			list = append(list, search.Pair{Name: name, Value: value})
		}
	}
	return list
}

// ask reads a search such as Patient?name=x.
func ask(text string) (*search.Request, error) {
	kind, query, _ := strings.Cut(text, "?")
	return parser().Request([]schema.Type{typeOf(kind)}, pairs(query))
}

// criteria are those of a search that can be read.
func criteria(t testing.TB, text string) []*search.Criterion {
	t.Helper()
	r, err := ask(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return r.Parts[0].All
}

func resource(t testing.TB, text string) fhir.Resource {
	t.Helper()
	r, err := fhir.ParseResource([]byte(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return r
}

// group is a few resources and which of them some searches match.
type group struct {
	name      string
	resources []string // of one type, by id
	cases     []sharp
}

// sharp is a search without its type, and the ids of what it matches, or "refused" and a part of what is said then.
type sharp struct{ query, want string }

// more is a further member of a resource, or nothing.
func more(members string) string {
	if members == "" {
		return ""
	}
	return "," + members
}

// of makes resources of a type of pairs of ids and members.
func of(kind string, members ...string) (list []string) {
	for i := 0; i < len(members); i += 2 {
		list = append(list, `{"resourceType":"`+kind+`","id":"`+members[i]+`"`+more(members[i+1])+`}`)
	}
	return list
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for _, g := range slices.Concat(ordered, textual, []group{sounds}, pointed, joined) {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			var all []fhir.Resource
			for _, text := range g.resources {
				all = append(all, resource(t, text))
			}
			for _, c := range g.cases {
				c.check(t, all)
			}
		})
	}
}

func (c sharp) check(t *testing.T, all []fhir.Resource) {
	t.Helper()
	r, err := ask(all[0].Type.String() + "?" + c.query)
	if says, refused := strings.CutPrefix(c.want, "refused"); refused || err != nil {
		f := fault.From(err)
		if !refused || err == nil || f.Code != fault.Malformed || !strings.Contains(f.Message, strings.TrimPrefix(says, ": ")) {
			t.Errorf("%s: %v, want %q", c.query, err, c.want)
		}
		return
	}
	var found []string
	for _, res := range all {
		meets := true
		for _, one := range r.Parts[0].All {
			meets = meets && one.Matches(res, updated)
		}
		if meets {
			found = append(found, res.ID)
		}
		tied(t, res, r.Parts[0].All)
	}
	if got := strings.Join(found, " "); got != c.want {
		t.Errorf("%s matches %q, want %q", c.query, got, c.want)
	}
}

// testing.TB and rapid.T in what they have in common.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
}

// tied holds that the index and the matcher agree about a resource: where it meets a criterion it stands where the index
// would look, however that is narrowed by others that it meets; and whoever stands in an exact place meets the criterion.
func tied(t failer, res fhir.Resource, all []*search.Criterion) {
	t.Helper()
	terms := table.Terms(res)
	var met []*search.Criterion
	for _, c := range all {
		if c.Deep() {
			continue
		}
		is := c.Matches(res, updated)
		if is {
			met = append(met, c)
		}
		if a, known := table.Access(c); known && a.Exact && !is && within(terms, a) {
			t.Errorf("%s stands in the exact places of %s, but does not meet it", res.Root.Raw(), c.Name)
		}
		if refs, named := c.IDs(); named && is != slices.Contains(refs, fhir.Ref{Type: res.Type, ID: res.ID}) {
			t.Errorf("%s is looked up under %v: %v", res.ID, refs, is)
		}
		if span, timed := c.Updated(); timed && is && (updated.UnixMicro() < span[0] || updated.UnixMicro() > span[1]) {
			t.Errorf("%s is met at %v, but looked up between %v", c.Name, updated, span)
		}
	}
	stands := func(what string, a search.Access) {
		t.Helper()
		for i := 0; i <= len(met); i++ {
			if !within(terms, a) {
				t.Errorf("%s meets %s, but stands nowhere in %+v", res.Root.Raw(), what, a)
				return
			}
			if i < len(met) {
				a = table.Narrow(a, met[i])
			}
		}
	}
	stands("nothing", table.All(res.Type))
	for _, c := range met {
		if a, known := table.Access(c); known {
			stands(c.Name, a)
		}
		for _, other := range met {
			if a, kept := table.Compound(c, other); kept {
				stands(c.Name+" and "+other.Name, a)
			}
		}
	}
}

// within tells whether any line of a resource stands in the spans.
func within(terms search.Terms, a search.Access) bool {
	return slices.ContainsFunc(a.Spans, func(s search.Span) bool {
		if s.Text {
			return slices.ContainsFunc(terms.Texts, func(x search.Text) bool {
				return x.Definition == s.Definition && strings.HasPrefix(x.Value, s.Value)
			})
		}
		return slices.ContainsFunc(terms.Entries, func(e search.Entry) bool {
			return e.Term == s.Term && s.From <= e.Order && e.Order <= s.To
		})
	})
}
