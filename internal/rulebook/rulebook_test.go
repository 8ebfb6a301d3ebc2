package rulebook_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/bilingual"
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
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

var answerWithin = rule.Of[rule.Workdays](rule.Table{
	Name: "question.answer-within", Title: bilingual.Text{Zh: "答复期限", En: "time to answer"}, Edition: "2026-01", Value: rule.Value{Min: "1", Max: "60"},
	Keys: []rule.Key{{Name: "level", Title: bilingual.Text{Zh: "级别", En: "level"}, Codes: []bilingual.Code{
		{Code: "1", Words: bilingual.Text{Zh: "一级", En: "first"}}, {Code: "2", Words: bilingual.Text{Zh: "二级", En: "second"}}}}},
	Rows: "region,from,to,level,value,source\n,2020-01-01,,1,15,某法第一条\n,2020-01-01,,2,10,某法第一条\n440000,2020-01-01,,1,7,粤某文\n,2019-01-01,2020-01-01,1,1,某旧法\n",
})

const csvHead = "region,from,to,level,value,source\n"

// world is a server that takes the header X-As for the role of who asks.
type world struct {
	*testing.T
	gate     *gate.Gate
	live     *publish.Live
	url      string
	language string // in which it is asked
}

func each(t *testing.T, test func(w *world)) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		w := &world{T: t}
		tables := []*rule.Table{answerWithin.Table(), rule.WorkdayTable.Table()}
		desk := publish.NewDesk(time.UTC, tables)
		w.gate = gate.New(db, gate.Config{References: true, Owned: publish.Owned(), Trail: trail.NewRecorder(db)})
		var err error
		w.live, err = publish.NewLive(t.Context(), desk, w.gate.Session(gate.Actor{Reference: "Device/rules", Access: gate.Whole()}))
		w.must(err)
		who := func(r *http.Request) (gate.Actor, error) {
			role := gate.Role(r.Header.Get("X-As"))
			of := gate.Of{Actor: "Practitioner/" + string(role), Institution: "Organization/a"}
			return gate.Actor{Reference: of.Actor, Role: role, Institution: of.Institution, Access: policy.Standard().Access(role, of)}, nil
		}
		server := httptest.NewServer(rest.New(w.gate, rest.Config{
			Version: "test", BodyMost: 1 << 20, Zone: time.UTC, Log: slog.New(slog.DiscardHandler), References: true, RequestTime: time.Minute,
			Who: who, Modules: []module.Descriptor{rulebook.Module(desk, w.live.Book, "")},
		}).Handler())
		t.Cleanup(server.Close)
		w.url = server.URL + rest.Base
		test(w)
	})
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// ask sends Parameters, or a GET without them, and tells the status and the answer.
func (w *world) ask(role gate.Role, path, body string) (int, string) {
	w.Helper()
	method := http.MethodPost
	if body == "" {
		method = http.MethodGet
	}
	r, err := http.NewRequestWithContext(w.Context(), method, w.url+path, strings.NewReader(body))
	w.must(err)
	r.Header.Set("X-As", string(role))
	r.Header.Set("Content-Type", "application/fhir+json")
	r.Header.Set("Accept-Language", w.language)
	got, err := http.DefaultClient.Do(r)
	w.must(err)
	defer got.Body.Close()
	all, err := io.ReadAll(got.Body)
	w.must(err)
	return got.StatusCode, string(all)
}

// do holds the status.
func (w *world) do(role gate.Role, path string, status int, body string) string {
	w.Helper()
	got, text := w.ask(role, path, body)
	if got != status {
		w.Fatalf("%s as %s: %d, want %d: %s", path, role, got, status, text)
	}
	if strings.Contains(text, `""`) { // FHIR: a value is never empty
		w.Errorf("%s as %s holds an empty value: %s", path, role, text)
	}
	return text
}

