package journeys

import (
	"testing"

	"yitong/internal/account"
	"yitong/internal/gate"
)

// TestAppCaller: a call from its beginning to its end, by keys alone: who calls is found, a visit is booked, changed and cancelled, help is
// asked for in choosing, and nothing of the caller is left on the screen. The region's line books for somebody by a number.
func TestAppCaller(t *testing.T) {
	w := newWorld(t, languages[0])
	w.yitong("import", "testdata/booking.ndjson")
	w.team("office", "guide")
	w.staffed(map[string][]account.Grant{"operator": {{Role: gate.Guide, Institution: "Organization/health-commission"}}}, "operator")
	w.walk("web-caller")
}
