package gate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store"
)

const wang = `,"name":[{"text":"王小明"}],"telecom":[{"system":"phone","value":"13900138000"}],"identifier":[{"system":"urn:id","value":"110101199001011237"}],"birthDate":"1990-01-01","gender":"male",` +
	`"photo":[{"url":"https://example.org/wang.jpg"}],"contact":[{"name":{"text":"王妈妈"}}],"address":[{"text":"安国市东街1号"}],"communication":[{"language":{"text":"中文"}}]`

// secrets of wang, which no guide sees, and what they see of him in place of these.
var (
	secrets = []string{"1990-01-01", "13900138000", "110101199001011237", "wang.jpg", "王妈妈", "东街1号"}
	shown   = []string{"王小明", "中文", "139****8000", "110101********1237"}
)

// window is a record with a Patient at b and an Appointment of his.
func window(r region) {
	r.put(update("Patient", "wang", meta("b")+wang), update("Coverage", "cov", meta("b")+`,"status":"active","beneficiary":{"reference":"Patient/wang"},"subscriberId":"S1"`))
	r.put(update("Patient", "wang", meta("b")+wang+`,"active":true`))
	r.put(update("Appointment", "ap", meta("b")+`,"status":"booked","comment":"复诊","participant":[{"actor":{"reference":"Patient/wang","identifier":{"value":"110101199001011237"}},"status":"accepted"}]`))
}

// TestMasked: a guide sees a Patient masked, by every way that shows one.
func TestMasked(t *testing.T) {
	eachRegion(t, func(r region) {
		window(r)
		guide := r.staff(gate.Guide, "b")
		check := func(way string, v store.Version, err error) {
			r.Helper()
			text := string(v.Body.Bytes)
			if err != nil || text == "" {
				r.Errorf("%s: %v", way, err)
			}
			for _, secret := range secrets {
				if strings.Contains(text, secret) {
					r.Errorf("%s shows %s", way, secret)
				}
			}
			for _, plain := range shown {
				if !strings.Contains(text, plain) {
					r.Errorf("%s does not show %s: %s", way, plain, text)
				}
			}
			if _, err := fhir.ParseResource(v.Resource()); err != nil {
				r.Errorf("%s: %v", way, err)
			}
		}
		to := ref("Patient", "wang")
		v, err := guide.Read(r.Context(), to)
		check("read", v, err)
		v, err = guide.VRead(r.Context(), to, 1)
		check("vread", v, err)
		for _, q := range []gate.History{{Type: to.Type, ID: to.ID, Count: 10}, {Type: to.Type, Count: 10}, {Count: 100}} {
			page, err := guide.History(r.Context(), q)
			n := 0
			for _, v := range page.Versions {
				if v.Ref == to {
					check("history", v.Version, err)
					n++
				}
			}
			if n != 2 {
				r.Errorf("the history shows %d versions, %v", n, err)
			}
		}
		for _, query := range []string{"Patient?_id=wang", "Patient?name=王小明", "Appointment?_include=Appointment:actor"} {
			found, err := r.search(guide, query, "")
			if err != nil {
				r.Errorf("%s: %v", query, err)
				continue
			}
			n := 0
			for _, v := range slices.Concat(found.Matches, found.Included) {
				if v.Ref == to {
					check(query, v, err)
					n++
				}
			}
			if n != 1 {
				r.Errorf("%s finds %d", query, n)
			}
		}
		results, err := guide.Apply(r.Context(), []gate.Op{{Kind: gate.Read, Type: to.Type, ID: to.ID}}, nil)
		if err != nil {
			r.Fatal(err)
		}
		check("a bundle", results[0].Version, nil)
		err = guide.Scan(r.Context(), func(v store.Version) error {
			if v.Ref == to {
				check("a scan", v, nil)
			}
			return nil
		})
		if err != nil {
			r.Error(err)
		}
		ap, err := guide.Read(r.Context(), ref("Appointment", "ap"))
		if text := string(ap.Body.Bytes); err != nil || strings.Contains(text, "110101199001011237") || !strings.Contains(text, "110101********1237") || !strings.Contains(text, "复诊") {
			r.Errorf("what an Appointment tells of him: %s, %v", text, err)
		}
		cov, err := guide.Read(r.Context(), ref("Coverage", "cov"))
		if text := string(cov.Body.Bytes); err != nil || strings.Contains(text, "S1") {
			r.Errorf("the Coverage is %s, %v", text, err)
		}
		if whole := string(r.read("Patient/wang").Body.Bytes); !strings.Contains(whole, secrets[0]) {
			r.Error("the record itself is masked")
		}
	})
}

