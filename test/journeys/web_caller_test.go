package journeys

import (
	"testing"

	"yitong/internal/account"
	"yitong/internal/gate"
)

// TestAppCaller: a call of a region's line from its beginning to its end, by keys alone: who calls is found, a visit is booked, changed and
// cancelled, help is asked for in choosing, and nothing of the caller is left on the screen.
func TestAppCaller(t *testing.T) {
	w := newWorld(t, languages[0])
	w.yitong("import", "testdata/booking.ndjson")
	w.team("office")
	w.staffed(map[string][]account.Grant{"guide": {{Role: gate.Guide, Institution: "Organization/health-commission"}}}, "guide")
	w.walk("web-caller")
}
