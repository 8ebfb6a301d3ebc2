package rulebook_test

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
	"yitong/internal/module"
	"yitong/internal/rest"
	"yitong/internal/rule"
	"yitong/internal/rule/publish"
	"yitong/internal/rulebook"
	"yitong/internal/store"
	"yitong/test/databases"
)

var china = time.FixedZone("Asia/Shanghai", 8*3600)

// TestWorkdays: a calendar is told the days that notices name, by the division of the institution or else of the platform, and the years
// of which no notice is known.
func TestWorkdays(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		book, err := rule.NewBook(china, []*rule.Table{rule.WorkdayTable.Table()}, rule.Version{
			Table: "workday", Name: "2026-11", Region: "440100", From: "2026-01-01", Published: time.Date(2026, 1, 1, 0, 0, 0, 0, china),
			Lines: []rule.Line{{Region: "440100", From: "2026-05-08", To: "2026-05-09", Value: "no", Source: "穗府办〔2026〕1号 第一条 广府日"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		g := gate.New(db, gate.Config{Trail: trail.NewRecorder(db)})
		at := fmt.Sprintf(`{"resourceType":"Organization","id":"gz","name":"甲","address":[{"district":"天河区","_district":{"extension":[{"url":%q,"valueCoding":{"system":%q,"code":"440106"}}]}}]}`,
			rule.CodingURL, rule.SystemDivision)
		r, err := fhir.ParseResource([]byte(at))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.Session(gate.Actor{Reference: "Device/test", Access: gate.Whole()}).Apply(t.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil); err != nil {
			t.Fatal(err)
		}
		who := func(r *http.Request) (gate.Actor, error) {
			of := gate.Of{Actor: "Practitioner/x", Institution: r.Header.Get("X-At")}
			return gate.Actor{Reference: of.Actor, Role: gate.Doctor, Institution: of.Institution, Access: policy.Standard().Access(gate.Doctor, of)}, nil
		}
		desk := publish.NewDesk(china, []*rule.Table{rule.WorkdayTable.Table()})
		server := httptest.NewServer(rest.New(g, rest.Config{
			Version: "test", BodyMost: 1 << 20, Zone: china, Log: slog.New(slog.DiscardHandler), RequestTime: time.Minute, Who: who,
			Modules: []module.Descriptor{rulebook.Module(desk, func() *rule.Book { return book }, "110000")},
		}).Handler())
		t.Cleanup(server.Close)
		for _, x := range []struct {
			at, query string
			status    int
			has, not  string
		}{
			{"", "from=2026-04-27&to=2026-05-10", 200, `"2026-05-05"`, "2026-05-08"},
			{"", "from=2026-04-27&to=2026-05-10", 200, `{"name":"day","valueDate":"2026-05-09"},{"name":"workday","valueBoolean":true},{"name":"source","valueString":"国办发明电〔2025〕7号 第四条 劳动节"}`, "2026-04-30"},
			{"", "from=2026-05-10&to=2026-05-10", 200, `{"name":"region","valueString":"110000"}`, `"day"`},
			{"Organization/gz", "from=2026-05-08&to=2026-05-08", 200, `{"name":"day","valueDate":"2026-05-08"},{"name":"workday","valueBoolean":false}`, "unknown"},
			{"Organization/gz", "from=2026-05-08&to=2026-05-08&region=310000", 200, "310000", "2026-05-08"},
			{"Organization/none", "from=2026-12-20&to=2027-01-10", 200, `{"name":"unknown","valueInteger":2027}`, "2026-05"},
			{"", "from=2026-05-08", 400, "to", "day\""},
			{"", "from=2026-05-08&to=2026-05-07", 422, "400 days", "valueDate"},
			{"", "from=2026-01-01&to=2027-02-05", 422, "400 days", "valueDate"},
			{"", "from=2026-05-08&to=2026-05-08&region=44", 422, "division code", "valueDate"},
		} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+rest.Base+"/$workdays?"+x.query, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-At", x.at)
			got, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(got.Body)
			_ = got.Body.Close()
			if text := string(body); err != nil || got.StatusCode != x.status || !strings.Contains(text, x.has) || strings.Contains(text, x.not) {
				t.Errorf("%s at %q: %d %s (%v)", x.query, x.at, got.StatusCode, text, err)
			}
		}
	})
}
