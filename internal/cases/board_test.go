package cases_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store"
	"yitong/test/databases"
)

// put writes cases as they would be, for the board to count.
func (w world) put(texts ...string) {
	w.Helper()
	s := w.free.Session(gate.Actor{Reference: "Device/test", Access: gate.Whole()})
	var ops []gate.Op
	for i, text := range texts {
		r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Task","id":"board-%d","intent":"order",%s}`, i, text))
		w.must(err)
		ops = append(ops, gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r})
	}
	_, err := s.Apply(w.Context(), ops, nil)
	w.must(err)
}

// boardTask is a case of a process at an institution, in a state of its own or, for "", in none but its status.
func boardTask(code, at, status, state, begun, moved, due string) string {
	own := ""
	if state != "" {
		own = fmt.Sprintf(`"businessStatus":{"coding":[{"system":"urn:yitong:process:%s","code":%q}]},`, code, state)
	}
	if due != "" {
		own += fmt.Sprintf(`"restriction":{"period":{"end":%q}},`, due)
	}
	return fmt.Sprintf(`"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/%s"}}]},"status":%q,%s`+
		`"code":{"coding":[{"system":"urn:yitong:process","code":%q}]},"for":{"reference":"Patient/p"},"authoredOn":%q,"lastModified":%q`, at, status, own, code, begun, moved)
}

// rows are the parts of an answer by the name of the parameter, each in one line.
func (w world) rows(text, name string) (all []string) {
	w.Helper()
	var p struct {
		Parameter []struct {
			Name string
			Part []map[string]any
		}
	}
	w.must(json.Unmarshal([]byte(text), &p))
	for _, one := range p.Parameter {
		if one.Name != name {
			continue
		}
		line := ""
		for _, part := range one.Part {
			for key, value := range part {
				if key != "name" {
					line += fmt.Sprintf(" %v=%v", part["name"], value)
				}
			}
		}
		all = append(all, strings.TrimSpace(line))
	}
	return all
}

// TestBoard: everybody has counted what they see and nothing else, by process, state, institution and day; nothing of a resident is in
// it; who is not named by the policy is refused.
func TestBoard(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		w := newWorld(t, db)
		now := time.Now().UTC()
		ago := func(d time.Duration) string { return now.Add(-d).Format(time.RFC3339) }
		const day = 24 * time.Hour
		w.put(
			boardTask("question", "a", "requested", "open", ago(2*day), ago(2*day), ago(day)),
			boardTask("question", "a", "requested", "open", ago(day), ago(day), ago(-90*day)),
			boardTask("question", "a", "completed", "answered", ago(4*day), ago(2*day), ""),
			boardTask("question", "a", "completed", "answered", ago(200*day), ago(100*day), ""),
			boardTask("question", "b", "requested", "open", ago(day), ago(day), ""),
			boardTask("emergency-review", "a", "requested", "", ago(day), ago(day), ago(time.Hour)),
			boardTask("emergency-review", "b", "completed", "", ago(3*day), ago(2*day), ""),
			boardTask("export", "b", "requested", "", ago(day), ago(day), ""),
			boardTask("unknown", "a", "in-progress", "open", ago(day), ago(day), ""),
		)
		const words = " zh=提问 en=Question"
		for _, x := range []struct {
			as, query string
			name      string
			want      []string
		}{
			{"a", "", "process", []string{"process=question" + words + " open=2 overdue=1 today=0 ended=1 median=2880 p90=2880"}},
			{"a", "?days=365", "process", []string{"process=question" + words + " open=2 overdue=1 today=0 ended=2 median=73440 p90=144000"}},
			{"a", "?process=export", "process", nil},
			{"a", "", "state", []string{"process=question state=open zh=待答复 en=Open query=code=urn:yitong:process|question&business-status=urn:yitong:process:question|open open=2 overdue=1 ended=0",
				"process=question state=answered zh=已答复 en=Answered query=code=urn:yitong:process|question&business-status=urn:yitong:process:question|answered open=0 overdue=0 ended=1"}},
			{"a", "", "institution", []string{"institution=map[reference:Organization/a] called=甲 open=2 overdue=1 ended=1 median=2880 p90=2880"}},
			{"b", "", "process", []string{
				"process=export zh=数据导出申请 en=Request for an export open=1 overdue=0 today=0 ended=0",
				"process=question" + words + " open=1 overdue=0 today=0 ended=0",
			}},
			{"regulator", "", "process", []string{
				"process=emergency-review zh=紧急访问复核 en=Review of emergency access open=1 overdue=1 today=0 ended=1 median=1440 p90=1440",
				"process=export zh=数据导出申请 en=Request for an export open=1 overdue=0 today=0 ended=0",
			}},
			{"regulator", "?process=emergency-review", "institution", []string{
				"institution=map[reference:Organization/a] called=甲 open=1 overdue=1 ended=0",
				"institution=map[reference:Organization/b] called=乙 open=0 overdue=0 ended=1 median=1440 p90=1440",
			}},
			{"administrator", "", "state", []string{"process=emergency-review state=requested zh=待复核 en=To be reviewed query=code=urn:yitong:process|emergency-review&status=requested open=1 overdue=1 ended=0"}},
			{"operator", "", "process", nil},
		} {
			got, _ := w.do(x.as, "/Task/$board"+x.query, 200, "")
			if rows := w.rows(got, x.name); strings.Join(rows, "\n") != strings.Join(x.want, "\n") {
				t.Errorf("%s%s, %s:\n%s\nwant\n%s", x.as, x.query, x.name, strings.Join(rows, "\n"), strings.Join(x.want, "\n"))
			}
			if strings.Contains(got, "Patient/") || strings.Contains(got, "board-") || !strings.Contains(got, `{"name":"whole","valueBoolean":true}`) {
				t.Errorf("%s%s: a case shows, or not all was counted: %s", x.as, x.query, got)
			}
		}
		for _, as := range []string{"p", "doctor", "nurse", "guide", "insurer", "cdc", "pharmacist", "technician"} {
			w.do(as, "/Task/$board", http.StatusForbidden, "")
		}
		w.do("a", "/Task/$board?days=366", http.StatusBadRequest, "")
		w.do("a", "/Task/$board?process=none", http.StatusUnprocessableEntity, "")
		found, _ := w.do("a", "/Task?code=urn:yitong:process%7Cquestion&business-status=urn:yitong:process:question%7Copen&_summary=count", 200, "")
		if !strings.Contains(found, `"total":2`) {
			t.Errorf("the criteria of a state find what it counts: %s", found)
		}
	})
}
