package rest_test

import (
	"slices"
	"strings"
	"testing"

	"yitong/internal/gate"
	"yitong/internal/store"
)

// telling are resources of b of which the marked texts are about what not everybody may see: contained resources, and displays of
// references. "QZ7" stands for the text.
var telling = []string{
	`{"resourceType":"Patient","id":"pa","meta":{` + keptBy("a") + `},"name":[{"text":"王五"}]}`,
	`{"resourceType":"Condition","id":"ca","meta":{` + keptBy("a") + `},"subject":{"reference":"Patient/pa"},"code":{"text":"x"}}`,
	`{"resourceType":"Observation","id":"oa","meta":{` + keptBy("a") + `},"status":"final","subject":{"reference":"Patient/pa"},"code":{"text":"x"}}`,
	`{"resourceType":"Condition","id":"cs","meta":{` + keptBy("b") + `,"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]},"subject":{"reference":"Patient/pb"},"code":{"text":"x"}}`,
	`{"resourceType":"Condition","id":"cw","meta":{` + keptBy("b") + `,"security":[{"system":"urn:yitong:label","code":"withheld"}]},"subject":{"reference":"Patient/pb"},"code":{"text":"x"}}`,
	// contained in what a guide, an insurer and a doctor see
	`{"resourceType":"Appointment","id":"t1","META","contained":[{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/pb"},"code":{"text":"QZ7"}}],"status":"booked","reasonReference":[{"reference":"#c","display":"QZ7"}],"participant":[{"actor":{"reference":"Patient/pb"},"status":"accepted"}]}`,
	`{"resourceType":"Claim","id":"t2","META","contained":[{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/pb"},"code":{"text":"QZ7"}},{"resourceType":"Observation","id":"o","status":"final","code":{"text":"QZ7"},"valueString":"QZ7"}],` +
		`"status":"active","patient":{"reference":"Patient/pb"},"insurer":{"reference":"Organization/b"},"diagnosis":[{"sequence":1,"diagnosisReference":{"reference":"#c","display":"QZ7"}}],"supportingInfo":[{"sequence":1,"valueReference":{"reference":"#o","display":"QZ7"}}]}`,
	`{"resourceType":"Encounter","id":"t3","META","contained":[{"resourceType":"Condition","id":"c","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]},"subject":{"reference":"Patient/pb"},"code":{"text":"QZ7"}}],` +
		`"status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/pb"},"diagnosis":[{"condition":{"reference":"#c","display":"QZ7"}}]}`,
	`{"resourceType":"Encounter","id":"t4","META","contained":[{"resourceType":"AuditEvent","id":"v","recorded":"2026-01-01T00:00:00Z","outcomeDesc":"QZ7"}],"extension":[{"url":"urn:x","valueReference":{"reference":"#v","display":"QZ7"}}],"status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/pb"}}`,
	// displays of what is hidden
	`{"resourceType":"Encounter","id":"t5","META","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/pb"},"diagnosis":[{"condition":{"reference":"Condition/ca","display":"QZ7"}},{"condition":{"reference":"Condition/cs","display":"QZ7"}},{"condition":{"reference":"Condition/cw","display":"QZ7"}}]}`,
	`{"resourceType":"DiagnosticReport","id":"t6","META","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/pb"},"result":[{"reference":"Observation/oa","display":"QZ7"},{"reference":"Observation/ob","display":"seen"}]}`,
	`{"resourceType":"Appointment","id":"t7","META","status":"booked","reasonReference":[{"reference":"Condition/cs","display":"QZ7"},{"reference":"Observation/oa","display":"QZ7"}],"participant":[{"actor":{"reference":"Patient/pb"},"status":"accepted"}]}`,
	`{"resourceType":"Claim","id":"t8","META","status":"active","patient":{"reference":"Patient/pb"},"insurer":{"reference":"Organization/b"},"diagnosis":[{"sequence":1,"diagnosisReference":{"reference":"Condition/cs","display":"QZ7"}}]}`,
}

// tellingTwins are two records that differ in the texts of these resources alone.
func tellingTwins(t *testing.T, open func(testing.TB) store.DB, ids ...string) twins {
	with := func(text string) (all []string) {
		all = slices.Clone(plainly)
		for _, one := range telling {
			is := slices.ContainsFunc(ids, func(id string) bool { return strings.Contains(one, `"id":"`+id+`"`) })
			all = append(all, strings.ReplaceAll(one, "QZ7", map[bool]string{true: text, false: "plain"}[is]))
		}
		return all
	}
	return unlike(t, open, with(secret), with("other"))
}

// tellsAll asks for resources by every way that shows them.
func (w twins) tellsAll(who string, names ...string) {
	w.Helper()
	for _, name := range names {
		typ, id, _ := strings.Cut(name, "/")
		for _, address := range []string{
			name, name + "/_history", name + "/_history/1", typ + "?_id=" + id, typ + "/_history", typ + "?_id=" + id + "&_elements=contained", typ + "?_id=" + id + "&_summary=data", "?_type=" + typ, typ + "?patient=Patient/pb", "Patient/pb/" + typ,
			"Patient?_id=pb&_revinclude=*:*", "Patient/pb/$everything?_type=" + typ,
		} {
			w.same(who, asked{method: "GET", address: "/" + address})
		}
		for _, path := range []string{"/contained/0/code/text", "/diagnosis/0/condition/display", "/result/0/display", "/reasonReference/0/display"} {
			w.same(who, asked{"PATCH", "/" + name, `[{"op":"test","path":"` + path + `","value":"` + secret + `"},{"op":"test","path":"/id","value":"none"}]`, []string{"Content-Type", "application/json-patch+json"}})
		}
	}
}

