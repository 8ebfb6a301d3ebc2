package scheduling_test

import (
	"fmt"
	"testing"

	"yitong/internal/fault"
	"yitong/test/services"
)

// written is what an operation answers, as it is sent.
func (w *world) written(who, id string, pairs ...any) (string, error) {
	w.Helper()
	out, err := w.call(who, id, "", nil, services.Parameters(pairs...))
	if err != nil {
		return "", err
	}
	text, err := w.ops[id].Out.Write(out)
	w.must(err)
	return string(text), nil
}

// has holds what an answer has, and what it has not.
func (w *world) has(text string, parts []string, not ...string) {
	w.Helper()
	for _, part := range parts {
		if !contains(text, part) {
			w.Errorf("%s is not in %s", part, text)
		}
	}
	for _, part := range not {
		if contains(text, part) {
			w.Errorf("%s is in %s", part, text)
		}
	}
}

// TestVisitsOfCaller: who books for somebody whom they see has the visits of that person that are theirs to look after, and no others.
func TestVisitsOfCaller(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 10, 2, 30)
		w.must(err)
		elsewhere, err := w.daily("clinic", "eye", 10, 2, 30)
		w.must(err)
		online, err := w.make("p0", "book-place", w.slot(clinic, 1, "0800"))
		w.must(err)
		other, err := w.make("p0", "book-place", w.slot(elsewhere, 1, "0800"))
		w.must(err)
		w.put(`{"resourceType":"Patient","id":"p0",%s,%s,"name":[{"text":"居民0"}]}`, services.Custodian("lead"), services.Passport)
		text, err := w.written("guide lead", "list-visits", patient("p0")...)
		w.must(err)
		w.has(text, []string{online}, other)
		_, err = w.written("guide clinic", "list-visits", patient("p0")...)
		w.want("somebody else's person", err, fault.NotFound)
		text, err = w.written("p1", "list-visits", patient("p0")...)
		w.must(err)
		w.has(text, nil, online, other)
		phoned, err := w.make("guide lead", "book-place", w.slot(elsewhere, 2, "0800"), patient("p0")...)
		w.must(err)
		w.has(string(w.visit(phoned).Root.Raw()), []string{`"valueCode":"phone"`})
		text, err = w.written("guide lead", "list-visits", patient("p0")...)
		w.must(err)
		w.has(text, []string{online, phoned}, other)
		_, err = w.make("guide lead", "cancel-visit", other)
		w.want("a visit that is nobody's here", err, fault.NotFound)
		_, err = w.make("guide lead", "cancel-visit", phoned)
		w.must(err)
	})
}

// TestVisits: residents and proxies see the visits of the person alone, the hospital those of its day, and nobody else's.
func TestVisits(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 10, 2, 30)
		w.must(err)
		mine, err := w.make("p0", "book-place", w.slot(clinic, 1, "0800"))
		w.must(err)
		hers, err := w.make("proxy", "hold-place", w.slot(clinic, 1, "0830"))
		w.must(err)
		text, err := w.written("p0", "list-visits")
		w.must(err)
		w.has(text, []string{mine, `"display":"居民0"`, `"valueCode":"booked"`, `"display":"医院lead"`, `"valueDecimal":12.50`, `"deadline","valueInstant":"2026-05-12T00:00:00`}, hers)
		text, err = w.written("proxy", "list-visits")
		w.must(err)
		w.has(text, []string{hers, `"valueCode":"pending"`, `"name":"held"`}, mine)
		text, err = w.written("guide lead", "list-visits", "day", day(w, 1))
		w.must(err)
		w.has(text, []string{mine, `"display":"居民0"`}, hers)
		for who, asked := range map[string][]any{"guide lead": nil, "guide clinic": {"day", day(w, 1)}} {
			text, err = w.written(who, "list-visits", asked...)
			w.must(err)
			w.has(text, nil, mine, hers)
		}
		_, err = w.written("p1", "list-visits", "visit", services.Ref(mine))
		w.want("somebody else's visit", err, fault.NotFound)
		_, err = w.written("regulator region", "list-visits", "visit", services.Ref(mine))
		w.want("a visit of a hospital where one does not work", err, fault.NotFound)
	})
}

