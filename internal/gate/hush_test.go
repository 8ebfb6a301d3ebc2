package gate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// visits are Encounters at b of pb that say something of Conditions: e of an HIV infection and of a cold, each other one of one thing.
func visits(r region) {
	condition := func(at, code string) string {
		return meta(at) + `,"subject":{"reference":"Patient/pb"},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"` + code + `"}]}`
	}
	r.put(update("Condition", "hiv", condition("b", "B24")), update("Condition", "cold", condition("b", "J00")), update("Condition", "gone", condition("b", "J00")), update("Condition", "theirs", condition("a", "J00")),
		update("Condition", "mine", condition("b", "J00")))
	r.put(visit("e", "hiv", "cold"), visit("hiv", "hiv"), visit("cold", "cold"), visit("gone", "gone"), visit("theirs", "theirs"), visit("mine", "mine"))
	bare := gate.New(r.db, gate.Config{}) // that keeps no references whole
	if _, err := bare.Session(gate.Actor{Reference: "Device/x", Access: gate.Whole()}).Apply(r.Context(), []gate.Op{remove("Condition", "gone"), visit("never", "never")}, nil); err != nil {
		r.Fatal(err)
	}
	r.may(r.resident(gate.Resident, "pb"), "", update("Consent", "w", privacy("pb", withholds("Condition/mine"))))
}

func visit(id string, conditions ...string) gate.Op {
	return update("Encounter", id, meta("b")+visiting(conditions...))
}

// visiting is the members of an Encounter that says of each Condition "of" and its id.
func visiting(conditions ...string) string {
	var list []string
	for _, c := range conditions {
		list = append(list, fmt.Sprintf(`{"condition":{"reference":"Condition/%s","display":"of %s","identifier":{"value":"i"}}}`, c, c))
	}
	return `,"status":"finished","class":{"code":"AMB","display":"ambulatory"},"subject":{"reference":"Patient/pb","display":"李四"},"serviceProvider":{"reference":"Organization/b","display":"乙院"},` +
		`"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">of ` + strings.Join(conditions, " of ") + `</div>"},"diagnosis":[` + strings.Join(list, ",") + `]`
}

// TestDisplaysOfHidden: what references say of what is not seen is left out, by every way that shows the resource.
func TestDisplaysOfHidden(t *testing.T) {
	eachRegion(t, func(r region) {
		visits(r)
		b := r.staff(gate.Doctor, "b")
		rest := []string{"李四", "乙院", "ambulatory", `"identifier":{"value":"i"}`}
		r.shows(b, "Encounter/e", append(rest, `"reference":"Condition/hiv"`, `"display":"of cold"`), "of hiv", "<div", "REDACTED")
		r.shows(b, "Encounter/cold", append(rest, `"display":"of cold"`, "<div"))
		for _, id := range []string{"hiv", "gone", "theirs", "never", "mine"} {
			r.shows(b, "Encounter/"+id, append(rest, `"reference":"Condition/`+id+`"`), "of "+id)
		}
		pb := r.resident(gate.Resident, "pb")
		for id, says := range map[string]string{"e": "of hiv", "cold": "of cold", "theirs": "of theirs", "mine": "of mine"} {
			r.shows(pb, "Encounter/"+id, append(rest, says, "<div"))
		}
		r.shows(r.staff(gate.System, "b"), "Encounter/e", append(rest, "of hiv", "<div"))
		r.shows(r.whole, "Encounter/e", append(rest, "of hiv", "<div"))
		r.shows(r.by("b", gate.Rule{May: gate.MayLook}), "Encounter/hiv", append(rest, "of hiv", "<div"))
		found, err := r.search(b, "Patient?_id=pb&_revinclude=Encounter:patient", "")
		if err != nil || len(found.Included) != 7 {
			r.Fatal(found, err)
		}
		for _, v := range found.Included {
			if text := string(v.Body.Bytes); strings.Contains(text, "of hiv") || strings.Contains(text, "of cold") != (v.Ref.ID == "e" || v.Ref.ID == "cold") {
				r.Errorf("%s is included as %s", v.Ref, text)
			}
		}
	})
}

