package journeys

import "testing"

// TestAppBooking: an office opens a clinic; a resident books a time, changes and cancels it; who acts for the resident books in large type; a
// clerk books for somebody and checks them in; a doctor gives an extra place; the office stops the clinic, and the resident is told.
func TestAppBooking(t *testing.T) {
	w := newMorning(t, languages[0])
	w.yitong("import", "testdata/booking.ndjson")
	w.team("office", "guide", "doctor")
	w.yitong("import", "testdata/booking-doctor.ndjson")
	w.walk("web-booking")
}
