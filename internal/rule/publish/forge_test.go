package publish_test

import (
	"fmt"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/rule"
	"yitong/internal/rule/publish"
)

// forged are resources that would stand where a version is to stand: under its id, its url, as one of its kind, in its place.
func forged() (all []string) {
	table := answerWithin.Table().Name
	place := fmt.Sprintf(`"extension":[{"url":%q,"extension":[{"url":"scope","valueString":"%s%s"},{"url":"place","valueString":"1"}]}]`, gate.ReservationURL, publish.URL, table)
	library := `{"resourceType":"Library","status":"active","type":{"text":"x"}`
	all = append(all, library+fmt.Sprintf(`,"id":%q}`, publish.ID(table, "2026-03")), library+fmt.Sprintf(`,"id":%q}`, publish.ID("table.to-come", "2026-03.2")),
		library+fmt.Sprintf(`,"id":"a","url":"%s%s","version":"2026-03"}`, publish.URL, table),
		`{"resourceType":"Library","id":"a","status":"active","type":{"coding":[{"system":"x","code":"y"},{"system":"urn:yitong:process","code":"rules"}]}}`,
		library+`,"id":"a",`+place+`}`)
	for _, body := range []string{
		`"resourceType":"Basic","code":{"text":"x"}`, `"resourceType":"Task","status":"requested","intent":"order"`, `"resourceType":"Patient"`,
		`"resourceType":"Communication","status":"completed"`, `"resourceType":"Organization","name":"x"`, `"resourceType":"Questionnaire","status":"active"`,
		`"resourceType":"Appointment","status":"proposed","participant":[{"status":"accepted","actor":{"display":"x"}}]`,
	} {
		all = append(all, "{"+body+`,"id":"a",`+place+"}")
	}
	return all
}

// TestNobodyIsThereFirst: no role takes a version's id, url, kind or place, whatever the policy lets it write: neither by making a resource,
// nor by changing or patching one of its own. So drafting and publishing cannot be blocked, nor a version be forged.
func TestNobodyIsThereFirst(t *testing.T) {
	each(t, func(w *world) {
		for _, role := range append(gate.Roles(), "") {
			whole := w.gate.Session(gate.Actor{Reference: "Practitioner/a", Role: role, Access: gate.Whole()})
			for _, text := range forged() {
				r := parsed(w, text)
				for _, s := range []*gate.Session{whole, w.as("a", role)} {
					for _, op := range []gate.Op{{Kind: gate.Create, Type: r.Type, Resource: parsed(w, text)}, {Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}} {
						if op.Kind == gate.Create && r.ID != "a" {
							continue // its id would be another
						}
						_, err := s.Apply(w.Context(), []gate.Op{op}, nil)
						if fault.CodeOf(err) != fault.Forbidden {
							w.Errorf("%s writes %s: %v", role, text, err)
						}
					}
				}
			}
		}
		for _, other := range []string{"", publish.Process + "-not"} { // changed from what is one's own
			s := w.gate.Session(gate.Actor{Reference: "Practitioner/a", Process: other, Access: gate.Whole()})
			own := parsed(w, `{"resourceType":"Library","id":"own","status":"active","type":{"text":"x"}}`)
			if _, err := s.Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: own.Type, ID: own.ID, Resource: own}}, nil); err != nil {
				w.Fatal(err)
			}
			for _, patch := range []string{
				fmt.Sprintf(`[{"op":"add","path":"/url","value":"%s%s"}]`, publish.URL, answerWithin.Table().Name),
				`[{"op":"replace","path":"/type","value":{"coding":[{"system":"urn:yitong:process","code":"rules"}]}}]`,
			} {
				p, err := fhir.ParsePatch([]byte(patch))
				if err != nil {
					w.Fatal(err)
				}
				_, err = s.Apply(w.Context(), []gate.Op{{Kind: gate.Patch, Type: own.Type, ID: own.ID, Patch: p}}, nil)
				w.refused(err, fault.Forbidden, "belongs to the process rules")
			}
		}
		if one := w.publish(w.draft(proposal("", "2026-04-01", ",,,10,国某文")).ID); one.Name != "2026-03" {
			w.Errorf("somebody has the name of %s", one)
		}
	})
}

func parsed(w *world, text string) fhir.Resource {
	w.Helper()
	r, err := fhir.ParseResource([]byte(text))
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// TestCalendarAsksForJobs: a published calendar asks for what was counted before to be counted anew, at once and when the slowest server
// has followed; a draft and other tables ask for nothing.
func TestCalendarAsksForJobs(t *testing.T) {
	each(t, func(w *world) {
		w.publish(w.draft(proposal("", "2026-04-01", ",,,10,国某文")).ID)
		lines, err := rule.WorkdayTable.Table().ReadCSV("region,from,to,value,source\n,2027-01-01,2027-01-04,no,某通知\n")
		if err != nil {
			w.Fatal(err)
		}
		one := w.draft(publish.Proposal{Version: rule.Version{Table: "workday", From: "2026-12-01", Lines: lines}})
		if n, _ := w.outbox(); n != 0 {
			w.Errorf("%d jobs before it is published", n)
		}
		w.publish(one.ID)
		if n, first := w.outbox(); n != 2 || first.After(noon("2026-03-01")) {
			w.Errorf("%d jobs, the first due %s", n, first)
		}
		if _, err := w.desk.Publish(w.Context(), w.regulator(), one.ID); fault.CodeOf(err) != fault.Conflict {
			w.Error(err)
		}
		if n, _ := w.outbox(); n != 2 {
			w.Errorf("%d jobs, though it was not published again", n)
		}
	})
}

// outbox is how many jobs wait, and when the first is due.
func (w *world) outbox() (n int64, first time.Time) {
	w.Helper()
	n, first, err := w.db.Outbox(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return n, first
}