// importing are the Parameters of an import of a CSV.
func importing(csv string, more ...string) string {
	binary := fmt.Sprintf(`{"name":"file","resource":{"resourceType":"Binary","contentType":"text/csv","data":%q}}`, base64.StdEncoding.EncodeToString([]byte(csv)))
	all := append([]string{binary, `{"name":"rule","valueString":"question.answer-within"}`, `{"name":"from","valueDate":"2027-01-01"}`}, more...)
	return `{"resourceType":"Parameters","parameter":[` + strings.Join(all, ",") + `]}`
}

// sheetOf is the rows that stand as a CSV, without its mark.
func (w *world) sheetOf() string {
	w.Helper()
	var file struct {
		ContentType string `json:"contentType"`
		Data        []byte `json:"data"`
	}
	w.must(json.Unmarshal([]byte(w.do(gate.Doctor, "/$rules-export?kind=csv&rule=question.answer-within", 200, "")), &file))
	if file.ContentType != "text/csv" {
		w.Errorf("a CSV comes as %s", file.ContentType)
	}
	return string(bytes.TrimPrefix(file.Data, []byte("\ufeff")))
}

// drafted is the id of the Library that an answer names.
func (w *world) drafted(answer string) string {
	w.Helper()
	_, rest, is := strings.Cut(answer, `"Library/`)
	id, _, _ := strings.Cut(rest, `"`)
	if !is {
		w.Fatalf("no draft in %s", answer)
	}
	return id
}

// TestWhoMay: who works here looks and takes along, the operator brings in, operator and regulator try; nobody else does any of it.
func TestWhoMay(t *testing.T) {
	each(t, func(w *world) {
		id := w.drafted(w.do(gate.Operator, "/$rules-import", 200, importing(csvHead+",2020-01-01,,1,9,某文\n,2020-01-01,,2,8,某文\n")))
		for _, one := range []struct {
			path, body string
			not        []gate.Role // who may not
			may        []gate.Role // who may alone; nil for all others
		}{
			{"/$rules-list", "", []gate.Role{gate.Resident, gate.Proxy, gate.System}, nil},
			{"/$rules-export?kind=xlsx", "", []gate.Role{gate.Resident, gate.Proxy, gate.System}, nil},
			{"/$rules-import", importing(csvHead+",2020-01-01,,1,3,某文\n", `{"name":"check","valueBoolean":true}`), nil, []gate.Role{gate.Operator}},
			{"/Library/" + id + "/$rules-try", "", nil, []gate.Role{gate.Operator, gate.Regulator}},
		} {
			for _, role := range gate.Roles() {
				want := 200
				if slices.Contains(one.not, role) || one.may != nil && !slices.Contains(one.may, role) {
					want = 403
				}
				if got, text := w.ask(role, one.path, one.body); got != want {
					w.Errorf("%s as %s: %d, want %d: %.200s", one.path, role, got, want, text)
				}
			}
		}
	})
}

// TestList: what counts today is that of the nearest region, for each case; rows come with the rule that is named, drafts with all.
func TestList(t *testing.T) {
	each(t, func(w *world) {
		w.do(gate.Operator, "/$rules-import", 200, importing(csvHead+"440100,2020-01-01,,1,3,穗某文\n", `{"name":"region","valueString":"440100"}`, `{"name":"note","valueString":"试行"}`))
		all := w.do(gate.Doctor, "/$rules-list", 200, "")
		for _, want := range []string{`"question.answer-within"`, `"workday"`, `"time to answer"`, `"question.answer-within@2026-01/1"`, `"draft"`, `"试行"`} {
			if !strings.Contains(all, want) {
				w.Errorf("the list lacks %s: %s", want, all)
			}
		}
		if strings.Contains(all, "某旧法") || strings.Contains(all, `"name":"row","part"`) {
			w.Errorf("the list has rows that do not count: %s", all)
		}
		near := w.do(gate.Guide, "/$rules-list?region=440106&rule=question.answer-within", 200, "")
		today := near[:strings.Index(near, `"name":"row","part"`)]
		if !strings.Contains(today, "粤某文") || !strings.Contains(today, "@2026-01/2") || strings.Contains(today, `"question.answer-within@2026-01/1"`) {
			w.Errorf("today in 440106: %s", today)
		}
		if !strings.Contains(near, "某旧法") || strings.Contains(near, "workday") || strings.Contains(near, "穗某文") {
			w.Errorf("the rows of one rule: %s", near)
		}
		w.do(gate.Doctor, "/$rules-list?rule=no.such", 404, "")
		w.do(gate.Doctor, "/$rules-list?region=99", 422, "")
	})
}

