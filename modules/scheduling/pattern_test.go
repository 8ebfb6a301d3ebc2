package scheduling_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/modules/scheduling"
	"yitong/test/services"
)

// pattern changes how a clinic of a hospital takes place, or opens one: every day, in 20 minutes from one time to another.
func (w *world) pattern(at, department, clinic, from, to, more string) (string, error) {
	w.Helper()
	tree, err := fhir.Parse(fmt.Appendf(nil, `{"resourceType":"Parameters","parameter":[{"name":"department","valueReference":{"reference":"HealthcareService/%s-%s"}},{"name":"from","valueDate":"2026-05-01"},
		{"name":"segment","valueInteger":20},{"name":"ahead","valueInteger":7},{"name":"opens","valueString":"07:00"},%s
		{"name":"session","part":[{"name":"from","valueString":"%s"},{"name":"to","valueString":"%s"},{"name":"capacity","valueInteger":5},{"name":"onsite","valueInteger":0},{"name":"day","valueCode":"mon"},
		{"name":"day","valueCode":"tue"},{"name":"day","valueCode":"wed"},{"name":"day","valueCode":"thu"},{"name":"day","valueCode":"fri"},{"name":"day","valueCode":"sat"},{"name":"day","valueCode":"sun"}]}]}`,
		department, at, more, from, to))
	w.must(err)
	_, err = w.call("administrator "+at, "open-clinic", clinic, nil, tree.Root())
	return clinic, err
}

const doctorLi = `{"name":"doctor","valueReference":{"reference":"PractitionerRole/li-lead"}},`

// TestPatternChanges: what is published of a day stays as it is, whatever becomes of the pattern; the next day goes by the new one.
func TestPatternChanges(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 5, 0, 30)
		w.must(err)
		_, err = w.pattern("lead", "heart", clinic, "08:10", "09:10", "")
		w.must(err)
		w.publish()
		_, err = w.make("p0", "book-place", w.slot(clinic, 3, "0800"))
		w.must(err)
		_, err = w.make("p1", "book-place", w.slot(clinic, 3, "0810"))
		w.want("a segment beside another one of the clinic", err, fault.NotFound)
		w.pass(48 * time.Hour)
		w.publish()
		_, err = w.make("p2", "book-place", w.slot(clinic, 7, "0810"))
		w.must(err)
		_, err = w.make("p3", "book-place", w.slot(clinic, 7, "0800"))
		w.want("a segment of the old pattern", err, fault.NotFound)
	})
}

// TestDoctorAtOneClinic: a doctor is at one clinic at a time, whichever of their posts it is of. Who opens another then is told which; what
// cannot be seen from the patterns is left out when it is published, or refused when a day is moved.
func TestDoctorAtOneClinic(t *testing.T) {
	each(t, func(w *world) {
		w.put(`{"resourceType":"PractitionerRole","id":"li-member","practitioner":{"reference":"Practitioner/li"},"organization":{"reference":"Organization/member"}}`)
		clinic, err := w.opens("lead", "heart", 2, 0, 30, doctorLi)
		w.must(err)
		_, err = w.pattern("lead", "eye", "", "08:40", "09:20", doctorLi)
		w.want("at another department", err, fault.Unprocessable)
		if err == nil || !strings.Contains(err.Error(), "heart科") || !strings.Contains(err.Error(), "周一 08:00–09:00") {
			t.Errorf("it does not say where and when: %v", err)
		}
		_, err = w.pattern("member", "eye", "", "08:40", "09:20", strings.Replace(doctorLi, "lead", "member", 1))
		w.want("at another hospital", err, fault.Unprocessable)
		_, err = w.pattern("lead", "heart", clinic, "08:10", "09:10", doctorLi)
		w.must(err) // it is no other clinic
		_, err = w.pattern("lead", "eye", "", "09:10", "10:10", doctorLi)
		w.must(err)

		all, err := w.daily("lead", "skin", 2, 0, 30)
		w.must(err)
		_, err = w.call("administrator lead", "move-clinic", all, nil, services.Parameters("day", day(w, 2), "doctor", services.Ref("PractitionerRole/li-lead"), "reason", "x"))
		w.want("in the place of another doctor", err, fault.Unprocessable)
		w.stop(clinic, 2)
		_, err = w.call("administrator lead", "move-clinic", all, nil, services.Parameters("day", day(w, 2), "doctor", services.Ref("PractitionerRole/li-lead"), "reason", "x"))
		w.must(err)
	})
}

