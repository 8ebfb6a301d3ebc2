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

	"yitong/internal/gate"
	"yitong/internal/gate/trail"
	"yitong/internal/rest"
	"yitong/internal/store"
)

// TestAuditEvents: the trail is read as AuditEvents by every way to read, and by none written.
func TestAuditEvents(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		server := httptest.NewServer(rest.New(gate.New(db, gate.Config{Trail: trail.NewRecorder(db), Zone: shanghai}), rest.Config{
			Version: "test", BodyMost: 1 << 20, Zone: shanghai, Log: slog.New(slog.DiscardHandler),
		}).Handler())
		t.Cleanup(server.Close)
		at := time.Date(2026, 11, 22, 2, 3, 4, 567890_000, time.UTC)
		id := fmt.Sprintf("%08x-%04x-7222-8333-444455556666", at.UnixMilli()>>16, at.UnixMilli()&0xffff)
		for _, r := range []trail.Record{
			{ID: id, At: at, Do: "read", Outcome: trail.Done, Who: "Practitioner/1", As: "doctor", On: "Patient/1", Saw: []string{"Patient/1/1"}, Of: []string{"Patient/1"}},
			{ID: strings.Replace(id, "7222", "7223", 1), At: at, Do: "read", Outcome: trail.Denied, Who: "Practitioner/2", As: "doctor", On: "Patient/1", Of: []string{"Patient/1"}},
		} {
			if err := db.Trace(t.Context(), r.Append(nil)); err != nil {
				t.Fatal(err)
			}
		}
		event := `{"resourceType":"AuditEvent","type":{"code":"rest"},"recorded":"2026-11-22T00:00:00Z","agent":[{"requestor":true}],"source":{"observer":{"display":"x"}}}`
		for _, c := range []struct {
			method, path, body string
			status             int
			has, lacks         string
		}{
			{"PUT", "Patient/1", `{"resourceType":"Patient","id":"1"}`, 201, "", ""},
			{"GET", "AuditEvent/" + id, "", 200, "一名医生查看了一位居民的基本信息（1 项）。", ""},
			{"GET", "AuditEvent/" + id + "/_history/1", "", 200, `"versionId":"1"`, ""},
			{"GET", "AuditEvent/" + id + "/_history/2", "", 404, "version 2", ""},
			{"GET", "AuditEvent/" + id + "/_history", "", 501, "never change", ""},
			{"GET", "AuditEvent/_history", "", 501, "never change", ""},
			{"GET", "AuditEvent?patient=1&_sort=-date", "", 200, id, `"next"`},
			{"GET", "AuditEvent?patient=Patient/1&_count=1", "", 200, `"next"`, ""},
			{"GET", "AuditEvent?outcome=4&_elements=outcome", "", 200, `"SUBSETTED"`, `"entity"`},
			{"GET", "Patient/1/AuditEvent?action=R", "", 200, id, ""},
			{"POST", "AuditEvent/_search?outcome=0", "", 200, id, "denied"},
			{"GET", "AuditEvent?_total=accurate", "", 400, "not counted", ""},
			{"GET", "AuditEvent?address=10", "", 400, "can be searched by patient", ""},
			{"GET", "Patient/1/$everything", "", 200, `"Patient"`, "AuditEvent"},
			{"GET", "?_type=Patient,AuditEvent", "", 400, "by themselves", ""},
			{"POST", "AuditEvent", event, 403, "keeps itself", ""},
			{"PUT", "AuditEvent/new", strings.Replace(event, `"type"`, `"id":"new","type"`, 1), 403, "keeps itself", ""},
			{"DELETE", "AuditEvent/" + id, "", 403, "keeps itself", ""},
			{"DELETE", "AuditEvent?outcome=4", "", 403, "keeps itself", ""},
			{"POST", "", `{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"AuditEvent/` + id + `"}},{"request":{"method":"GET","url":"AuditEvent?outcome=4"}}]}`, 200, `"outcomeDesc":"denied"`, `"404`},
			{"GET", "metadata", "", 200, `{"type":"AuditEvent","interaction":[{"code":"read"},{"code":"vread"},{"code":"search-type"}]`, "AuditEvent:patient"},
		} {
			request, err := http.NewRequestWithContext(t.Context(), c.method, server.URL+rest.Base+"/"+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", "application/fhir+json")
			if strings.HasSuffix(strings.Split(c.path, "?")[0], "_search") {
				request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			answer, err := plain.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != c.status || !strings.Contains(string(text), c.has) || c.lacks != "" && strings.Contains(string(text), c.lacks) {
				t.Errorf("%s %s: %s, want %d with %q and without %q: %s", c.method, c.path, answer.Status, c.status, c.has, c.lacks, text[:min(len(text), 2000)])
			}
		}
	})
}