// TestSheets: what is taken along and brought in again drafts nothing; what is otherwise is drafted; a mistake is told by its place, and
// nothing is taken then.
func TestSheets(t *testing.T) {
	each(t, func(w *world) {
		text := w.sheetOf()
		if !strings.HasPrefix(text, csvHead) || strings.Count(text, "\n") != 5 {
			w.Fatalf("the sheet: %s", text)
		}
		if got := w.do(gate.Operator, "/$rules-import", 200, importing(text)); strings.Contains(got, "draft") {
			w.Errorf("what stands already is drafted: %s", got)
		}
		other := importing(strings.Replace(text, "15,某法第一条", "12,新法", 1), `{"name":"check","valueBoolean":true}`)
		if got := w.do(gate.Operator, "/$rules-import", 200, other); !strings.Contains(got, `"question.answer-within"`) || strings.Contains(got, "Library/") {
			w.Errorf("a look: %s", got)
		}
		if got := w.do(gate.Doctor, "/$rules-list", 200, ""); strings.Contains(got, `"draft"`) {
			w.Errorf("a look has drafted: %s", got)
		}
		wrong := w.do(gate.Operator, "/$rules-import", 422, importing(csvHead+",2020-01-01,,1,99,某文\n,2020-13-01,,3,8,\n", `{"name":"name","valueString":"期限.csv"}`))
		for _, want := range []string{"期限.csv, row 2, column E (value)", "row 3, column B (from)", "row 3, column D (level)", "row 3, column F (source)"} {
			if !strings.Contains(wrong, want) {
				w.Errorf("not told: %s: %s", want, wrong)
			}
		}
		w.language = "zh-CN"
		wrong = w.do(gate.Operator, "/$rules-import", 422, importing(csvHead+",2020-01-01,,1,99,某文\n", `{"name":"name","valueString":"期限.csv"}`))
		if !strings.Contains(wrong, `工作表 期限.csv，第 2 行，E (value) 列：\"99\" 应为不大于 60 的值。`) || strings.Contains(wrong, "should be") {
			w.Errorf("in Chinese: %s", wrong)
		}
		w.language = ""
		for body, status := range map[string]int{
			strings.Replace(other, "text/csv", "text/plain", 1):                                      422,
			strings.Replace(other, `{"name":"rule","valueString":"question.answer-within"},`, "", 1): 422,
			strings.Replace(other, "question.answer-within", "no.such", 1):                           404,
			importing("", `{"name":"check","valueBoolean":true}`):                                    400,
			importing(text, `{"name":"region","valueString":"99"}`):                                  422,
		} {
			if got, text := w.ask(gate.Operator, "/$rules-import", body); got != status {
				w.Errorf("%d, want %d: %s", got, status, text)
			}
		}
		w.do(gate.Doctor, "/$rules-export?kind=csv", 422, "")
		w.do(gate.Doctor, "/$rules-export?kind=csv&rule=no.such", 404, "")
		if got := w.do(gate.Doctor, "/$rules-list", 200, ""); strings.Contains(got, `"draft"`) {
			w.Errorf("something was taken of what is wrong: %s", got)
		}
	})
}

