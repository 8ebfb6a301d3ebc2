package alliance_test

import (
	"slices"
	"testing"

	"yitong/test/services"
)

// TestReads: the institution that is asked, and the doctor who is chosen there, read the case: the office as long as it is open there, the doctor as
// long as it waits for them; nobody else of another institution does, and they do not before or after.
func TestReads(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		const office, doctor = "another office", "a doctor elsewhere"
		for state, readers := range map[string][]string{
			"consenting": nil, "sending-review": nil, "receiving-review": {office}, "assigned": {office, doctor}, "scheduled": {office, doctor}, "in-care": {office, doctor}, "returned": nil, "completed": nil,
		} {
			of := w.Brought(state)
			for _, who := range []string{office, doctor} {
				found := w.Tasks(w.As(who), "_id="+of.ID)
				if got, want := slices.Contains(found, of), slices.Contains(readers, who); got != want {
					t.Errorf("%s: %s reads it: %t, want %t", state, who, got, want)
				}
			}
		}
	})
}
