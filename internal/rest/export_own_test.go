package rest_test

import (
	"strings"
	"testing"
	"time"

	"yitong/internal/store"
)

// TestExportOwn: who asks for exports finds their own requests, with how far they have come; nobody finds those of others.
func TestExportOwn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		d := deskOn(t, db)
		own := func(who string, has ...string) string {
			t.Helper()
			text := string(d.want(200, who, "GET", "/$export-own", ""))
			for _, word := range has {
				if !strings.Contains(text, word) {
					t.Errorf("%s is not told %s: %s", who, word, text)
				}
			}
			return text
		}
		state := func(of string) string { return `{"name":"state","valueCode":"` + of + `"}` }
		if text := own("office", `{"name":"most","valueInteger":100000}`, `{"name":"hours","valueInteger":720}`, `{"name":"repetitions","valueInteger":1}`); strings.Contains(text, `"request"`) {
			t.Errorf("before anything was asked: %s", text)
		}
		task := d.asked("office", "type", "Observation", "query", "Observation?code=glucose")
		own("office", state("waits"), strings.TrimPrefix(task, "/"), `"区域慢病统计"`, `"Organization/health"`, `"Observation?code=glucose"`, `"PIA-2026-7"`, `{"name":"left","valueInteger":0}`)
		for _, who := range []string{"colleague", "cdc", "moved", "insurer", "regulator", "both", "system"} {
			if text := own(who); strings.Contains(text, `"request"`) {
				t.Errorf("%s finds a request of somebody else, or in another role: %s", who, text)
			}
		}
		d.want(200, "regulator", "POST", task+"/$export-decide", said("decision", "approve"))
		own("office", state("open"), `{"name":"left","valueInteger":1}`)
		d.want(200, "office", "POST", task+"/$export", "")
		own("office", state("fetched"), `{"name":"resources","valueInteger":3}`, `{"name":"people","valueInteger":2}`, `{"name":"whole","valueBoolean":true}`, `"sha256"`)
		d.forward(time.Minute)
		rejected := d.asked("office", "type", "Patient")
		d.want(200, "regulator", "POST", rejected+"/$export-decide", said("decision", "reject", "reason", "用途不明: 请补充"))
		d.forward(time.Minute)
		d.approved("office", "type", "Patient", "until", "2026-05-06")
		d.forward(90 * 24 * time.Hour)
		text := own("office", `{"name":"why","valueString":"用途不明: 请补充"}`)
		if over, no, done := strings.Index(text, state("over")), strings.Index(text, state("rejected")), strings.Index(text, state("fetched")); over < 0 || no < over || done < no {
			t.Errorf("the newest should come first: %s", text)
		}
		d.want(403, "doctor", "GET", "/$export-own", "")
		d.want(403, "guide", "GET", "/$export-own", "")
	})
}
