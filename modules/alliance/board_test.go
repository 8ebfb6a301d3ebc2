package alliance_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/module"
	"yitong/modules/alliance"
	"yitong/test/services"
)

// counted is a world for what is counted: a refers to ward-b, which takes two a day, and b may forward to ward-c.
var counted = &services.Service{
	Process: alliance.Up(), Rules: alliance.Tables(),
	Record: []string{
		`{"resourceType":"Organization","id":"c","name":"医院c"}`,
		ward("b", `"extension":[{"url":"urn:yitong:referrals-a-day","valueInteger":2}],`), ward("c", ""),
		bound("a", "b", "a", "member", "primary"), bound("b", "b", "b", "lead", "secondary", "ward-b"), bound("b-c", "c", "b", "member", "secondary"), bound("c", "c", "c", "lead", "tertiary", "ward-c"),
	},
	Begin: func(w *services.World) fhir.Ref {
		id := w.NewID()
		w.Put(`{"resourceType":"Condition","id":%q,%s,"code":{"text":"冠心病"},"subject":{"reference":"Patient/p"}}`, id, services.Custodian("a"))
		of, err := w.Ask(w.As("doctor"), "consult", "problem", services.Ref("Condition/"+id), "question", "是否上转", "urgency", services.Code("urgent"))
		w.Must(err)
		return of
	},
	Moves: map[string]services.Usual{
		"refer": {By: "doctor", With: []any{"conclusion", "需要造影", "department", services.Ref("HealthcareService/ward-b"), "history", "胸痛", "findings", "ST 段压低", "referral-question", "请评估"}},
		"agree": {By: "resident"}, "send": {By: "doctor", First: signs}, "approve": {By: "office"},
		"accept":  {By: "another office", With: []any{"post", services.Ref("PractitionerRole/other-b")}},
		"forward": {By: "another office", With: []any{"department", services.Ref("HealthcareService/ward-c"), "reason", "需要手术"}},
		"reject":  {By: "another office", With: []any{"reason", "资料不全"}},
		"schedule": {By: "a doctor elsewhere", With: []any{"time", services.Asked(func(w *services.World, _ fhir.Ref) any {
			return w.Now().Add(2 * time.Hour)
		})}},
		"arrive":   {By: "a doctor elsewhere"},
		"conclude": {By: "a doctor elsewhere", With: []any{"summary", "已处理", "appropriate", services.Code("partly")}},
		"withdraw": {By: "doctor", With: []any{"reason", "病情好转"}},
	},
}

const sent = "refer agree send approve "

func ward(of, more string) string {
	return fmt.Sprintf(`{"resourceType":"HealthcareService","id":"ward-%s",%s"active":true,"name":"心内科%[1]s","providedBy":{"reference":"Organization/%[1]s"}}`, of, more)
}

func bound(id, lead, of, as, level string, services ...string) string {
	taking := ""
	for _, s := range services {
		taking = fmt.Sprintf(`,"healthcareService":[{"reference":"HealthcareService/%s"}]`, s)
	}
	return fmt.Sprintf(`{"resourceType":"OrganizationAffiliation","id":%q,"active":true,"organization":{"reference":"Organization/%s"},"participatingOrganization":{"reference":"Organization/%s"},
		"code":[{"coding":[{"system":"urn:yitong:codesystem:alliance-role","code":%q},{"system":"urn:yitong:codesystem:hospital-level","code":%q}]}],"period":{"start":"2026-01-01"}%s}`,
		id, lead, of, as, map[string]string{"primary": "1", "secondary": "2", "tertiary": "3"}[level], taking)
}

// made is a new case that has made moves.
func made(w *services.World, moves string) fhir.Ref {
	of := w.Begin(w)
	w.Do(of, moves)
	return of
}

// officeOf is a session of the office of an institution where nobody else works.
func officeOf(w *services.World, institution string) *gate.Session {
	a := gate.Actor{Reference: "Practitioner/office", Role: gate.Office, Institution: "Organization/" + institution}
	a.Access = policy.Standard().Access(a.Role, gate.Of{Actor: a.Reference, Institution: a.Institution})
	return w.Gate.Session(a)
}