// TestDoctorIsElsewhere: where a doctor stands in for another, a segment of their own that would be at that time is left out, and counted.
func TestDoctorIsElsewhere(t *testing.T) {
	each(t, func(w *world) {
		skin, err := w.daily("lead", "skin", 2, 0, 30)
		w.must(err)
		_, err = w.call("administrator lead", "move-clinic", skin, nil, services.Parameters("day", day(w, 8), "doctor", services.Ref("PractitionerRole/li-lead"), "reason", "x"))
		w.must(err)
		clinic, err := w.opens("lead", "heart", 2, 0, 30, doctorLi)
		w.must(err)
		_, err = w.make("p0", "book-place", w.slot(clinic, 8, "0800"))
		w.want("where the doctor is elsewhere", err, fault.NotFound)
		n, left, err := w.desk.Publish(w.Context(), w.gate.Session(scheduling.Platform))
		if n != 0 || left != 2 || err != nil {
			t.Errorf("%d were published and %d left out: %v", n, left, err)
		}
		_, err = w.make("p0", "book-place", w.slot(clinic, 7, "0800"))
		w.must(err)
	})
}

// TestMakeupDays: on a weekend day on which people work by the State Council's notice (2026-09-20, a Sunday, for the days off from September 25 on) a
// clinic of working days takes place as on the day of the week that its pattern names, and not where it names none.
func TestMakeupDays(t *testing.T) {
	each(t, func(w *world) {
		w.at(time.Date(2026, 9, 14, 9, 0, 0, 0, services.Zone)) // a Monday
		opens := func(department, more string) (clinic string) {
			tree, err := fhir.Parse(fmt.Appendf(nil, `{"resourceType":"Parameters","parameter":[{"name":"department","valueReference":{"reference":"HealthcareService/%s-lead"}},{"name":"from","valueDate":"2026-05-01"},
			{"name":"segment","valueInteger":30},{"name":"ahead","valueInteger":7},{"name":"opens","valueString":"07:00"},%s
			{"name":"session","part":[{"name":"from","valueString":"08:00"},{"name":"to","valueString":"09:00"},{"name":"capacity","valueInteger":5},{"name":"onsite","valueInteger":0},{"name":"day","valueCode":"mon"},{"name":"day","valueCode":"tue"}]},
			{"name":"session","part":[{"name":"from","valueString":"10:00"},{"name":"to","valueString":"11:00"},{"name":"capacity","valueInteger":5},{"name":"onsite","valueInteger":0},{"name":"day","valueCode":"fri"},{"name":"day","valueCode":"sun"}]}]}`, department, more))
			w.must(err)
			out, err := w.call("administrator lead", "open-clinic", "", nil, tree.Root())
			w.must(err)
			return out.(gate.Result).Version.Ref.String()
		}
		as, none := opens("heart", `{"name":"makeup","valueCode":"tue"},`), opens("eye", "")
		const sunday = 6
		for _, one := range []struct {
			clinic, at string
			want       fault.Code
		}{{as, "0800", ""}, {as, "1000", fault.NotFound}, {none, "0800", fault.NotFound}, {none, "1000", ""}} {
			_, err := w.make("p0", "book-place", w.slot(one.clinic, sunday, one.at))
			w.want(one.clinic+" at "+one.at, err, one.want)
		}
		_, err := w.make("p1", "book-place", w.slot(as, 5, "0800"))
		w.want("on the Saturday before, which is none", err, fault.NotFound)
		text, err := w.written("administrator lead", "list-clinics", "clinic", services.Ref(as))
		w.must(err)
		w.has(text, []string{`"name":"makeup","valueCode":"tue"`})
	})
}
