package rest_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/gate/trail"
	"yitong/internal/rest"
	"yitong/internal/store"
)

// chronicle is a record in which several have written, with a trail.
type chronicle struct {
	*testing.T
	db   store.DB
	base string
}

func eachChronicle(t *testing.T, test func(chronicle)) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		who := people()
		li := fhir.ParseReference("Patient/li").Ref
		who["son"] = gate.Actor{
			Reference: "Patient/son", Role: gate.Proxy, As: "Consent/x", Resident: li,
			Access: policy.Standard().Access(gate.Proxy, gate.Of{Actor: "Patient/son", Resident: li}),
		}
		who["clock"] = gate.Actor{Reference: "Device/clock", Process: "correction", Access: gate.Whole()}
		who["gate a"] = gate.Actor{Reference: "Device/his", Client: "his", Role: gate.System, Institution: "Organization/a", Access: who["wang"].Access}
		g := gate.New(db, gate.Config{References: true, Zone: shanghai, Trail: trail.NewRecorder(db)})
		s := httptest.NewServer(rest.New(g, rest.Config{
			Version: "test", BodyMost: 1 << 20, Zone: shanghai, Log: slog.New(slog.DiscardHandler), References: true, RequestTime: time.Minute,
			Who: func(r *http.Request) (gate.Actor, error) { return who[r.Header.Get("X-As")], nil },
		}).Handler())
		t.Cleanup(s.Close)
		c := chronicle{t, db, s.URL + rest.Base}
		for _, one := range [][2]string{
			{"Organization/a", `"name":"甲医院"`}, {"Organization/b", `"name":"乙医院"`},
			{"Practitioner/wang", `"name":[{"text":"王医生"}]`}, {"Patient/son", kept("b") + `"name":[{"text":"李小宝"}]`},
			{"Patient/li", kept("a") + `"name":[{"text":"李小明"}]`},
		} {
			c.put("all", one[0], one[1])
		}
		test(c)
	})
}

// kept are the members of a resource that an institution answers for.
func kept(by string) string {
	return fmt.Sprintf(`"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/%s"}}]},`, by)
}