// TestMaskedReplay: what a write was answered is masked when it is answered again to somebody who sees less by now.
func TestMaskedReplay(t *testing.T) {
	eachRegion(t, func(r region) {
		once := &gate.Idempotency{Key: "k", Digest: []byte("d"), Keep: time.Hour}
		actor := gate.Actor{Reference: "Practitioner/b", Institution: "Organization/b", Access: gate.NewAccess([]gate.Rule{{May: gate.MayAll}})}
		if _, err := r.gate.Session(actor).Apply(r.Context(), []gate.Op{update("Patient", "wang", wang)}, once); err != nil {
			r.Fatal(err)
		}
		actor.Access = gate.NewAccess([]gate.Rule{{May: gate.MayAll &^ gate.MayLook}, {May: gate.MayLook, Type: typeOf("Patient"), Hide: []string{"telecom", "photo"}, Mask: []string{"identifier"}}})
		again, err := r.gate.Session(actor).Apply(r.Context(), []gate.Op{update("Patient", "wang", wang)}, once)
		if err != nil || !again[0].Replayed {
			r.Fatal(again, err)
		}
		if text := string(again[0].Version.Body.Bytes); strings.Contains(text, "13900138000") || strings.Contains(text, "110101199001011237") {
			r.Errorf("the answer again is %s", text)
		}
	})
}

// TestSearchesByWhatIsMasked are refused, whichever way they take to it.
func TestSearchesByWhatIsMasked(t *testing.T) {
	eachRegion(t, func(r region) {
		window(r)
		guide := r.staff(gate.Guide, "b")
		for _, query := range []string{
			"Patient?phone=13900138000", "Patient?telecom=13900138000", "Patient?identifier=110101199001011237", "Patient?identifier=urn:id|110101199001011237", "Patient?address=x",
			"Patient?address-city=x", "Patient?email=x", "Patient?phone:missing=true", "Patient?identifier:not=x", "Patient?_sort=address", "Patient?_sort=-address-city",
			"Patient?_sort=birthdate,address", "Appointment?actor:Patient.identifier=110101199001011237", "Appointment?patient.phone=13900138000",
			"Appointment?patient:Patient.address=x", "Coverage?beneficiary.identifier=x", "Patient?_id=wang&phone=1", "Patient?name=x&_sort=address",
			"Organization?_has:Patient:organization:phone=1", "Appointment?actor:identifier=110101199001011237", "RelatedPerson?phone=1", "RelatedPerson?patient.identifier=x",
			"Practitioner?phone=1", "PractitionerRole?practitioner.telecom=1", "Practitioner?_sort=address", "Practitioner?identifier=1",
			"Patient?telecom=13900138000&_summary=count", "Patient?phone=1,2&_total=accurate",
		} {
			if got, err := r.found(guide, query); fault.CodeOf(err) != fault.Forbidden {
				r.Errorf("%s finds %q, %v", query, got, err)
			}
		}
		for _, ops := range [][]gate.Op{
			{r.matching(create("Appointment", `,"status":"booked"`), "patient.phone=13900138000")},
			{r.matching(replace("Appointment", `,"status":"booked"`), "actor:Patient.identifier=110101199001011237")},
			{create("Appointment", `,"status":"booked","participant":[{"status":"accepted","actor":{"reference":"Patient?phone=13900138000"}}]`)},
			{r.matching(patching("Appointment", "", `[{"op":"test","path":"/status","value":"booked"}]`), "patient.telecom=13900138000")},
		} {
			if code := r.code(guide, ops...); code != fault.Forbidden {
				r.Errorf("a condition by what is masked: %q", code)
			}
		}
		r.finds(guide, "Patient?name=王小明", "Patient/wang")
		for _, query := range []string{"Patient?birthdate=1990-01-01", "Patient?_sort=birthdate", "Patient?_has:Coverage:beneficiary:identifier=1", "Coverage?identifier=1"} {
			r.refuses(guide, query, fault.Forbidden)
		}
		r.finds(guide, "Appointment?patient.name=王小明", "Appointment/ap")
		r.finds(guide, "Appointment?_include=Appointment:patient", "Appointment/ap", "Patient/wang")
	})
}

