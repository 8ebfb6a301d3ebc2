package scheduling_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/gate/trail"
	"yitong/internal/module"
	"yitong/internal/rest"
	"yitong/modules/scheduling"
	"yitong/modules/scheduling/queue"
	"yitong/modules/scheduling/triage"
	"yitong/test/services"
)

// site is the world's services over HTTP.
type site struct {
	*world
	url  string
	past int // bytes of the trail
	all  []module.Descriptor
}

// told is what the trail says since the last time.
func (s *site) told() string {
	s.Helper()
	rows, err := s.db.Loose(s.Context(), 1<<24)
	s.must(err)
	var all strings.Builder
	for _, row := range rows {
		all.Write(row.Lines)
	}
	fresh := all.String()[s.past:]
	s.past = all.Len()
	return fresh
}

func (w *world) site() *site {
	w.Helper()
	s := &site{world: w, all: []module.Descriptor{
		scheduling.Descriptor(w.desk), queue.Descriptor(w.desk.Queue), triage.Descriptor(triage.Desk{Book: w.book.Load, Zone: services.Zone}),
	}}
	g := gate.New(w.db, gate.Config{References: true, Zone: services.Zone, Owned: slices.Concat(scheduling.Owned(), queue.Owned()), Now: w.clock, Trail: trail.NewRecorder(w.db)})
	server := httptest.NewServer(rest.New(g, rest.Config{
		Version: "test", BodyMost: 1 << 20, Zone: services.Zone, Log: slog.New(slog.DiscardHandler), RequestTime: time.Minute, Modules: s.all,
		Who: func(r *http.Request) (gate.Actor, error) {
			a := gate.Actor{Role: gate.Role(r.Header.Get("X-As")), Reference: "Practitioner/guide-lead", Institution: "Organization/lead"}
			if a.Role == gate.Resident || a.Role == gate.Proxy {
				a.Reference, a.Institution, a.Resident = "Patient/p0", "", ref("Patient/p0")
			}
			a.Access = policy.Standard().Access(a.Role, gate.Of{Actor: a.Reference, Institution: a.Institution, Resident: a.Resident})
			return a, nil
		},
	}).Handler())
	w.Cleanup(server.Close)
	s.url = server.URL + rest.Base + "/"
	return s
}

// ask sends a request in a role.
func (s *site) ask(role gate.Role, method, address, body string) (code int, text string) {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, s.url+address, strings.NewReader(body))
	s.must(err)
	r.Header.Set("X-As", string(role))
	r.Header.Set("Content-Type", "application/fhir+json")
	got, err := http.DefaultClient.Do(r)
	s.must(err)
	defer got.Body.Close()
	answer, err := io.ReadAll(got.Body)
	s.must(err)
	return got.StatusCode, string(answer)
}

// decided is what the file of the policy says of each operation, by roles.
func decided(t *testing.T) map[gate.Role]map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../../internal/gate/policy/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	roles, block := map[gate.Role]map[string]bool{}, map[string]map[string]bool{}
	begins, same := regexp.MustCompile(`(?m)^  ([a-z]+):(?: [&*]([a-z]+))?(?: +#.*)?$`), regexp.MustCompile(`([a-z-]+): (allow|deny)\b`)
	at := begins.FindAllSubmatchIndex(text, -1)
	for i, found := range at {
		role, name := string(text[found[2]:found[3]]), ""
		if found[4] >= 0 {
			name = string(text[found[4]:found[5]])
		}
		until := len(text)
		if i+1 < len(at) {
			until = at[i+1][0]
		}
		says := map[string]bool{}
		for _, one := range same.FindAllSubmatch(text[found[1]:until], -1) {
			says[string(one[1])] = string(one[2]) == "allow"
		}
		if len(says) == 0 {
			says = block[name]
		}
		block[name], roles[gate.Role(role)] = says, says
	}
	return roles
}