func (c chronicle) ask(who, method, path, body string) (int, string) {
	c.Helper()
	r, err := http.NewRequestWithContext(c.Context(), method, c.base+"/"+path, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("X-As", who)
	r.Header.Set("Content-Type", "application/fhir+json")
	got, err := plain.Do(r)
	if err != nil {
		c.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		c.Fatal(err)
	}
	return got.StatusCode, string(text)
}

// put writes a resource as somebody.
func (c chronicle) put(who, name, members string) {
	c.Helper()
	kind, id, _ := strings.Cut(name, "/")
	body := fmt.Sprintf(`{"resourceType":%q,"id":%q,%s}`, kind, id, strings.TrimSuffix(members, ","))
	if status, text := c.ask(who, "PUT", name, body); status >= 300 {
		c.Fatalf("%s writes %s: %d: %s", who, name, status, text)
	}
}

// tells asks for authors, and fails the test unless the answer has these words and lacks those.
func (c chronicle) tells(who, path string, has, lacks []string) string {
	c.Helper()
	status, text := c.ask(who, "GET", path, "")
	if status != 200 {
		c.Fatalf("%s is answered %s with %d: %s", who, path, status, text)
	}
	for _, word := range has {
		if !strings.Contains(text, word) {
			c.Errorf("%s is not told %s by %s: %s", who, word, path, text)
		}
	}
	for _, word := range lacks {
		if strings.Contains(text, word) {
			c.Errorf("%s is told %s by %s: %s", who, word, path, text)
		}
	}
	return text
}

func observation(value string) string {
	return kept("a") + `"status":"final","code":{"text":"x"},"subject":{"reference":"Patient/li"},"valueString":"` + value + `",`
}

const (
	byWang   = `{"name":"who","valueReference":{"reference":"Practitioner/wang"}},{"name":"name","valueString":"王医生"},{"name":"role","valueCode":"doctor"}`
	forA     = `{"name":"institution","valueReference":{"reference":"Organization/a"}},{"name":"at","valueString":"甲医院"}`
	byItself = `{"name":"platform","valueBoolean":true}`
)

// TestAuthors: of each version it is told who has made it, as what and for whom: staff by name, programs and the platform as such.
func TestAuthors(t *testing.T) {
	eachChronicle(t, func(c chronicle) {
		c.put("wang", "Observation/1", observation("1"))
		c.put("gate a", "Observation/1", observation("2"))
		c.put("clock", "Observation/1", observation("3"))
		c.put("wang", "Observation/11", observation("1"))
		for _, who := range []string{"wang", "zhao", "li", "son"} {
			text := c.tells(who, "Observation/1/$authors", []string{
				`{"name":"number","valueInteger":1}`, byWang + "," + forA, `{"name":"operation","valueString":"update"}`, `{"name":"trail","valueCode":"kept"}`,
				`{"name":"role","valueCode":"system"},` + forA + `,{"name":"program","valueString":"his"}`,
				byItself + `,{"name":"process","valueString":"correction"},{"name":"operation","valueString":"update"}`,
			}, []string{`"none"`, `"erased"`, "next", "Device/"})
			if strings.Count(text, byItself) != 1 || strings.Index(text, `"valueInteger":3`) > strings.Index(text, `"valueInteger":2`) {
				t.Errorf("%s is told %s", who, text)
			}
			if own := strings.Contains(text, `{"name":"own","valueBoolean":true}`); own != (who == "wang") {
				t.Errorf("whether it was %s: %s", who, text)
			}
		}
		c.tells("li", "AuditEvent?patient=li", []string{"查看了您的检查检验结果（3 项）的修改人", `"code":"authors"`, `"Observation/1/_history/2"`}, nil)
	})
}

// TestAuthorsOfResidents: what residents and those who act for them have written tells their names to the resident, and to whom their
// record is open; nobody else learns of another resident.
func TestAuthorsOfResidents(t *testing.T) {
	eachChronicle(t, func(c chronicle) {
		c.put("all", "Observation/1", observation("1"))
		son := `{"name":"name","valueString":"李小宝"}`
		itself := `{"name":"who","valueReference":{"reference":"Patient/li"}},{"name":"name","valueString":"李小明"},{"name":"role","valueCode":"resident"}`
		li := fhir.ParseReference("Patient/li").Ref
		c.through(gate.Actor{Reference: "Patient/li", Role: gate.Resident, Resident: li}, "2")
		for _, who := range []string{"li", "wang", "son"} {
			c.tells(who, "Observation/1/$authors", []string{itself}, nil)
		}
		c.through(gate.Actor{Reference: "Patient/son", Role: gate.Proxy, Resident: li}, "3")
		c.tells("li", "Observation/1/$authors", []string{son, `{"name":"role","valueCode":"proxy"}`, `{"name":"own","valueBoolean":true}`}, []string{"Patient/son"})
		c.tells("son", "Observation/1/$authors", []string{`{"name":"own","valueBoolean":true}`, `"proxy"`}, []string{"李小宝"})
		c.tells("wang", "Observation/1/$authors", []string{`{"name":"role","valueCode":"proxy"}`}, []string{"李小宝", "Patient/son"})
	})
}

// through has somebody change an Observation by a process that lets them.
func (c chronicle) through(who gate.Actor, value string) {
	c.Helper()
	g := gate.New(c.db, gate.Config{References: true, Zone: shanghai, Trail: trail.NewRecorder(c.db)})
	r, err := fhir.ParseResource([]byte(`{"resourceType":"Observation","id":"1",` + strings.TrimSuffix(observation(value), ",") + `}`))
	if err != nil {
		c.Fatal(err)
	}
	if _, err := g.Session(who).Behalf("correction").Apply(c.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil); err != nil {
		c.Fatal(err)
	}
}

// TestAuthorsRefused: who may not read a resource is told of its authors what a read would tell, and who may not ask is told nothing.
func TestAuthorsRefused(t *testing.T) {
	eachChronicle(t, func(c chronicle) {
		c.put("wang", "Observation/1", observation("1"))
		c.put("all", "Patient/chen", kept("b"))
		for _, at := range []string{"Observation/1", "Observation/none", "Patient/li", "Patient/chen", "Patient/none"} {
			for _, who := range []string{"wang", "qian", "chen", "regulator", "admin a", "as insurer", "as operator", "as guide", "as system"} {
				read, said := c.ask(who, "GET", at, "")
				got, text := c.ask(who, "GET", at+"/$authors", "")
				if want := read; got != want && (who != "as system" || got != 403) {
					t.Errorf("%s: %s is read with %d, and its authors with %d: %s", who, at, read, got, text)
				}
				if got >= 400 && strings.Contains(text, "王医生") || got == read && read >= 400 && outcomeOf(text) != outcomeOf(said) {
					t.Errorf("%s: %s is refused with %s, and its authors with %s", who, at, said, text)
				}
			}
		}
		for path, want := range map[string]int{
			"Observation/1/$authors?_count=0": 400, "Observation/1/$authors?_count=101": 400, "Observation/1/$authors?before=0": 400, "Observation/1/$authors?who=x": 400,
			"Observation/$authors": 501, "AuditEvent/1/$authors": 501,
		} {
			if got, text := c.ask("all", "GET", path, ""); got != want {
				t.Errorf("%s: %d, want %d: %s", path, got, want, text)
			}
		}
	})
}

// outcomeOf is what an answer says is wrong.
func outcomeOf(text string) string {
	_, said, _ := strings.Cut(text, `"issue":`)
	return said
}

// TestAuthorsPages: many versions come page by page, each once; what was written before there was a trail has its author and no more.
func TestAuthorsPages(t *testing.T) {
	eachChronicle(t, func(c chronicle) {
		before := gate.New(c.db, gate.Config{Zone: shanghai}).Session(gate.Actor{Reference: "Practitioner/wang", Access: gate.Whole()})
		r, err := fhir.ParseResource([]byte(`{"resourceType":"Observation","id":"1",` + strings.TrimSuffix(observation("0"), ",") + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := before.Apply(t.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil); err != nil {
			t.Fatal(err)
		}
		for i := range 6 {
			c.put("wang", "Observation/1", observation(fmt.Sprint(i+1)))
		}
		first := c.tells("wang", "Observation/1/$authors?_count=4", []string{`{"name":"next","valueInteger":4}`, `"valueInteger":7}`, byWang}, []string{`"none"`})
		if strings.Count(first, byWang) != 4 {
			t.Error(first)
		}
		c.tells("wang", "Observation/1/$authors?_count=4&before=4", []string{
			`{"name":"number","valueInteger":3}`, `{"name":"number","valueInteger":1}`, `{"name":"trail","valueCode":"none"},{"name":"own","valueBoolean":true},` +
				`{"name":"platform","valueBoolean":false},{"name":"who","valueReference":{"reference":"Practitioner/wang"}},{"name":"name","valueString":"王医生"}]`,
		}, []string{`"next"`, `"valueInteger":4}`})
		decades := gate.New(c.db, gate.Config{Zone: shanghai, Now: func() time.Time { return time.Now().AddDate(31, 0, 0) }}).Session(gate.Actor{Reference: "Device/x", Access: gate.Whole()})
		if all, next, err := decades.AuthorsOf(t.Context(), fhir.Ref{Type: r.Type, ID: r.ID}, 3, 50); err != nil || next != 0 || len(all) != 2 || all[0].Line != gate.LineKept || all[1].Line != gate.LineErased {
			t.Errorf("when the trail is kept no longer: %+v, %d, %v", all, next, err)
		}
		c.tells("wang", "Observation/1/$authors?before=1", nil, []string{`"version"`, `"next"`})
		body := `{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Observation/1/$authors?_count=1"}},{"request":{"method":"GET","url":"Observation/1/_history?_count=1"}}]}`
		if status, text := c.ask("wang", "POST", "", body); status != 200 || !strings.Contains(text, byWang) || !strings.Contains(text, `"history"`) {
			t.Errorf("in a batch: %d: %s", status, text)
		}
	})
}