// TestMaskedAndWhole: who sees some resources of a type whole and others masked finds by the masked elements the former alone.
func TestMaskedAndWhole(t *testing.T) {
	eachRegion(t, func(r region) {
		window(r)
		r.put(update("Patient", "own", meta("a")+wang))
		r.put(update("Appointment", "own", meta("a")+`,"status":"booked","participant":[{"actor":{"reference":"Patient/own"},"status":"accepted"}]`))
		patient := typeOf("Patient")
		rules := []gate.Rule{
			{Type: patient, May: gate.MayLook, Query: "-custodian=Organization/a"},
			{Type: patient, May: gate.MayLook, Mask: []string{"identifier"}, Hide: []string{"telecom", "address"}},
			{Type: typeOf("Appointment"), May: gate.MayLook},
		}
		maskedAndWhole(r, r.by("a", rules...))
		slices.Reverse(rules)
		maskedAndWhole(r, r.by("a", rules...))
	})
}

// TestMasksOfTwoLayers: what the rules of either layer hide is hidden: in a resource, in one that it contains, and in what references
// tell. A rule of the second that does not go together with one of the first allows nothing.
func TestMasksOfTwoLayers(t *testing.T) {
	eachRegion(t, func(r region) {
		window(r)
		r.put(update("Appointment", "in", meta("b")+`,"status":"booked","contained":[{"resourceType":"Patient","id":"c"`+wang+`}],"participant":[{"actor":{"reference":"#c","display":"王小明"},"status":"accepted"},`+
			`{"actor":{"reference":"Patient/wang","display":"王小明","identifier":{"value":"110101199001011237"}},"status":"accepted"}]`))
		by := func(first, second gate.Rule) *gate.Session {
			first.Type, second.Type = typeOf("Patient"), typeOf("Patient")
			first.May, second.May = gate.MayLook, gate.MayLook
			other := gate.Rule{Type: typeOf("Appointment"), May: gate.MayLook}
			return r.gate.Session(gate.Actor{Reference: "Practitioner/x", Access: gate.NewAccess([]gate.Rule{first, other}, []gate.Rule{second, other})})
		}
		for kind, c := range map[string]struct{ first, second gate.Rule }{
			"hidden":   {gate.Rule{Hide: []string{"telecom", "contact", "birthDate"}, Mask: []string{"name"}}, gate.Rule{Hide: []string{"address", "photo", "contact"}, Mask: []string{"identifier", "name"}}},
			"a part":   {gate.Rule{Hide: []string{"name.text", "telecom.value", "birthDate"}}, gate.Rule{Hide: []string{"address", "identifier.value", "photo", "contact.name"}}},
			"stricter": {gate.Rule{Mask: []string{"name", "telecom", "identifier", "address", "birthDate"}}, gate.Rule{Hide: []string{"name", "telecom", "identifier", "address", "birthDate", "photo", "contact"}}},
		} {
			for way, s := range map[string]*gate.Session{"in this order": by(c.first, c.second), "the other way round": by(c.second, c.first)} {
				for _, name := range []string{"Patient/wang", "Appointment/in"} {
					v, err := s.Read(r.Context(), named(name))
					if err != nil {
						r.Fatal(err)
					}
					for _, secret := range append(secrets, "13900138000", "小明") {
						if strings.Contains(string(v.Body.Bytes), secret) {
							r.Errorf("%s, %s: %s shows %s: %s", kind, way, name, secret, v.Body.Bytes)
						}
					}
				}
			}
		}
		clash := by(gate.Rule{Hide: []string{"name.text"}}, gate.Rule{Mask: []string{"name"}})
		if _, err := clash.Read(r.Context(), ref("Patient", "wang")); fault.CodeOf(err) != fault.Forbidden {
			r.Errorf("by rules that do not go together: %v", err)
		}
		if v, err := clash.Read(r.Context(), ref("Appointment", "in")); err != nil || strings.Contains(string(v.Body.Bytes), "小明") {
			r.Errorf("what references tell then: %s, %v", v.Body.Bytes, err)
		}
	})
}

