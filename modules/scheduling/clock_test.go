package scheduling_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/store"
	"yitong/modules/scheduling"
	"yitong/test/databases"
	"yitong/test/services"
)

// clinicAt is a clinic of the lead that takes place every day, with two places of each half hour.
func (w *world) clinicAt(department, opens string, sessions ...string) string {
	w.Helper()
	var parts strings.Builder
	for _, one := range sessions {
		from, to, _ := strings.Cut(one, "-")
		fmt.Fprintf(&parts, `,{"name":"session","part":[{"name":"from","valueString":%q},{"name":"to","valueString":%q},{"name":"capacity","valueInteger":2},{"name":"onsite","valueInteger":0}`, from, to)
		for _, day := range strings.Fields("mon tue wed thu fri sat sun") {
			fmt.Fprintf(&parts, `,{"name":"day","valueCode":%q}`, day)
		}
		parts.WriteString("]}")
	}
	tree, err := fhir.Parse(fmt.Appendf(nil, `{"resourceType":"Parameters","parameter":[{"name":"department","valueReference":{"reference":"HealthcareService/%s-lead"}},{"name":"from","valueDate":"2026-01-01"},
		{"name":"segment","valueInteger":30},{"name":"ahead","valueInteger":2},{"name":"opens","valueString":%q}%s]}`, department, opens, parts.String()))
	w.must(err)
	out, err := w.call("administrator lead", "open-clinic", "", nil, tree.Root())
	w.must(err)
	return out.(gate.Result).Version.Ref.String()
}

// segmentsOf are the starts and ends of a clinic's segments on a day, by the clocks of its zone.
func (w *world) segmentsOf(clinic, day string) (all []string) {
	w.Helper()
	for hour := range 24 {
		for _, minute := range []string{"00", "30"} {
			name := fmt.Sprintf("Slot/seg-%s-%s%02d%s", strings.TrimPrefix(clinic, "Schedule/"), strings.ReplaceAll(day, "-", ""), hour, minute)
			v, err := w.gate.Session(gate.Actor{Access: gate.Whole()}).Read(w.Context(), ref(name))
			if fault.CodeOf(err) == fault.NotFound {
				continue
			}
			w.must(err)
			r, err := fhir.ParseResource(v.Body.Bytes)
			w.must(err)
			at := func(name string) string {
				t, err := time.Parse(time.RFC3339Nano, r.Root.Get(name).Str())
				w.must(err)
				return t.In(w.desk.Zone).Format("15:04")
			}
			all = append(all, at("start")+"-"+at("end"))
		}
	}
	return all
}

// TestMidnightClinic: a day of a clinic goes from midnight to midnight by the clocks of the region, whatever those of the server or of UTC show: the
// last segment ends with it, the limits of a person are those of its date, it opens and falls back by these clocks, and one cancels until it begins.
func TestMidnightClinic(t *testing.T) {
	each(t, func(w *world) {
		w.at(time.Date(2026, 5, 11, 23, 40, 0, 0, services.Zone)) // Monday in the region, and 15:40 of it by UTC
		night := w.clinicAt("heart", "00:00", "00:00-01:00", "23:00-24:00")
		if got := strings.Join(w.segmentsOf(night, "2026-05-12"), " "); got != "00:00-00:30 00:30-01:00 23:00-23:30 23:30-00:00" {
			t.Errorf("the segments of Tuesday are %s", got)
		}
		_, err := w.make("p0", "book-place", w.slot(night, 0, "2330"))
		w.must(err)
		early, err := w.make("p0", "book-place", w.slot(night, 1, "0000"))
		if err != nil {
			t.Errorf("20 minutes later, and another day: %v", err)
		}
		_, err = w.make("p0", "book-place", w.slot(night, 1, "2330"))
		w.want("the same department on the same date", err, fault.Unprocessable)
		_, err = w.make("p1", "book-place", w.slot(night, 1, "0000")) // of the place for referrals too, which fell back on the evening before
		w.must(err)

		w.at(time.Date(2026, 5, 11, 23, 59, 59, 0, services.Zone))
		_, err = w.make("p2", "book-place", w.slot(night, 3, "0000"))
		w.want("a second before it is two days ahead", err, fault.Unprocessable)
		other, err := w.make("p0", "change-visit", early, "slot", services.Ref(w.slot(night, 1, "0030")))
		w.must(err)
		w.pass(time.Second)
		_, err = w.make("p2", "book-place", w.slot(night, 2, "0000")) // of Thursday, now that it is Tuesday
		w.must(err)
		_, err = w.make("p0", "cancel-visit", other)
		w.want("behind the end of the day before", err, fault.Unprocessable)
		_, err = w.make("guide lead", "arrive-visit", other)
		w.must(err)
	})
}

// TestFarZones: the days of a clinic are those of its region, also where the date of UTC is another one for most of the day, and where clocks are put
// forward: what they do not show has no segment, and what they show has one.
func TestFarZones(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		zone, err := time.LoadLocation("America/New_York")
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t, db)
		w.desk.Zone = zone
		w.ops = map[string]module.Operation{}
		for _, op := range scheduling.Descriptor(w.desk).Operations {
			w.ops[strings.TrimPrefix(op.Definition(), "urn:yitong:operation:")] = op
		}
		w.at(time.Date(2026, 3, 7, 20, 0, 0, 0, zone)) // the evening before, and the 8th by UTC
		clinic := w.clinicAt("heart", "00:00", "01:00-04:00", "23:00-24:00")
		if got := strings.Join(w.segmentsOf(clinic, "2026-03-08"), " "); got != "01:00-01:30 01:30-03:00 03:00-03:30 03:30-04:00 23:00-23:30 23:30-00:00" {
			t.Errorf("the segments of the day on which clocks are put forward are %s", got)
		}
		if got := strings.Join(w.segmentsOf(clinic, "2026-03-09"), " "); got != "01:00-01:30 01:30-02:00 02:00-02:30 02:30-03:00 03:00-03:30 03:30-04:00 23:00-23:30 23:30-00:00" {
			t.Errorf("the segments of the day behind it are %s", got)
		}
	})
}
