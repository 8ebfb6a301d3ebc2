package gate

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestPlaces: each resident is noted once, and has the place in which it stands, however many there are.
func TestPlaces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var j journal
		var want []string
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 3*fewMost), 0, 9*fewMost).Draw(t, "residents") {
			name := fmt.Sprint("Patient/", n)
			if !slices.Contains(want, name) {
				want = append(want, name)
			}
			if at := j.place(name); at != slices.Index(want, name) {
				t.Fatalf("%s has the place %d of %q", name, at, want)
			}
		}
		if !slices.Equal(j.of, want) {
			t.Fatalf("noted are %q, want %q", j.of, want)
		}
	})
}