func maskedAndWhole(r region, s *gate.Session) {
	r.Helper()
	r.finds(s, "Patient?gender=male&birthdate=1990-01-01", "Patient/own", "Patient/wang")
	r.finds(s, "Patient?phone=13900138000", "Patient/own")
	r.finds(s, "Patient?identifier=110101199001011237", "Patient/own")
	r.finds(s, "Appointment?patient.phone=13900138000", "Appointment/own")
	r.finds(s, "Patient?identifier:missing=false", "Patient/own")
	r.finds(s, "Patient?_sort=address&birthdate=1990-01-01", "Patient/own")
	r.finds(s, "Appointment?patient.phone=13900138000&_include=Appointment:patient", "Appointment/own", "Patient/own")
	found, err := r.search(s, "Patient?birthdate=1990-01-01", "")
	if err != nil {
		r.Fatal(err)
	}
	for _, v := range found.Matches {
		if whole := strings.Contains(string(v.Body.Bytes), "13900138000"); whole != (v.Ref.ID == "own") {
			r.Errorf("%s: whole %v", v.Ref, whole)
		}
	}
	if v, err := s.Read(r.Context(), ref("Patient", "own")); err != nil || !strings.Contains(string(v.Body.Bytes), "13900138000") {
		r.Errorf("one's own is %s, %v", v.Body.Bytes, err)
	}
}

// TestOwned: what a process owns is written on its behalf alone, before as after a change; all else of the type by anybody.
func TestOwned(t *testing.T) {
	task := typeOf("Task")
	owned := func(c *gate.Config) {
		c.Owned = []gate.Ownership{{Process: "referral", Type: task, Query: "code=urn:yitong:process|referral", By: "Task/$refer"}}
	}
	mine := `,"status":"requested","intent":"order","identifier":[{"value":"mine"}],"code":{"coding":[` + coding("urn:yitong:process", "referral") + `]}`
	plain := `,"status":"requested","intent":"order","identifier":[{"value":"plain"}],"code":{"text":"x"}`
	eachRegion(t, func(r region) {
		s := r.staff(gate.Doctor, "b")
		process := s.Behalf("referral")
		r.may(process, "", update("Task", "mine", meta("b")+mine))
		r.may(s, "", update("Task", "plain", plain))
		for way, op := range map[string]gate.Op{
			"create":             create("Task", mine),
			"put":                update("Task", "new", mine),
			"update":             update("Task", "mine", mine+`,"language":"zh"`),
			"take away":          update("Task", "mine", plain),
			"take over":          update("Task", "plain", mine),
			"patch":              patching("Task", "mine", `[{"op":"replace","path":"/status","value":"completed"}]`),
			"patch away":         patching("Task", "mine", `[{"op":"remove","path":"/code"}]`),
			"patch over":         patching("Task", "plain", `[{"op":"add","path":"/code/coding","value":[`+coding("urn:yitong:process", "referral")+`]}]`),
			"conditional update": r.matching(replace("Task", plain), "identifier=mine"),
			"conditional create": r.matching(create("Task", mine), "identifier=x"),
			"conditional patch":  r.matching(patching("Task", "", `[{"op":"remove","path":"/code"}]`), "identifier=mine"),
			"two codings":        create("Task", strings.Replace(mine, `"coding":[`, `"coding":[{"code":"x"},`, 1)),
		} {
			_, err := s.Apply(r.Context(), []gate.Op{op}, nil)
			if fault.CodeOf(err) != fault.Forbidden || !strings.Contains(fmt.Sprint(err), "Task/$refer") {
				r.Errorf("%s: %v", way, err)
			}
			if _, err := s.Behalf("other").Apply(r.Context(), []gate.Op{op}, nil); fault.CodeOf(err) != fault.Forbidden {
				r.Errorf("%s for another process: %v", way, err)
			}
			op.Process = "referral" // which only who acts for a process can say
			r.may(s, fault.Forbidden, op)
		}
		for _, op := range []gate.Op{remove("Task", "mine"), r.matching(remove("Task", ""), "identifier=mine")} {
			r.may(r.whole, fault.Forbidden, op)
		}
		r.may(s, "", update("Task", "plain", plain+`,"language":"zh"`), create("Task", plain))
		r.may(process, "", update("Task", "mine", meta("b")+mine+`,"language":"zh"`))
		other := update("Task", "mine", meta("b")+mine+`,"language":"en"`)
		other.Process = "referral"
		r.may(s.Behalf("other"), "", other)
		r.may(process, "", update("Task", "mine", meta("b")+plain))
		r.may(process, "", update("Task", "mine", meta("b")+mine))
		r.may(s.Behalf(gate.Everything), "", update("Task", "mine", meta("b")+mine+`,"language":"en"`), remove("Task", "plain"))
		r.may(process, "", remove("Task", "mine"))
	}, owned)
}