// call calls an operation as the server does, and gives the rows of the answer by their names, each in a line.
func call(w *services.World, s *gate.Session, name string, pairs ...any) (map[string][]string, error) {
	w.Helper()
	if err := s.Call(name); err != nil {
		return nil, err
	}
	var op module.Operation
	for _, one := range alliance.Descriptor(w.Engine).Operations {
		if one.Name == name {
			op = one
		}
	}
	in, err := op.In.Read(services.Parameters(pairs...))
	if err != nil {
		return nil, err
	}
	out, err := op.Do(w.Context(), &module.Call{Session: s}, in)
	if err != nil {
		return nil, err
	}
	text, err := op.Out.Write(out)
	w.Must(err)
	var parameters struct {
		Parameter []map[string]any
	}
	w.Must(json.Unmarshal(text, &parameters))
	rows := map[string][]string{}
	for _, p := range parameters.Parameter {
		line := fmt.Sprint(valueOf(p))
		if parts, is := p["part"].([]any); is {
			line = ""
			for _, part := range parts {
				one := part.(map[string]any)
				line += fmt.Sprintf(" %v=%v", one["name"], valueOf(one))
			}
		}
		name := p["name"].(string)
		rows[name] = append(rows[name], strings.TrimSpace(line))
	}
	return rows, nil
}

func valueOf(p map[string]any) any {
	for key, value := range p {
		if ref, is := value.(map[string]any); is {
			return fmt.Sprint(ref["reference"], "|", ref["display"])
		}
		if key != "name" && key != "part" {
			return value
		}
	}
	return nil
}

