package rest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yitong/internal/gate"
	"yitong/internal/gate/export"
	"yitong/internal/gate/policy"
)

// Those who take part in exports beside the outsiders, all of whom are one person: who decides, who exports at a, and who may decide
// but sees requests of b alone, which a region's own policy can have.
const (
	decider  = "another regulator"
	exporter = "office of a"
	approver = "approver of b"
)

// takenOut is what b may export, what a may, and what nobody may or one only who names the resident: what a resident of b withholds,
// what is sensitive, and what a resident of a has opened to b.
func takenOut() story {
	s := usualStory()
	for name, of := range map[string]gate.Of{
		decider: {Actor: "Practitioner/r", Institution: "Organization/health"}, exporter: {Actor: "Practitioner/a", Institution: "Organization/a"},
	} {
		role := map[string]gate.Role{decider: gate.Regulator, exporter: gate.Office}[name]
		s.actors[name] = gate.Actor{Reference: of.Actor, Role: role, Institution: of.Institution, As: string(role), Access: policy.Standard().Access(role, of)}
	}
	of := gate.Of{Actor: "Practitioner/p", Institution: "Organization/b"}
	s.actors[approver] = gate.Actor{Reference: of.Actor, Role: gate.Office, Institution: of.Institution, Access: policy.Standard().Access(gate.Office, of).Offer("export-decide")}
	const observation = `"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},`
	s.owned = export.Owned()
	s.plain = append(s.plain[:len(s.plain):len(s.plain)],
		`{"resourceType":"Organization","id":"health","name":"health"}`,
		`{"resourceType":"Observation","id":"od","META",`+observation+`"effectiveDateTime":"2025-12-31","subject":{"reference":"Patient/pb"}}`,
		`{"resourceType":"Coverage","id":"vb","META","status":"active","beneficiary":{"reference":"Patient/pb"},"payor":[{"reference":"Organization/b"}]}`,
	)
	s.hidden = append(s.hidden[:len(s.hidden):len(s.hidden)],
		`{"resourceType":"Observation","id":"qz7u","meta":{`+keptBy("b")+`,"security":[{"system":"urn:yitong:label","code":"withheld"}]},"identifier":[{"value":"qz7"}],`+observation+`"subject":{"reference":"Patient/pb"},"valueString":"qz7"}`,
		`{"resourceType":"Coverage","id":"qz7j","META","identifier":[{"value":"qz7"}],"status":"active","beneficiary":{"reference":"Patient/pb"},"payor":[{"reference":"Organization/a"}],"subscriberId":"qz7"}`,
		`{"resourceType":"Consent","id":"qz7y","META","status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},"patient":{"reference":"Patient/qz7p"},`+
			`"provision":{"type":"permit","actor":[{"reference":{"reference":"Organization/b"}}]}}`,
	)
	return s
}

// exports are the requests for exports of what b sees, by the role that asks: the parameters type, query and most.
func exports(role gate.Role) (all [][]string) {
	ask := func(said ...string) { all = append(all, said) }
	switch role {
	case gate.Insurer:
		ask("type", "Coverage,Claim,ClaimResponse,Organization,Task")
		ask("type", "Coverage", "query", "Coverage?identifier=qz7")
		ask("type", "Coverage", "query", "Coverage?beneficiary.identifier=qz7")
		ask("type", "Coverage", "most", "1")
		ask("type", "Observation")
	case gate.Regulator:
		ask("type", "Organization,Practitioner,Location")
		ask("type", "Practitioner", "query", "Practitioner?_has:Observation:performer:identifier=qz7")
		ask("type", "Practitioner", "query", "Practitioner?_has:Observation:performer:status=final")
		ask("type", "Patient")
	default:
		ask("type", "Patient,RelatedPerson,Encounter,Condition,Observation,DiagnosticReport,MedicationRequest,Appointment,DocumentReference,Binary,Task,Consent,Group,Provenance,List,Practitioner,Medication")
		ask("type", "Patient,Observation", "query", "Observation?code=8867-4", "query", "Patient?general-practitioner=Practitioner/b")
		ask("type", "Observation", "most", "1")
		ask("type", "Observation", "most", "2")
		ask("type", "Patient", "most", "1")
		for _, query := range []string{
			"Observation?identifier=qz7", "Observation?-custodian=Organization/a", "Observation?-custodian:not=Organization/b", "Observation?_security:not=x", "Observation?_security=urn:yitong:label|withheld", "Observation?subject:Patient.identifier=qz7",
			"Observation?encounter.identifier=qz7", "Patient?_has:Observation:subject:identifier=qz7", "Observation?_has:Provenance:target:agent=Practitioner/b", "Patient?name=qz7",
			"Observation?subject=Patient/qz7p", "Patient?_id=qz7p", "Patient?_id=qz7p,pb", "Patient?-custodian:missing=true", "Encounter?location=l", "Practitioner?_has:Observation:performer:identifier=qz7", "Organization?_has:Encounter:service-provider:identifier=qz7",
		} {
			ask("type", strings.Split(query, "?")[0], "query", query)
		}
	}
	return all
}

