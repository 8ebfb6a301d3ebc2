package journeys

import "testing"

// TestAppCaller: a call from its beginning to its end, by keys alone: who calls is found, a visit is booked, changed and cancelled, help is
// asked for in choosing, and nothing of the caller is left on the screen.
func TestAppCaller(t *testing.T) {
	w := newWorld(t, languages[0])
	w.yitong("import", "testdata/booking.ndjson")
	w.team("office", "guide")
	w.walk("web-caller")
}
