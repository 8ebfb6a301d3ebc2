package trail

import (
	"maps"
	"slices"
	"testing"
	"time"

	"yitong/internal/fault"
)

// TestWrites: the lines of versions are found by who has made them and about when, bound or not; those of other resources and of reads
// are not taken for them.
func TestWrites(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)
	m := &shelf{}
	line := func(after time.Duration, who string, wrote ...string) {
		m.add(Record{ID: idAt(at.Add(after), len(m.loose)), At: at.Add(after), Do: "update", Outcome: Done, Who: who, As: "doctor", Wrote: wrote, Saw: []string{"Observation/1/1"}})
	}
	line(0, "Practitioner/1", "C Observation/1/1 0,1", "C Observation/12/1")
	m.bind(at, 0)
	line(time.Hour, "Practitioner/2", "U Observation/12/2")
	line(time.Hour+time.Second, "Practitioner/2", "U Observation/1/2")
	m.bind(at.Add(time.Hour+2*time.Second), 0, 1)
	line(2*time.Hour, "Practitioner/1", "U Observation/1/3") // by a clock that is a minute and a half ahead
	m.bind(at.Add(2*time.Hour), 0)
	line(3*time.Hour, "Practitioner/1", "U Observation/1/4")
	m.bind(at.Add(3*time.Hour), 0)
	m.batches[3].Body = nil // which was erased
	line(4*time.Hour, "Practitioner/1", "D Observation/1/5")
	f := Finder{DB: m, Hasher: hasher}
	versions := []Written{
		{5, "Practitioner/1", at.Add(4 * time.Hour)}, {4, "Practitioner/1", at.Add(3 * time.Hour)}, {3, "Practitioner/1", at.Add(2*time.Hour - 90*time.Second)},
		{2, "Practitioner/2", at.Add(time.Hour)}, {1, "Practitioner/1", at},
	}
	got, err := f.Writes(t.Context(), "Observation/1", versions)
	if numbers := slices.Sorted(maps.Keys(got)); err != nil || !slices.Equal(numbers, []int64{1, 2, 3, 5}) {
		t.Fatal(numbers, err)
	}
	for number, who := range map[int64]string{1: "Practitioner/1", 2: "Practitioner/2", 3: "Practitioner/1", 5: "Practitioner/1"} {
		if r := got[number]; r.Who != who || r.As != "doctor" {
			t.Errorf("version %d: %+v", number, r)
		}
	}
	for name, other := range map[string][]Written{
		"of somebody else":         {{2, "Practitioner/1", at.Add(time.Hour)}},
		"of another time":          {{2, "Practitioner/2", at.Add(2 * time.Hour)}},
		"that nobody has asked of": {{7, "Practitioner/2", at.Add(time.Hour)}},
		"none":                     nil,
	} {
		if got, err := f.Writes(t.Context(), "Observation/1", other); err != nil || len(got) != 0 {
			t.Errorf("a version %s: %v, %v", name, got, err)
		}
	}
	if got, err := f.Writes(t.Context(), "Observation/1", []Written{{2, "", at.Add(time.Hour)}}); err != nil || got[2].Who != "Practitioner/2" {
		t.Errorf("by whoever it was: %v, %v", got, err)
	}
}

// TestWritesOpensFew: of a resource with many versions in a long trail only what was bound about their times is opened, and too much of
// that is refused.
func TestWritesOpensFew(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)
	m := &shelf{}
	var versions []Written
	for i := range 600 {
		now := at.Add(time.Duration(i) * 30 * time.Second)
		wrote := "U Observation/9/1"
		if i%10 == 0 {
			n := int64(i/10 + 1)
			versions = append(versions, Written{n, "Practitioner/1", now})
			wrote = "U Observation/1/" + string(rune('0'+n/10)) + string(rune('0'+n%10))
		}
		m.add(Record{ID: idAt(now, i), At: now, Do: "update", Outcome: Done, Who: "Practitioner/1", Wrote: []string{wrote}})
		m.bind(now, 0)
	}
	f := Finder{DB: m, Hasher: hasher}
	if got, err := f.Writes(t.Context(), "Observation/1", versions); err != nil || len(got) != 60 || m.opened > 60 {
		t.Errorf("%d of 60 found, %d batches opened, %v", len(got), m.opened, err)
	}
	f.opens = 10
	if _, err := f.Writes(t.Context(), "Observation/1", versions); fault.CodeOf(err) != fault.Unprocessable {
		t.Error(err)
	}
}