// TestNoRows: a sheet that has lost its rows, or has none for the region, is refused unless it is said that all rows are to go.
func TestNoRows(t *testing.T) {
	each(t, func(w *world) {
		check := `{"name":"check","valueBoolean":true}`
		empty := importing(csvHead)
		for _, body := range []string{empty, importing(csvHead, check), importing(csvHead+",2020-01-01,,1,15,某法第一条\n", check, `{"name":"region","valueString":"440000"}`)} {
			if got := w.do(gate.Operator, "/$rules-import", 422, body); !strings.Contains(got, "no row of the rule question.answer-within") {
				w.Errorf("not said which: %s", got)
			}
		}
		if got := w.do(gate.Doctor, "/$rules-list", 200, ""); strings.Contains(got, `"draft"`) {
			w.Errorf("drafted: %s", got)
		}
		w.do(gate.Operator, "/$rules-import", 422, importing(csvHead, `{"name":"clear","valueBoolean":false}`))
		if got := w.do(gate.Operator, "/$rules-import", 200, importing(csvHead, `{"name":"clear","valueBoolean":true}`)); !strings.Contains(got, `{"name":"rows","valueInteger":0}`) {
			w.Errorf("what was asked for: %s", got)
		}
	})
}

// TestWorkbook: a workbook of all rules goes out and comes in again as the same.
func TestWorkbook(t *testing.T) {
	each(t, func(w *world) {
		file := w.do(gate.Regulator, "/$rules-export?kind=xlsx", 200, "")
		body := `{"resourceType":"Parameters","parameter":[{"name":"file","resource":` + file + `},{"name":"from","valueDate":"2027-01-01"}]}`
		if got := w.do(gate.Operator, "/$rules-import", 200, body); strings.Contains(got, "draft") {
			w.Errorf("what stands already is drafted: %s", got)
		}
	})
}

// TestTry: past cases are decided again; of a case nothing is told but which one, where and when.
func TestTry(t *testing.T) {
	each(t, func(w *world) {
		s := w.gate.Session(gate.Actor{Reference: "Device/test", Access: gate.Whole()})
		at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		for id, level := range map[string]string{"one": "1", "two": "2"} {
			row, err := w.live.Book().Find("question.answer-within", "440106", at, level)
			w.must(err)
			use := row.Used("440106", at, level)
			r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Task","id":%q,"status":"draft","intent":"order","description":"私密","extension":[{"url":%q,"valueString":%q}]}`, id, rule.UsedURL, use.String()))
			w.must(err)
			_, err = s.Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
			w.must(err)
		}
		id := w.drafted(w.do(gate.Operator, "/$rules-import", 200, importing(csvHead+",2020-01-01,,1,15,某法第一条\n,2020-01-01,,2,10,某法第一条\n440000,2020-01-01,,1,4,新文\n",
			`{"name":"check","valueBoolean":false}`)))
		got := w.do(gate.Operator, "/Library/"+id+"/$rules-try", 200, "")
		if strings.Contains(got, "私密") {
			w.Errorf("what is in a case is told: %s", got)
		}
		for _, want := range []string{`{"name":"cases","valueInteger":2}`, `{"name":"unlike","valueInteger":0}`} {
			if !strings.Contains(got, want) {
				w.Errorf("it counts from 2027 on, and changes nothing of before: %s", got)
			}
		}
		past := strings.Replace(importing(csvHead+",2020-01-01,,1,15,某法第一条\n,2020-01-01,,2,10,某法第一条\n440000,2020-01-01,,1,4,新文\n"), "2027-01-01", "2026-01-01", 1)
		id = w.drafted(w.do(gate.Operator, "/$rules-import", 200, past))
		got = w.do(gate.Regulator, "/Library/"+id+"/$rules-try", 200, "")
		for _, want := range []string{`{"name":"unlike","valueInteger":1}`, `"Task/one"`, `{"name":"old","valueString":"7"}`, `{"name":"new","valueString":"4"}`} {
			if !strings.Contains(got, want) {
				w.Errorf("not told: %s: %s", want, got)
			}
		}
		w.do(gate.Operator, "/Library/no-such/$rules-try", 404, "")
	})
}
