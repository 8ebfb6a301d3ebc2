package gate_test

import (
	"slices"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// claimed is a Claim at a, for which b pays, with a Condition and an Organization in it.
const claimed = `,"status":"active","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">qz7</div>"},"patient":{"reference":"Patient/pa"},"insurer":{"reference":"Organization/b"},` +
	`"contained":[{"resourceType":"Condition","id":"c","code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"J10.1"}],"text":"qz7"},"subject":{"reference":"Patient/pa"}},` +
	`{"resourceType":"Organization","id":"o","name":"医保局","partOf":{"reference":"Organization/b"}}],"provider":{"reference":"#o"},` +
	`"diagnosis":[{"sequence":1,"diagnosisReference":{"reference":"#c","display":"qz7","identifier":{"value":"qz7"}}}]`

// ways are what a session is shown of a resource, by every way that shows it.
func (r region) ways(s *gate.Session, name string) map[string]store.Version {
	r.Helper()
	to, out := named(name), map[string]store.Version{}
	add := func(way string, v store.Version, err error) {
		r.Helper()
		if err != nil || !v.Exists() {
			r.Errorf("%s of %s: %v", way, name, err)
			return
		}
		if _, err := fhir.ParseResource(v.Resource()); err != nil {
			r.Errorf("%s of %s: %v in %s", way, name, err, v.Resource())
		}
		out[way] = v
	}
	v, err := s.Read(r.Context(), to)
	add("read", v, err)
	together, err := s.Reads(r.Context(), []fhir.Ref{to, to})
	if err == nil {
		add("reads together", together[1], nil)
	}
	v, err = s.VRead(r.Context(), to, v.Number)
	add("vread", v, err)
	for way, q := range map[string]gate.History{"history": {Type: to.Type, ID: to.ID, Count: 1}, "history of the type": {Type: to.Type, Count: 100}, "history of all": {Count: 100}} {
		page, err := s.History(r.Context(), q)
		i := slices.IndexFunc(page.Versions, func(p store.Past) bool { return p.Ref == to })
		if err != nil || i < 0 {
			r.Errorf("%s has no %s: %v", way, name, err)
			continue
		}
		add(way, page.Versions[i].Version, err)
	}
	found, err := r.search(s, to.Type.String()+"?_id="+to.ID, "")
	if err == nil && len(found.Matches) == 1 {
		v = found.Matches[0]
	} else {
		v = store.Version{}
	}
	add("search", v, err)
	results, err := s.Apply(r.Context(), []gate.Op{{Kind: gate.Read, Type: to.Type, ID: to.ID}}, nil)
	if err == nil {
		add("a bundle", results[0].Version, nil)
	} else {
		r.Errorf("a bundle: %v", err)
	}
	v = store.Version{}
	err = s.Scan(r.Context(), func(one store.Version) error {
		if one.Ref == to {
			v = one
		}
		return nil
	})
	add("a scan", v, err)
	return out
}

// shows fails the test unless a session is shown all of some texts of a resource and none of others.
func (r region) shows(s *gate.Session, name string, texts []string, not ...string) {
	r.Helper()
	for way, v := range r.ways(s, name) {
		text := string(v.Body.Bytes)
		for _, want := range texts {
			if !strings.Contains(text, want) {
				r.Errorf("%s of %s does not show %s: %s", way, name, want, text)
			}
		}
		for _, secret := range not {
			if strings.Contains(text, secret) {
				r.Errorf("%s of %s shows %s: %s", way, name, secret, text)
			}
		}
	}
}

// TestContainedOfOtherTypes: what somebody sees nothing of is not shown because another resource contains it.
func TestContainedOfOtherTypes(t *testing.T) {
	const absent = `"diagnosisReference":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}`
	eachRegion(t, func(r region) {
		r.put(update("Claim", "c", meta("a")+claimed), update("Claim", "plain", meta("a")+`,"insurer":{"reference":"Organization/b"},"contained":[{"resourceType":"Organization","id":"o"}],"provider":{"reference":"#o"}`))
		insurer := r.staff(gate.Insurer, "b")
		r.shows(insurer, "Claim/c", []string{"医保局", `"provider":{"reference":"#o"}`, absent, "REDACTED", `"sequence":1`}, "qz7", `"#c"`, "Condition", "<div")
		r.shows(insurer, "Claim/plain", []string{`"contained":[{"resourceType":"Organization","id":"o"}]`}, "REDACTED")
		r.shows(r.staff(gate.Doctor, "a"), "Claim/c", []string{"qz7", "#c", "<div"}, "REDACTED")
		// a program with fewer scopes than its user
		layers := gate.NewAccess([]gate.Rule{{May: gate.MayLook}}, []gate.Rule{{Type: typeOf("Claim"), May: gate.MayLook}, {Type: typeOf("Condition"), May: gate.MayCreate}})
		r.shows(r.gate.Session(gate.Actor{Reference: "Practitioner/a", Client: "app", Access: layers}), "Claim/c", []string{absent, "REDACTED"}, "qz7", "医保局", `"contained"`, "#")
		// included
		only := r.by("b", gate.Rule{Type: typeOf("Claim"), May: gate.MayLook}, gate.Rule{Type: typeOf("Organization"), May: gate.MayLook})
		found, err := r.search(only, "Organization?_id=b&_revinclude=Claim:insurer", "")
		if err != nil || len(found.Included) != 2 || strings.Contains(string(found.Included[0].Body.Bytes)+string(found.Included[1].Body.Bytes), "qz7") {
			r.Errorf("included: %v, %v", found, err)
		}
		if whole := string(r.read("Claim/c").Body.Bytes); !strings.Contains(whole, "qz7") {
			r.Error("the record itself has lost it")
		}
	})
}

// TestContainedByLabels: what is contained is hidden by its codes, and opened by a permit that names the class, for whom the
// resource around it is open all the same.
func TestContainedByLabels(t *testing.T) {
	hiv := strings.Replace(claimed, "J10.1", "B24", 1)
	rules := []gate.Rule{
		{Type: typeOf("Claim"), May: gate.MayLook, Labels: gate.LabelsAll},
		{Type: typeOf("Condition"), May: gate.MayLook, Query: "-custodian=Organization/a", Permit: true, Labels: gate.LabelsNamed},
	}
	eachRegion(t, func(r region) {
		r.put(update("Claim", "flu", meta("a")+claimed), update("Claim", "hiv", meta("a")+hiv))
		b := r.by("b", rules...)
		r.shows(b, "Claim/flu", []string{"qz7", `"#c"`})
		r.shows(b, "Claim/hiv", []string{"REDACTED"}, "qz7", `"#c"`)
		r.put(update("Claim", "label", meta("a")+strings.Replace(claimed, `"id":"c"`, `"id":"c","meta":{"security":[`+withheld+`]}`, 1)))
		r.shows(b, "Claim/label", []string{"REDACTED"}, "qz7", `"#c"`)
		r.may(r.resident(gate.Resident, "pa"), "", update("Consent", "k", strings.Replace(privacy("pa", opens("Organization/b")), `"provision":{`, `"provision":{"securityLabel":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}],`, 1)))
		found, err := r.search(b, "Claim?patient=Patient/pa&_id=hiv,label", "")
		if err != nil || len(found.Matches) != 2 {
			r.Fatal(found, err)
		}
		for _, v := range found.Matches {
			if open := strings.Contains(string(v.Body.Bytes), `"#c"`); open != (v.Ref.ID == "hiv") {
				r.Errorf("by a permit that names the class, %s is shown as %s", v.Ref, v.Body.Bytes)
			}
		}
		if found, err = r.search(b, "Claim?_id=hiv", ""); err != nil || strings.Contains(string(found.Matches[0].Body.Bytes), "qz7") {
			r.Errorf("where nobody is named it is %v, %v", found, err)
		}
	})
}

// TestContainedMasked: the masks of a type hold for what is contained, too.
func TestContainedMasked(t *testing.T) {
	eachRegion(t, func(r region) {
		r.put(update("DiagnosticReport", "d", meta("b")+`,"status":"final","code":{"text":"x"},"subject":{"reference":"Patient/pb"},"performer":[{"reference":"#w"}],`+
			`"contained":[{"resourceType":"Practitioner","id":"w","name":[{"text":"王医生"}],"telecom":[{"system":"phone","value":"13900138000"}],"birthDate":"1970-01-01"}]`))
		r.shows(r.resident(gate.Resident, "pb"), "DiagnosticReport/d", []string{"王医生", `"#w"`, "REDACTED"}, "13900138000", "1970-01-01")
		r.shows(r.staff(gate.Doctor, "b"), "DiagnosticReport/d", []string{"王医生", "13900138000"}, "REDACTED")
		practitioner, report := typeOf("Practitioner"), gate.Rule{Type: typeOf("DiagnosticReport"), May: gate.MayLook}
		less, more := gate.Rule{Type: practitioner, May: gate.MayLook, Hide: []string{"birthDate"}}, gate.Rule{Type: practitioner, May: gate.MayLook, Hide: []string{"birthDate", "telecom"}}
		r.shows(r.by("b", report, less, more), "DiagnosticReport/d", []string{"13900138000"}, "1970-01-01")
		less.Query, more.Query = "-custodian=Organization/a", "-custodian=Organization/b"
		r.shows(r.by("b", report, less, more), "DiagnosticReport/d", []string{"王医生"}, "13900138000", "1970-01-01")
		r.shows(r.by("b", report, more, gate.Rule{Type: practitioner, May: gate.MayLook}, less), "DiagnosticReport/d", []string{"13900138000", "1970-01-01"})
	})
}

// TestBundled: an entry of a Bundle that the record keeps is shown to whom its type is.
func TestBundled(t *testing.T) {
	eachRegion(t, func(r region) {
		r.put(update("Bundle", "x", meta("b")+`,"type":"collection","link":[{"relation":"self","url":"http://x/Condition?code=1"}],"entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Condition","code":{"text":"qz7"}}},`+
			`{"fullUrl":"urn:uuid:2","resource":{"resourceType":"Observation","code":{"text":"plain"},"contained":[{"resourceType":"Condition","id":"c","code":{"text":"qz7"}}],"focus":[{"reference":"#c"}]}}]`))
		rules := []gate.Rule{{Type: typeOf("Bundle"), May: gate.MayLook}, {Type: typeOf("Observation"), May: gate.MayLook}}
		r.shows(r.by("b", rules...), "Bundle/x", []string{"urn:uuid:2", "plain", "Condition?code=1", "data-absent-reason"}, "qz7", "urn:uuid:1", "#c")
		r.shows(r.by("b", rules[:1]...), "Bundle/x", []string{"collection", "REDACTED"}, "qz7", "plain", "entry")
		r.shows(r.by("b", append(rules, gate.Rule{Type: typeOf("Condition"), May: gate.MayLook})...), "Bundle/x", []string{"qz7", "plain", "#c"}, "REDACTED")
	})
}

// TestContainedIsNotLost: who does not see what a resource contains neither replaces nor patches it.
func TestContainedIsNotLost(t *testing.T) {
	members := `,"status":"completed","contained":[{"resourceType":"Parameters","id":"p","parameter":[{"name":"qz7"}]}],"outputParameters":{"reference":"#p"}`
	eachRegion(t, func(r region) {
		r.put(update("GuidanceResponse", "g", meta("b")+members))
		b := r.staff(gate.Doctor, "b")
		r.shows(b, "GuidanceResponse/g", []string{"REDACTED"}, "qz7")
		for _, op := range []gate.Op{
			update("GuidanceResponse", "g", `,"status":"success"`), update("GuidanceResponse", "g", members),
			patching("GuidanceResponse", "g", `[{"op":"replace","path":"/status","value":"success"}]`), patching("GuidanceResponse", "g", `[{"op":"test","path":"/contained/0/parameter/0/name","value":"qz7"}]`),
			patching("GuidanceResponse", "g", `[{"op":"test","path":"/contained/0/parameter/0/name","value":"other"}]`), patching("GuidanceResponse", "g", `[{"op":"remove","path":"/contained"}]`),
		} {
			r.may(b, fault.Forbidden, op)
		}
		r.may(b, "", create("GuidanceResponse", members), update("GuidanceResponse", "new", members))
		if v := r.read("GuidanceResponse/g"); v.Number != 1 {
			r.Errorf("it is in version %d: %s", v.Number, v.Body.Bytes)
		}
		r.put(update("Observation", "own", about("b", "pb", "8867-4", `,"contained":[{"resourceType":"Device","id":"d"}],"device":{"reference":"#d"}`)))
		r.may(b, "", update("Observation", "own", about("b", "pb", "8867-4", "")))
	})
}