// TestDays: each day of a department says what of it can be booked, by whom.
func TestDays(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 5, 2, 30) // 2 public, 1 for referrals, 2 at the window
		w.must(err)
		_, err = w.make("p0", "book-place", w.slot(clinic, 1, "0800"))
		w.must(err)
		_, err = w.call("administrator lead", "stop-clinic", clinic, nil, services.Parameters("from", day(w, 2), "to", day(w, 2), "reason", "医师外出"))
		w.must(err)
		line := func(ahead, free int, stopped string) string {
			return fmt.Sprintf(`{"name":"date","valueDate":"%s"},{"name":"free","valueInteger":%d},{"name":"total","valueInteger":10},{"name":"stopped","valueBoolean":%s}`, day(w, ahead), free, stopped)
		}
		department := services.Ref("HealthcareService/heart-lead")
		text, err := w.written("p1", "clinic-days", "department", department)
		w.must(err)
		w.has(text, []string{`"display":"医院lead"`, line(1, 3, "false"), line(2, 0, "true"), line(3, 4, "false")})
		text, err = w.written("guide lead", "clinic-days", "department", department)
		w.must(err)
		w.has(text, []string{line(1, 7, "false")})
		text, err = w.written("p1", "clinic-days", "department", department, "from", day(w, 8))
		w.must(err)
		w.has(text, []string{line(8, 0, "false"), `"name":"opens"`}, line(7, 4, "false"))
		text, err = w.written("p1", "clinic-days", "department", services.Ref("HealthcareService/eye-lead"))
		w.must(err)
		w.has(text, nil, `"name":"day"`)
	})
}

// TestClinics: who works at a hospital sees how its clinics take place, with how many places of a segment are taken; nobody sees another's.
func TestClinics(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 5, 2, 30)
		w.must(err)
		text, err := w.written("administrator lead", "list-clinics", "clinic", services.Ref(clinic))
		w.must(err)
		w.has(text, []string{clinic, `"name":"segment","valueInteger":30`, `"name":"opens","valueString":"07:00"`, `"name":"day","valueCode":"sun"`, `"name":"onsite","valueInteger":2`})
		_, err = w.written("administrator clinic", "list-clinics", "clinic", services.Ref(clinic))
		w.want("a clinic of another hospital", err, fault.NotFound)
		text, err = w.written("administrator clinic", "list-clinics")
		w.must(err)
		w.has(text, nil, clinic)
		_, err = w.make("p0", "book-place", w.slot(clinic, 1, "0800"))
		w.must(err)
		at := services.Ref("HealthcareService/heart-lead")
		text, err = w.written("administrator lead", "find-segments", "department", at, "from", day(w, 1), "to", day(w, 1))
		w.must(err)
		w.has(text, []string{`"name":"booked","valueInteger":1`, `"name":"booked","valueInteger":0`})
		text, err = w.written("p1", "find-segments", "department", at)
		w.must(err)
		w.has(text, nil, `"name":"booked"`)
	})
}

// TestUnrecorded: who works here and is nobody in the record, but by the account, books too.
func TestUnrecorded(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 5, 2, 30)
		w.must(err)
		visit, err := w.make("account lead", "book-place", w.slot(clinic, 1, "0800"), patient("mother")...)
		w.must(err)
		w.has(string(w.visit(visit).Root.Raw()), []string{`"identifier":{"system":"urn:yitong:account","value":"7"}`})
		_, err = w.make("account lead", "cancel-visit", visit)
		w.must(err)
		w.has(string(w.visit(visit).Root.Raw()), []string{`"identifier":{"system":"urn:yitong:account","value":"7"}`})
	})
}