// like tells whether lines have what is wanted of each, in order.
func like(w *services.World, what string, got []string, want ...string) {
	w.Helper()
	ok := len(got) == len(want)
	for i := range want {
		for _, word := range strings.Split(want[i], " ") {
			ok = ok && strings.Contains(" "+got[i]+" ", " "+word+" ")
		}
	}
	if !ok {
		w.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestBoard: both offices see what is open on their side, by state and department, with what is late and what is for today; another
// institution's office sees nothing, and nobody else may ask.
func TestBoard(t *testing.T) {
	services.Each(t, counted, func(w *services.World) {
		begun, review := w.Begin(w), made(w, sent)
		w.Pass(time.Minute)
		today := made(w, sent+"accept schedule")
		made(w, sent+"reject")
		made(w, "withdraw")
		for _, x := range []struct {
			who         *gate.Session
			name, side  string
			states      []string
			departments []string
			cases       []string
		}{
			{w.As("office"), "a", "sending", []string{"state=consulting waiting=1 overdue=0", "state=receiving-review waiting=1", "state=scheduled waiting=1", "state=returned waiting=1"},
				[]string{"department=HealthcareService/ward-b|心内科b waiting=2 scheduled=1 today=1 overdue=0 capacity=2"},
				[]string{"state=scheduled", "state=consulting", "state=receiving-review resident=Patient/p|居民p from=Organization/a|医院a direction=up urgency=urgent", "state=returned"}},
			{w.As("another office"), "b", "receiving", []string{"state=receiving-review waiting=1", "state=scheduled waiting=1"},
				[]string{"department=HealthcareService/ward-b|心内科b waiting=1 scheduled=1 today=1 capacity=2"},
				[]string{"case=Task/" + today.ID + "|<nil> state=scheduled department=HealthcareService/ward-b|心内科b resident=Patient/p|居民p", "case=Task/" + review.ID + "|<nil>"}},
			{w.As("office"), "a", "receiving", nil, nil, nil},
			{w.As("another office"), "b", "sending", nil, nil, nil},
			{officeOf(w, "c"), "c", "receiving", nil, []string{"department=HealthcareService/ward-c|心内科c waiting=0 scheduled=0"}, nil},
			{officeOf(w, "c"), "c", "sending", nil, nil, nil},
		} {
			got, err := call(w, x.who, "referral-board", "side", services.Code(x.side))
			w.Must(err)
			like(w, x.name+" "+x.side+" states", got["state"], x.states...)
			like(w, x.name+" "+x.side+" departments", got["department"], x.departments...)
			if len(got["case"]) != len(x.cases) {
				t.Errorf("%s %s: %v", x.name, x.side, got["case"])
			}
			for _, want := range x.cases {
				one := fmt.Sprint(got["case"])
				if !hasLine(got["case"], want) {
					t.Errorf("%s %s: no line has %s: %s", x.name, x.side, want, one)
				}
			}
			like(w, "whole", got["whole"], "true")
		}
		for what, x := range map[string]struct {
			pairs []any
			want  int
		}{
			"state":              {[]any{"state", "consulting"}, 1},
			"department":         {[]any{"department", services.Ref("HealthcareService/ward-b")}, 3},
			"another department": {[]any{"department", services.Ref("HealthcareService/ward-c")}, 0},
			"both":               {[]any{"department", services.Ref("HealthcareService/ward-b"), "state", "returned"}, 1},
		} {
			got, err := call(w, w.As("office"), "referral-board", append(x.pairs, "side", services.Code("sending"))...)
			w.Must(err)
			if len(got["case"]) != x.want || len(got["state"]) != 4 {
				t.Errorf("%s: %v", what, got)
			}
		}
		w.At(w.Due(begun))
		got, err := call(w, w.As("office"), "referral-board", "side", services.Code("sending"), "state", "consulting")
		w.Must(err)
		if !hasLine(got["state"], "state=consulting waiting=1 overdue=1") {
			t.Errorf("overdue: %v", got["state"])
		}
	})
}

// hasLine tells whether one of some lines has all words.
func hasLine(lines []string, words string) bool {
	for _, line := range lines {
		has := true
		for _, word := range strings.Split(words, " ") {
			has = has && strings.Contains(" "+line+" ", " "+word+" ")
		}
		if has {
			return true
		}
	}
	return false
}

// TestBoardForOthers: who is not named by the policy is refused, and so is what there is not.
func TestBoardForOthers(t *testing.T) {
	services.Each(t, counted, func(w *services.World) {
		made(w, sent)
		for _, name := range []string{"resident", "proxy", "doctor", "a doctor elsewhere", "nurse", "pharmacist", "technician", "regulator", "administrator", "guide", "insurer", "cdc", "system", "operator"} {
			for _, operation := range []string{"referral-board", "referral-statistics"} {
				if name == "regulator" && operation == "referral-statistics" {
					continue
				}
				if _, err := call(w, w.As(name), operation, "side", services.Code("sending")); fault.CodeOf(err) != fault.Forbidden {
					t.Errorf("%s asks %s: %v", name, operation, err)
				}
			}
		}
		for want, pairs := range map[fault.Code][]any{
			fault.Malformed:     {"side", services.Code("both")},
			fault.Unprocessable: {"side", services.Code("sending"), "state", "completed"},
		} {
			if _, err := call(w, w.As("office"), "referral-board", pairs...); fault.CodeOf(err) != want {
				t.Errorf("%v: %v", pairs, err)
			}
		}
		if _, err := call(w, w.As("office"), "referral-board", "side", services.Code("sending"), "department", services.Ref("Organization/a")); err == nil {
			t.Error("a department that is none is taken")
		}
		forged := `{"resourceType":"Task","id":"forged","status":"requested","intent":"order","businessStatus":{"coding":[{"system":"urn:yitong:%s","code":"sending/Organization/a/referral-up"}]}}`
		for _, system := range []string{"part", "acted"} {
			r, err := fhir.ParseResource(fmt.Appendf(nil, forged, system))
			w.Must(err)
			_, err = w.As("office").Apply(t.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
			if fault.CodeOf(err) != fault.Forbidden {
				t.Errorf("somebody writes what boards go by (%s): %v", system, err)
			}
		}
	})
}