// TestDisplaysByPermits: where a permit opens what a reference leads to, its display is shown, if the request names the resident: a
// search in its words, a read by whom the resource is about.
func TestDisplaysByPermits(t *testing.T) {
	eachRegion(t, func(r region) {
		visits(r)
		b := r.staff(gate.Doctor, "b")
		says := func(query string) bool {
			found, err := r.search(b, query, "")
			if err != nil || len(found.Matches) != 1 {
				r.Fatal(query, found, err)
			}
			return strings.Contains(string(found.Matches[0].Body.Bytes), "of theirs")
		}
		r.may(r.resident(gate.Resident, "pb"), "", update("Consent", "k", privacy("pb", opens("Organization/b"))))
		if v, err := b.Read(r.Context(), ref("Encounter", "theirs")); err != nil || !strings.Contains(string(v.Body.Bytes), "of theirs") {
			r.Errorf("read: %s, %v", v.Body.Bytes, err)
		}
		if !says("Encounter?_id=theirs&patient=pb") || says("Encounter?_id=theirs") {
			r.Error("searches do not go by whom they name")
		}
		if v, err := b.Read(r.Context(), ref("Encounter", "hiv")); err != nil || strings.Contains(string(v.Body.Bytes), "of hiv") {
			r.Errorf("a permit that names no class: %s, %v", v.Body.Bytes, err)
		}
	})
}

// TestDisplaysTakeAsLong: whether what a reference says something of is seen, hidden, gone or never was, the same is asked of the database.
func TestDisplaysTakeAsLong(t *testing.T) {
	eachRegion(t, func(r region) {
		visits(r)
		b := r.staff(gate.Doctor, "b")
		for way, do := range map[string]func(id string) error{
			"read":  func(id string) error { _, err := b.Read(r.Context(), ref("Encounter", id)); return err },
			"vread": func(id string) error { _, err := b.VRead(r.Context(), ref("Encounter", id), 1); return err },
			"history": func(id string) error {
				_, err := b.History(r.Context(), gate.History{Type: typeOf("Encounter"), ID: id, Count: 10})
				return err
			},
			"search": func(id string) error { _, err := r.search(b, "Encounter?_id="+id, ""); return err },
			"named":  func(id string) error { _, err := r.search(b, "Encounter?patient=pb&_id="+id, ""); return err },
			"include": func(id string) error {
				_, err := r.search(b, "Encounter?_include=Encounter:diagnosis&_id="+id, "")
				return err
			},
			"bundle": func(id string) error {
				_, err := b.Apply(r.Context(), []gate.Op{{Kind: gate.Read, Type: typeOf("Encounter"), ID: id}}, nil)
				return err
			},
		} {
			calls := map[string]int64{}
			for _, id := range []string{"cold", "hiv", "gone", "never", "theirs", "mine"} {
				before := r.calls.Load()
				if err := do(id); err != nil {
					r.Fatalf("%s of %s: %v", way, id, err)
				}
				if calls[id] = r.calls.Load() - before; calls[id] != calls["cold"] {
					r.Errorf("%s of one that says something of Condition/%s takes %d calls, of a cold %d", way, id, calls[id], calls["cold"])
				}
			}
		}
	})
}

// TestSearchesByDisplays of what may be hidden are refused, also as the scope of a program and in conditions.
func TestSearchesByDisplays(t *testing.T) {
	eachRegion(t, func(r region) {
		visits(r)
		b := r.staff(gate.Doctor, "b")
		for _, query := range []string{"Encounter?diagnosis:text=of", "Encounter?diagnosis:text=hiv,x", "Condition?_has:Encounter:diagnosis:diagnosis:text=of", "Observation?encounter:Encounter.diagnosis:text=of", "Encounter?diagnosis:text=of&_summary=count"} {
			r.refuses(b, query, fault.Forbidden)
		}
		r.may(b, fault.Forbidden, r.matching(create("Encounter", visiting("cold")), "diagnosis:text=of"))
		r.finds(r.whole, "Encounter?diagnosis:text=of hiv", "Encounter/e", "Encounter/hiv")
		layers := gate.NewAccess([]gate.Rule{{Type: typeOf("Encounter"), May: gate.MayLook}}, []gate.Rule{{Type: typeOf("Encounter"), May: gate.MayLook, Query: "diagnosis:text=of hiv"}})
		if got, err := r.found(r.gate.Session(gate.Actor{Reference: "Practitioner/b", Client: "app", Access: layers}), "Encounter"); len(got) > 0 {
			r.Errorf("a program with a scope by a display finds %q, %v", got, err)
		}
	})
}