// talk is what somebody who talks to one of the twins is told, answer by answer.
type talk struct {
	http.Handler
	asks  []string
	tells []string
	plain string // the last answer as it is
	id    string // of the Task that the talk is about
	mark  string // of the lines of its export
}

// ask asks, and notes the answer. What is found out on the way, such as ids, may stand in the address, but not in the note.
func (k *talk) ask(who string, a asked, note string) {
	told, text := toldBy(k.Handler, who, a)
	k.asks, k.tells, k.plain = append(k.asks, who+" "+a.method+" "+note+" "+a.body), append(k.tells, told), text
}

// alike fails the test where two talks with the twins differ.
func (w twins) alike(with, without *talk) {
	w.Helper()
	for i, told := range with.tells {
		if i >= len(without.tells) {
			w.Errorf("after %q the other twin says no more", with.asks[i-1])
			return
		}
		if told != without.tells[i] {
			w.Errorf("%s can tell\nwhat is hidden is there:\n%.900s\nit never was:\n%.900s", with.asks[i], told, without.tells[i])
			return
		}
	}
	if len(with.tells) != len(without.tells) {
		w.Errorf("the twin that hides something says less, after %q", with.asks[len(with.asks)-1])
	}
}

// idIn is the id of the resource that an answer holds, "" for none.
func idIn(answer string) string {
	var r struct{ ID string }
	if i := strings.IndexByte(answer, '{'); i < 0 || json.Unmarshal([]byte(answer[i:]), &r) != nil {
		return ""
	}
	return r.ID
}

// markIn is the mark of the first line of an export.
func markIn(answer string) string {
	var line struct {
		Meta struct{ Tag []struct{ Code string } }
	}
	if i := strings.Index(answer, "{"); i >= 0 && json.NewDecoder(strings.NewReader(answer[i:])).Decode(&line) == nil && len(line.Meta.Tag) > 0 {
		return line.Meta.Tag[0].Code
	}
	return "none"
}

// exported is all that is told of an export, from the request to the mark, to whom it concerns and to others.
func exported(h http.Handler, who string, wanted, others []string) *talk {
	k := &talk{Handler: h}
	k.ask(who, asked{method: "POST", address: "/$export-request", body: usual(wanted...)}, "$export-request")
	k.id = idIn(k.plain)
	if !strings.HasPrefix(k.plain, "201") {
		k.ask(who, asked{method: "GET", address: "/Task?code=urn:yitong:process|export&_total=accurate"}, "Task?…")
		return k
	}
	on := func(who, method, path, body string) {
		k.ask(who, asked{method: method, address: "/Task/" + k.id + path, body: body}, "Task/…"+path)
	}
	on(who, "POST", "/$export", "")
	on(who, "GET", "", "")
	for _, other := range others {
		on(other, "POST", "/$export-decide", said("decision", "approve"))
	}
	on(decider, "GET", "", "")
	on(decider, "POST", "/$export-decide", said("decision", "approve"))
	for _, other := range others {
		if other != who {
			on(other, "POST", "/$export", "")
		}
	}
	on(who, "POST", "/$export", "")
	k.mark = markIn(k.plain)
	on(who, "POST", "/$export", "")
	on(who, "GET", "", "")
	on(who, "GET", "/_history", "")
	on(decider, "GET", "", "")
	for _, reader := range append(others, decider) {
		k.ask(reader, asked{method: "GET", address: "/$export-mark?code=" + k.mark}, "$export-mark")
	}
	return k
}

