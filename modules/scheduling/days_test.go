package scheduling_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/test/services"
)

// TestDaysOfMany: a department of nine doctors who see forty people a quarter of an hour each, every day, is told of for two weeks; and who
// would wait there while one place is free is told of that, on whatever day.
func TestDaysOfMany(t *testing.T) {
	each(t, func(w *world) {
		for i := range 9 {
			w.put(`{"resourceType":"Practitioner","id":"many-%d"}`, i)
			w.put(`{"resourceType":"PractitionerRole","id":"many-%d","practitioner":{"reference":"Practitioner/many-%[1]d"},"organization":{"reference":"Organization/member"}}`, i)
			tree, err := fhir.Parse(fmt.Appendf(nil, `{"resourceType":"Parameters","parameter":[{"name":"department","valueReference":{"reference":"HealthcareService/heart-member"}},
				{"name":"doctor","valueReference":{"reference":"PractitionerRole/many-%d"}},{"name":"from","valueDate":"2026-05-01"},{"name":"segment","valueInteger":15},{"name":"ahead","valueInteger":14},
				{"name":"opens","valueString":"07:00"},{"name":"session","part":[{"name":"from","valueString":"08:00"},{"name":"to","valueString":"18:00"},{"name":"capacity","valueInteger":1},
				{"name":"onsite","valueInteger":0},{"name":"holidays","valueBoolean":true},{"name":"day","valueCode":"mon"},{"name":"day","valueCode":"tue"},{"name":"day","valueCode":"wed"},
				{"name":"day","valueCode":"thu"},{"name":"day","valueCode":"fri"},{"name":"day","valueCode":"sat"},{"name":"day","valueCode":"sun"}]}]}`, i))
			w.must(err)
			_, err = w.call("administrator member", "open-clinic", "", nil, tree.Root())
			w.must(err)
		}
		began := time.Now()
		text, err := w.written("p0", "clinic-days", "department", services.Ref("HealthcareService/heart-member"), "from", day(w, 1), "days", 14)
		w.must(err)
		t.Logf("it took %v", time.Since(began))
		for d := 1; d <= 14; d++ {
			w.has(text, []string{fmt.Sprintf(`{"name":"date","valueDate":"%s"},{"name":"free","valueInteger":360},{"name":"total","valueInteger":360}`, day(w, d))})
		}
		_, err = w.waits("p0", "heart-member", 14)
		w.want("what is free", err, fault.Unprocessable)
		last, ops := string(day(w, 14)), []gate.Op(nil)
		w.all("Slot", func(r fhir.Resource) { // all but the last day
			if text := string(r.Root.Raw()); !strings.Contains(text, `"start":"`+last) {
				stopped, err := fhir.ParseResource([]byte(strings.Replace(text, `"status":"free"`, `"status":"busy-unavailable"`, 1)))
				w.must(err)
				ops = append(ops, gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: stopped})
			}
		})
		for part := range slices.Chunk(ops, 500) {
			_, err := w.gate.Session(gate.Actor{Process: gate.Everything, Access: gate.Whole()}).Apply(w.Context(), part, nil)
			w.must(err)
		}
		if _, err = w.waits("p0", "heart-member", 14); err == nil || !strings.Contains(err.Error(), last+" 08:00") {
			t.Errorf("who would wait while places of the last day are free is told %v", err)
		}
	})
}
