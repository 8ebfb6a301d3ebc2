package subscription_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store/sqlite"
	"yitong/internal/subscription"
)

// FuzzRead: whatever a Subscription says, it is read or refused with what to mend; what is taken keeps the bounds.
func FuzzRead(f *testing.F) {
	f.Add(byCriteria("Observation?code=x", "application/fhir+json", "https://1.1.1.1/x"))
	f.Add(byTopic(changed+"Observation", "id-only", "Observation?code=x", "https://1.1.1.1/x", 7))
	f.Add(byTopic(changed+"Patient", "empty", "gender=female", "", 100) + `,"end":"2030-01-01T00:00:00Z"`)
	f.Add(`"criteria":"?","channel":{"type":"rest-hook","header":["a: b","Host: c"],"endpoint":"http://[::1]:80/"}`)
	db, err := sqlite.Open(f.Context(), filepath.Join(f.TempDir(), "record.db"))
	if err != nil {
		f.Fatal(err)
	}
	defer db.Close()
	s, err := subscription.New(db, gate.New(db, gate.Config{}), subscription.Config{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := fhir.ParseResource([]byte(`{"resourceType":"Subscription","id":"x","status":"requested",` + text + `}`))
		if err != nil {
			return
		}
		sub, err := s.Read(r)
		if err != nil {
			if code := fault.CodeOf(err); code != fault.Unprocessable {
				t.Fatalf("%s: %v", code, err)
			}
			return
		}
		if sub.Most < 1 || sub.Most > 100 || sub.Timeout > time.Minute || len(sub.Headers) > 16 || len(sub.Watches) == 0 || !sub.Content.Known() {
			t.Errorf("%+v", sub)
		}
		if !sub.Socket && !strings.HasPrefix(strings.ToLower(sub.Endpoint), "https://") {
			t.Errorf("it may be sent to %s", sub.Endpoint)
		}
		for _, h := range sub.Headers {
			if strings.ContainsAny(h.Name+h.Value, "\r\n\x00") || strings.EqualFold(h.Name, "host") {
				t.Errorf("the header %q: %q", h.Name, h.Value)
			}
		}
	})
}
