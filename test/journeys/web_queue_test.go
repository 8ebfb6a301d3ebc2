package journeys

import "testing"

// TestAppQueue: an office opens a room; two residents with visits of today check in, one by the code on the wall, one by a card at the kiosk; a
// doctor calls, skips, recalls, sends to tests and finishes; the phone and the wall follow, and the wall shows nobody's whole name.
func TestAppQueue(t *testing.T) {
	w := newMorning(t, languages[0])
	w.yitong("import", "testdata/referral.ndjson")
	w.team("office", "guide")
	w.staffed(referrers, "hewei")
	w.walk("web-queue")
}
