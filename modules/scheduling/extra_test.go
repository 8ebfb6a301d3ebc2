package scheduling_test

import (
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/test/services"
)

// doctorOf is the post of the doctor of the hospital at a department.
const doctorOf = `{"resourceType":"PractitionerRole","id":"doctor-lead","active":true,"practitioner":{"reference":"Practitioner/doctor-lead"},"organization":{"reference":"Organization/lead"},
	"healthcareService":[{"reference":"HealthcareService/%s-lead"}]}`

// TestExtra: the extra places of a doctor's clinic are for that doctor to give, also on a day on which they stand in for another; those of a
// department's are for its doctors. Who may not give them is not told that there are any.
func TestExtra(t *testing.T) {
	each(t, func(w *world) {
		own, err := w.opens("lead", "heart", 3, 0, 30, `{"name":"doctor","valueReference":{"reference":"PractitionerRole/li-lead"}},`)
		w.must(err)
		shared, err := w.daily("lead", "eye", 3, 0, 30)
		w.must(err)
		offers := func(who, slot string) bool {
			out, err := w.call(who, "find-segments", "", nil, services.Parameters())
			w.must(err)
			text, err := w.ops["find-segments"].Out.Write(out)
			w.must(err)
			_, of, is := strings.Cut(string(text), `"`+slot+`"`)
			if !is {
				t.Fatalf("%s does not find %s", who, slot)
			}
			of, _, _ = strings.Cut(of, `"name":"slot"`)
			return strings.Contains(of, `{"name":"extra","valueInteger":1}`)
		}
		gives := func(what, slot string, may bool) {
			t.Helper()
			if is := offers("doctor lead", slot); is != may {
				t.Errorf("%s: it is offered: %t", what, is)
			}
			visit, err := w.make("doctor lead", "book-place", slot, "reason", "术后复查", "patient", services.Ref("Patient/mother"))
			want := fault.Code("")
			if !may {
				want = fault.Forbidden
			}
			if w.want(what, err, want); err == nil {
				if offers("doctor lead", slot) {
					t.Errorf("%s: it is offered again", what)
				}
				_, err = w.make("guide lead", "cancel-visit", visit)
				w.must(err)
			}
		}
		gives("without a post", w.slot(shared, 2, "0800"), false)
		w.put(doctorOf, "heart")
		gives("of a colleague", w.slot(own, 1, "0800"), false)
		gives("of another department", w.slot(shared, 2, "0800"), false)
		w.put(doctorOf, "eye")
		gives("of the department", w.slot(shared, 2, "0800"), true)
		_, err = w.call("administrator lead", "move-clinic", own, nil, services.Parameters("day", day(w, 1), "doctor", services.Ref("PractitionerRole/doctor-lead"), "reason", "替诊"))
		w.must(err)
		w.pass(3 * time.Second) // for a moment a segment is remembered as it was
		gives("in place of another", w.slot(own, 1, "0800"), true)
		gives("on the other days", w.slot(own, 2, "0830"), false)
		w.put(strings.Replace(doctorOf, `"active":true`, `"active":false`, 1), "eye")
		gives("who has left", w.slot(shared, 3, "0800"), false)
		if offers("guide lead", w.slot(shared, 3, "0800")) {
			t.Error("a guide is told of extra places")
		}
	})
}