// TestHostileContained: what is contained in a resource is not told to whom its type, or its labels, hide it.
func TestHostileContained(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := tellingTwins(t, open, "t1", "t2")
			w.tellsAll("guide", "Appointment/t1")
			w.tellsAll("insurer", "Claim/t2")
			w = tellingTwins(t, open, "t3", "t4") // the resident may see what is sensitive
			for _, who := range []string{"doctor", "pharmacist", "office"} {
				w.tellsAll(who, "Encounter/t3", "Encounter/t4")
			}
			tellingTwins(t, open, "t4").tellsAll("resident", "Encounter/t4")
		})
	}
}

// TestHostileDisplays: a reference to what is hidden does not say what it is. One to what is seen does.
func TestHostileDisplays(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := tellingTwins(t, open, "t5", "t6", "t7", "t8")
			w.tellsAll("guide", "Appointment/t7")
			w.tellsAll("insurer", "Claim/t8")
			for _, who := range []string{"doctor", "pharmacist", "office"} {
				w.tellsAll(who, "Encounter/t5", "DiagnosticReport/t6", "Appointment/t7")
			}
			if told, _ := toldBy(w.with, "doctor", asked{method: "GET", address: "/DiagnosticReport/t6"}); !strings.Contains(told, `"display":"seen"`) || !strings.Contains(told, "Observation/oa") {
				t.Errorf("what may be seen goes, too: %s", told)
			}
		})
	}
}

// TestHostileIncludes: how much refers to something that is hidden is not told by what is included.
func TestHostileIncludes(t *testing.T) {
	t.Parallel()
	w := crowds["kept by a"].twins(t)
	for _, who := range []string{"doctor", "office", "resident", "guide", "insurer"} {
		for _, query := range []string{
			"Practitioner?_id=b&_revinclude=Observation:performer", "Practitioner?_revinclude=Observation:performer&_count=1", "Practitioner?_id=b&_revinclude=*:*", "Observation?_id=ob&_include=Observation:performer&_revinclude:iterate=Observation:performer",
			"Practitioner?_id=b&_revinclude=Observation:performer&_include:iterate=Observation:subject", "Location?_id=l&_revinclude=*:*&_revinclude:iterate=*:*",
		} {
			w.same(who, asked{method: "GET", address: "/" + query})
		}
	}
}

// TestHostileReferredPractitioners: a reference to a Practitioner shows no more of the number than the Practitioner does.
func TestHostileReferredPractitioners(t *testing.T) {
	t.Parallel()
	with := func(number string) []string {
		return append(slices.Clone(plainly), `{"resourceType":"Practitioner","id":"w","identifier":[{"value":"`+number+`"}]}`,
			`{"resourceType":"PractitionerRole","id":"q","practitioner":{"reference":"Practitioner/w","identifier":{"value":"`+number+`"}}}`,
			`{"resourceType":"Appointment","id":"aw","META","status":"booked","participant":[{"actor":{"reference":"Patient/pb"},"status":"accepted"},{"actor":{"reference":"Practitioner/w","identifier":{"value":"`+number+`"}},"status":"accepted"}]}`)
	}
	w := unlike(t, databases["sqlite"], with("110101199001011237"), with("110101198002021237"))
	for _, who := range []string{"guide", "resident", "proxy"} {
		for _, address := range []string{"Practitioner/w", "PractitionerRole/q", "Appointment/aw", "Appointment?_id=aw", "Practitioner?_id=w&_revinclude=*:*"} {
			w.same(who, asked{method: "GET", address: "/" + address})
		}
	}
}

// TestHostileCompartments: from whom it is hidden whom a resource is about, cannot tell it by compartments.
func TestHostileCompartments(t *testing.T) {
	t.Parallel()
	with := func(subject, performer string) []string {
		return append(slices.Clone(plainly), `{"resourceType":"Patient","id":"pc","META"}`, `{"resourceType":"Practitioner","id":"c"}`,
			`{"resourceType":"Observation","id":"oz","META","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/`+subject+`"},"performer":[{"reference":"Practitioner/`+performer+`"}]}`)
	}
	s, other := usualStory(), usualStory()
	s.plain, other.plain = with("pb", "b"), with("pc", "c")
	const blind = "somebody who does not see whom it is about"
	rules := []gate.Rule{
		{Type: fhirType("Patient"), May: gate.MayLook}, {Type: fhirType("Practitioner"), May: gate.MayLook}, {Type: fhirType("Observation"), May: gate.MayLook, Hide: []string{"subject", "performer"}},
	}
	s.actors[blind] = gate.Actor{Reference: "Practitioner/b", Access: gate.NewAccess(rules).Offer("everything")}
	other.actors = s.actors
	w := twins{t, s.told(t, databases["sqlite"](t), false), other.told(t, databases["sqlite"](t), false)}
	for _, address := range []string{
		"Observation?subject=Patient/pb", "Patient/pb/Observation", "Patient/pc/Observation?_summary=count", "Patient/pb/*", "Practitioner/b/Observation", "Patient/pb/$everything", "Patient?_revinclude=Observation:subject",
		"Patient?_has:Observation:subject:_id=oz", "Observation/oz", "Observation?_id=oz",
	} {
		w.same(blind, asked{method: "GET", address: "/" + address})
	}
}
