package journeys

import "testing"

// TestRecord: the record is found and read in the app by a doctor, and by the resident whom it is about, who sees that the doctor has.
func TestRecord(t *testing.T) {
	w := newWorld(t, languages[1])
	w.yitong("import", "testdata/chart.ndjson")
	w.staff("chen", "--called", "陈敏", "--person", "Practitioner/chen")
	w.walk("web-record")
}