// TestUse: of each day an office sees how the places of its own hospital were used, by pool and by channel; places that were stopped, and
// visits that were cancelled or missed, are told apart.
func TestUse(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 5, 2, 30) // of each of two segments 2 are public, 1 is for referrals, 2 are for the window
		w.must(err)
		eye, err := w.daily("lead", "eye", 5, 0, 30)
		w.must(err)
		_, err = w.make("p0", "book-place", w.slot(clinic, 1, "0800"))
		w.must(err)
		_, err = w.make("guide lead", "book-place", w.slot(clinic, 1, "0800"), "patient", services.Ref("Patient/mother"))
		w.must(err)
		_, err = w.make("doctor member", "book-place", w.slot(clinic, 1, "0830"), "patient", services.Ref("Patient/p2"))
		w.must(err)
		off, err := w.make("p3", "book-place", w.slot(clinic, 1, "0830"))
		w.must(err)
		_, err = w.make("p3", "cancel-visit", off)
		w.must(err)
		_, err = w.make("p4", "hold-place", w.slot(eye, 1, "0800"))
		w.must(err)
		_, err = w.call("administrator lead", "stop-clinic", eye, nil, services.Parameters("from", day(w, 2), "to", day(w, 2), "reason", "医师外出"))
		w.must(err)

		text, err := w.written("office lead", "use-of-places", "department", services.Ref("HealthcareService/heart-lead"), "from", day(w, 1), "to", day(w, 1))
		w.must(err)
		pool := func(code string, places, taken int) string {
			return fmt.Sprintf(`{"name":"pool","part":[{"name":"code","valueCode":"%s"},{"name":"places","valueInteger":%d},{"name":"taken","valueInteger":%d}]}`, code, places, taken)
		}
		channel := func(code string, visits int) string {
			return fmt.Sprintf(`{"name":"channel","part":[{"name":"code","valueCode":"%s"},{"name":"visits","valueInteger":%d}]}`, code, visits)
		}
		w.has(text, []string{
			pool("public", 4, 1), pool("referral", 2, 1), pool("onsite", 4, 1), channel("online", 1), channel("window", 1), channel("member", 1),
			`{"name":"cancelled","valueInteger":1}`, `{"name":"seen","valueInteger":0}`, `{"name":"stopped","valueInteger":0}`,
		}, string(day(w, 2)))
		text, err = w.written("office lead", "use-of-places", "from", day(w, 1), "to", day(w, 2))
		w.must(err)
		w.has(text, []string{pool("public", 12, 2), channel("online", 2), `{"name":"stopped","valueInteger":10}`})
		for who, code := range map[string]fault.Code{"office member": fault.Forbidden, "regulator region": fault.Forbidden} {
			_, err = w.written(who, "use-of-places", "department", services.Ref("HealthcareService/heart-lead"))
			w.want("the places of another hospital for "+who, err, code)
		}
		_, err = w.written("office lead", "use-of-places", "from", day(w, 1), "to", day(w, 40))
		w.want("too many days", err, fault.Unprocessable)
	})
}

// TestByNumber: at the window and on the telephone somebody is booked by their card whom the hospital does not know; nobody else books by a
// number, and a number of nobody books nothing.
func TestByNumber(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 5, 2, 30)
		w.must(err)
		number := "110105194912310028"
		w.put(`{"resourceType":"Patient","id":"far",%s,"name":[{"text":"远方"}],"identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":%q}]}`, services.Custodian("clinic"), number)
		_, err = w.make("guide lead", "book-place", w.slot(clinic, 1, "0800"), "patient", services.Ref("Patient/far"))
		w.want("who is not known at the hospital", err, fault.NotFound)
		_, err = w.make("guide lead", "book-place", w.slot(clinic, 1, "0800"), "number", "110105194912310999")
		w.want("a number of nobody", err, fault.NotFound)
		_, err = w.make("guide lead", "book-place", w.slot(clinic, 1, "0800"), "number", number, "patient", services.Ref("Patient/mother"))
		w.want("both", err, fault.Malformed)
		for _, who := range []string{"p0", "proxy", "system lead"} {
			_, err = w.make(who, "book-place", w.slot(clinic, 1, "0800"), "number", number)
			w.want("by a number "+who, err, fault.Forbidden)
		}
		visit, err := w.make("guide lead", "book-place", w.slot(clinic, 1, "0800"), "number", number)
		w.must(err)
		if text := string(w.visit(visit).Root.Raw()); !contains(text, `"reference":"Patient/far"`) || contains(text, number) {
			t.Errorf("booked is %s", text)
		}
		text, err := w.written("guide lead", "list-visits", "day", day(w, 1))
		w.must(err)
		w.has(text, []string{visit, `"display":"远方"`, `"valueCode":"window"`})
		w.put(`{"resourceType":"Patient","id":"far",%s,"deceasedBoolean":true,"identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":%q}]}`, services.Custodian("clinic"), number)
		_, err = w.make("guide lead", "book-place", w.slot(clinic, 2, "0800"), "number", number)
		w.want("who has died", err, fault.Unprocessable)
	})
}