// TestHostileExports: an export of an institution holds, counts and tells the same, in its lines, its Task, its marks and its
// refusals, whether what nobody there may see is in the record or not.
func TestHostileExports(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := takenOut().twins(t, open)
			for _, role := range slices.Sorted(maps.Keys(outsiders)) { // one after the other, for all see the same Tasks
				lines := w.exports(role)
				if may := map[string]int{"office": 15, "cdc": 15, "system": 15, "insurer": 4, "regulator": 4}[role]; lines < may || (lines > 0) != (may > 0) {
					t.Errorf("%s exports %d lines", role, lines)
				}
			}
		})
	}
}

// tells finds ids, references and texts of what is hidden; not the criteria of requests, which Tasks repeat.
var tells = regexp.MustCompile(`["/]` + secret + `|urn:` + secret)

// exports makes all exports of a role on both twins, and counts the lines.
func (w twins) exports(role string) (lines int) {
	w.Helper()
	for i, wanted := range exports(gate.Role(role)) {
		others := []string{"doctor", exporter}
		if i == 0 {
			others = append(others, "insurer", "cdc", "office", "regulator", "system", "nobody", "resident")
		}
		with, without := exported(w.with, role, wanted, others), exported(w.without, role, wanted, others)
		w.alike(with, without)
		for i, told := range with.tells {
			if n := strings.Count(told, `"urn:yitong:export","code":"…"`); strings.Contains(with.asks[i], "/$export ") && n > 0 {
				lines += n
				if tells.MatchString(told) {
					w.Errorf("%s holds %.900s", with.asks[i], told)
				}
			}
		}
		if i > 1 && lines == 0 {
			break // they may ask for nothing
		}
	}
	return lines
}

// TestHostileExportsOfOthers: nobody elsewhere can tell a request for an export that institution a has made, whatever became of it,
// from one that never was. Regulators see all of them.
func TestHostileExportsOfOthers(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		w := takenOut().twins(t, open)
		theirs := exported(w.with, exporter, []string{"type", "Patient,Observation"}, nil)
		pending := exported(w.with, exporter, []string{"type", "Patient,Observation", "query", "Patient?gender=female"}, nil)
		const none, mark = "01900000-0000-7000-8000-00000000000", ".1.AAAAAAAAAAAAAAAAAAAAAA"
		for _, role := range []string{"office", "insurer", "cdc", "system", "doctor", "resident", "administrator", "operator", "nobody", approver} {
			t.Run(name+"/"+role, func(t *testing.T) {
				t.Parallel()
				w := twins{t, w.with, w.without}
				with, without := &talk{Handler: w.with}, &talk{Handler: w.without}
				for i, k := range []*talk{theirs, pending} {
					both := func(method, format, body string) {
						with.ask(role, asked{method: method, address: strings.NewReplacer("{id}", k.id, "{mark}", k.mark).Replace(format), body: body}, format)
						without.ask(role, asked{method: method, address: strings.NewReplacer("{id}", none+fmt.Sprint(i), "{mark}", none+fmt.Sprint(i)+mark).Replace(format), body: body}, format)
					}
					both("POST", "/Task/{id}/$export", "")
					both("POST", "/Task/{id}/$export", said("most", "1"))
					both("POST", "/Task/{id}/$export-decide", said("decision", "approve"))
					both("POST", "/Task/{id}/$export-decide", said("decision", "perhaps"))
					both("POST", "/Task/{id}/$emergency-review", said("verdict", "justified"))
					both("GET", "/$export-mark?code={mark}", "")
					both("GET", "/Task/{id}", "")
					both("GET", "/Task/{id}/_history", "")
					both("GET", "/Task?_id={id}&_total=accurate", "")
					both("DELETE", "/Task/{id}", "")
					both("PATCH", "/Task/{id}", `[{"op":"test","path":"/id","value":"x"}]`)
				}
				for _, query := range []string{"", "?code=urn:yitong:process|export&_total=accurate", "?requester=Practitioner/a", "?_summary=count", "?_revinclude=*:*", "/_history"} {
					with.ask(role, asked{method: "GET", address: "/Task" + query}, "/Task"+query)
					without.ask(role, asked{method: "GET", address: "/Task" + query}, "/Task"+query)
				}
				w.alike(with, without)
			})
		}
	}
}