// TestOperationsByRoles: over HTTP each operation on each of its addresses is refused to each role that the policy does not name, before anything is
// looked at, and to no other.
func TestOperationsByRoles(t *testing.T) {
	each(t, func(w *world) {
		s, says := w.site(), decided(t)
		asked, let := 0, 0
		for _, d := range s.all {
			for _, op := range d.Operations {
				for _, role := range gate.Roles() {
					may, is := says[role][op.Name]
					if !is {
						t.Fatalf("the policy does not say whether %s may call $%s", role, op.Name)
					}
					for _, address := range op.Addresses() {
						for _, method := range []string{"POST", "GET"} {
							if !op.Called(method) {
								continue
							}
							code, text := s.ask(role, method, strings.Replace(address, "[id]", "none", 1), "")
							refused := code == http.StatusForbidden && strings.Contains(text, "You may not call $"+op.Name)
							if asked++; may {
								let++
							}
							if refused == may || code >= 500 {
								t.Errorf("%s, %s %s: %d %s", role, method, address, code, text)
							}
						}
					}
				}
			}
		}
		if asked < 500 || let < 100 || let > asked/2 {
			t.Errorf("of %d requests %d are let", asked, let)
		}
	})
}

// TestTrailKeepsNoCare: neither addresses nor the trail tell what troubles somebody, where they are, or by which number they checked in.
func TestTrailKeepsNoCare(t *testing.T) {
	each(t, func(w *world) {
		s := w.site()
		for _, address := range []string{
			"HealthcareService/$triage?complaint=chest-pain&months=480&sex=male", "HealthcareService/$departments?latitude=30.25&longitude=120.16", "HealthcareService/$departments?disease=B20",
			"Slot/$find?latitude=30.25&longitude=120.16", "Slot/$find?disease=B20",
			"Appointment/$check-in?number=110101199000000002",
		} {
			if code, text := s.ask(gate.Guide, "GET", address, ""); code != http.StatusMethodNotAllowed {
				t.Errorf("GET %s: %d %s", address, code, text)
			}
		}
		for address, given := range map[string]string{
			"HealthcareService/$triage":      `{"name":"complaint","valueString":"chest-pain"},{"name":"months","valueInteger":480},{"name":"sex","valueCode":"male"}`,
			"HealthcareService/$departments": `{"name":"latitude","valueDecimal":30.25},{"name":"longitude","valueDecimal":120.16}`,
			"Slot/$find":                     `{"name":"latitude","valueDecimal":30.25},{"name":"longitude","valueDecimal":120.16}`,
			"Appointment/$check-in":          `{"name":"number","valueString":"110101199000000002"}`,
		} {
			s.told()
			code, text := s.ask(gate.Guide, "POST", address, fmt.Sprintf(`{"resourceType":"Parameters","parameter":[%s]}`, given))
			if code >= 500 || code == http.StatusForbidden {
				t.Errorf("%s: %d %s", address, code, text)
			}
			line := s.told()
			for _, not := range []string{"chest", "30.25", "120.16", "110101199"} {
				if strings.Contains(line, not) {
					t.Errorf("of %s the trail says %s", address, line)
				}
			}
			if line == "" {
				t.Errorf("the trail does not tell of %s", address)
			}
		}
	})
}

// TestCheckInIsOnRecord: who tries by a number whether somebody comes today is on record, be there a visit or not.
func TestCheckInIsOnRecord(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		_, who := h.book("1990-01-01")
		h.put(`{"resourceType":"Patient","id":"idle",%s,"identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":"110101199000009999"}]}`, services.Custodian("lead"))
		s := w.site()
		for number, of := range map[string]string{"110101199000000001": who, "110101199000009999": "idle"} {
			s.told()
			s.ask(gate.Guide, "POST", "Appointment/$check-in", fmt.Sprintf(`{"resourceType":"Parameters","parameter":[{"name":"number","valueString":%q}]}`, number))
			if line := s.told(); !strings.Contains(line, "Patient/"+of) {
				t.Errorf("that %s was looked for stands nowhere: %s", of, line)
			}
		}
	})
}