// TestDisplaysAreNotLost: who replaces or patches a resource without having been shown a display loses none, and learns none.
func TestDisplaysAreNotLost(t *testing.T) {
	eachRegion(t, func(r region) {
		visits(r)
		b := r.staff(gate.Doctor, "b")
		stands := func(want bool, say string) {
			r.Helper()
			if text := string(r.read("Encounter/e").Body.Bytes); strings.Contains(text, say) != want {
				r.Errorf("in the record stands %s", text)
			}
		}
		try := func(want fault.Code, op gate.Op) {
			r.Helper()
			results, err := b.Apply(r.Context(), []gate.Op{op}, nil)
			if fault.CodeOf(err) != want {
				r.Errorf("got %v, want %q", err, want)
			}
			if err == nil && strings.Contains(string(results[0].Version.Body.Bytes), `"of hiv"`) {
				r.Errorf("the writer is told %s", results[0].Version.Body.Bytes)
			}
		}
		seen, err := b.Read(r.Context(), ref("Encounter", "e"))
		if err != nil {
			r.Fatal(err)
		}
		again, err := fhir.ParseResource(seen.Resource())
		if err != nil {
			r.Fatal(err)
		}
		try("", gate.Op{Kind: gate.Update, Type: again.Type, ID: "e", Resource: again})
		stands(true, `"display":"of hiv"`)
		stands(true, `"display":"of cold"`)
		stands(false, "<div") // what it says may not be true of the new version
		r.put(visit("e", "hiv", "cold"))
		try("", patching("Encounter", "e", `[{"op":"replace","path":"/status","value":"cancelled"}]`))
		stands(true, `"display":"of hiv"`)
		stands(true, "<div")
		stands(true, "cancelled")
		try("", patching("Encounter", "e", `[{"op":"add","path":"/diagnosis/0/rank","value":1},{"op":"test","path":"/diagnosis/1/condition/display","value":"of cold"}]`))
		for _, value := range []string{"of hiv", "else"} {
			_, err := b.Apply(r.Context(), []gate.Op{patching("Encounter", "e", `[{"op":"test","path":"/diagnosis/0/condition/display","value":"`+value+`"}]`)}, nil)
			if got := strings.ReplaceAll(fmt.Sprint(err), value, "X"); err == nil || strings.Contains(got, "of hiv") {
				r.Errorf("a test for %q comes to %v", value, err)
			}
		}
		_, err = b.Apply(r.Context(), []gate.Op{patching("Encounter", "e", `[{"op":"copy","from":"/diagnosis/0/condition/display","path":"/class/display"}]`)}, nil)
		if err == nil {
			r.Error("what is hidden is copied to where it is seen")
		}
		_, err = b.Apply(r.Context(), []gate.Op{patching("Encounter", "e", `[{"op":"copy","from":"/text","path":"/contained","value":[]}]`)}, nil)
		if err == nil {
			r.Error("the narrative is copied")
		}
		try("", patching("Encounter", "e", `[{"op":"add","path":"/diagnosis/0/condition/display","value":"mine"}]`))
		stands(true, `"display":"mine"`)
		try("", update("Encounter", "e", visiting("cold")))
		stands(false, "hiv")
		once := &gate.Idempotency{Key: "k", Digest: []byte("d"), Keep: time.Hour}
		r.put(visit("e", "hiv", "cold"))
		for range 2 {
			results, err := b.Apply(r.Context(), []gate.Op{{Kind: gate.Update, Type: again.Type, ID: "e", Resource: again}}, once)
			if err != nil || strings.Contains(string(results[0].Version.Body.Bytes), "of hiv") {
				r.Errorf("answered %s, %v", results[0].Version.Body.Bytes, err)
			}
		}
		stands(true, `"display":"of hiv"`)
	})
}
