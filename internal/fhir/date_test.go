package fhir

import (
	"regexp"
	"testing"
	"time"

	"yitong/internal/fault"
)

func TestParsePeriod(t *testing.T) {
	t.Parallel()
	east := time.FixedZone("", 8*3600)
	for text, want := range map[string][2]string{
		"2026":                             {"2025-12-31T16:00:00Z", "2026-12-31T16:00:00Z"},
		"2024-02":                          {"2024-01-31T16:00:00Z", "2024-02-29T16:00:00Z"},
		"2024-02-29":                       {"2024-02-28T16:00:00Z", "2024-02-29T16:00:00Z"},
		"2026-11-21T08:30+08:00":           {"2026-11-21T00:30:00Z", "2026-11-21T00:31:00Z"},
		"2026-11-21T08:30:05Z":             {"2026-11-21T08:30:05Z", "2026-11-21T08:30:06Z"},
		"2026-11-21T08:30:05.1Z":           {"2026-11-21T08:30:05.1Z", "2026-11-21T08:30:05.2Z"},
		"2026-11-21T08:30:05.123456Z":      {"2026-11-21T08:30:05.123456Z", "2026-11-21T08:30:05.123457Z"},
		"2026-11-21T08:30:05.1234567Z":     {"2026-11-21T08:30:05.123456Z", "2026-11-21T08:30:05.123457Z"},
		"2026-11-21T08:30:05.999999-05:00": {"2026-11-21T13:30:05.999999Z", "2026-11-21T13:30:06Z"},
		"2023-12-31T23:59:59Z":             {"2023-12-31T23:59:59Z", "2024-01-01T00:00:00Z"},
	} {
		start, end, err := ParsePeriod(text, east)
		if err != nil || start.Format(time.RFC3339Nano) != want[0] || end.Format(time.RFC3339Nano) != want[1] {
			t.Errorf("%s: %v to %v, %v; want %v", text, start, end, err, want)
		}
	}
	for _, text := range []string{
		"", "26", "2026-1", "2026-13", "2026-02-30", "2026-11-21T08", "2026-11-21T08:30", "2026-11-21T08:30:05", "2026-11-21 08:30:05Z",
		"2026-11-21T25:00:00Z", "2026-11-21T08:30:05.Z", "x2026", "2026x", "2026-11-21T08:30:05+0800",
	} {
		if _, _, err := ParsePeriod(text, east); fault.CodeOf(err) != fault.Malformed {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// dateForm is that of date, dateTime and instant in the specification, with the minutes that searches may end at.
var dateForm = regexp.MustCompile(`^([0-9]{4})(-(0[1-9]|1[0-2])(-(0[1-9]|[1-2][0-9]|3[0-1])(T([01][0-9]|2[0-3]):[0-5][0-9](:([0-5][0-9])(\.[0-9]+)?)?(Z|(\+|-)((0[0-9]|1[0-9]|2[0-4]):[0-5][0-9])))?)?)?$`)

// FuzzParsePeriod takes only what has the form of the specification; every period begins before it ends, and a time
// written in full lies in its own.
func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"2026", "2026-11", "2026-11-21", "2026-11-21T08:30Z", "2026-11-21T08:30:05.123+08:00", "2026-11-21T8:30Z", "2026-11-21T08:30:05,5Z", "0000", "9999-12-31", "2026-11-21T08:30:05-24:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		start, end, err := ParsePeriod(text, time.UTC)
		if err != nil {
			if fault.CodeOf(err) != fault.Malformed {
				t.Fatal(err)
			}
			return
		}
		if !dateForm.MatchString(text) {
			t.Fatalf("took %q", text)
		}
		if !start.Before(end) || start.Location() != time.UTC || end.Location() != time.UTC || start.Nanosecond()%1000 != 0 {
			t.Fatalf("%q is from %v to before %v", text, start, end)
		}
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil && (at.Before(start) || !at.Before(end)) {
			t.Fatalf("%q is not in %v to %v", text, start, end)
		}
		if start.Year() < 0 || start.Year() > 9999 { // moved by its offset to where four digits end
			return
		}
		if again, _, err := ParsePeriod(start.Format(InstantLayout), time.UTC); err != nil || !again.Equal(start) {
			t.Fatalf("%v is read as %v, %v", start, again, err)
		}
	})
}
