package journeys

import "testing"

// TestApp: a doctor comes into the browser app, acts as one of two posts, changes language and type.
func TestApp(t *testing.T) {
	inEach(t, func(w *world) {
		w.staff("chen", "--called", "陈敏", "--person", "Practitioner/chen")
		w.walk("web")
	})
}

// TestAppCases: in the browser app a resident asks for a correction, the office refuses it by keys alone, the resident appeals, the
// regulator upholds the refusal.
func TestAppCases(t *testing.T) {
	inEach(t, func(w *world) {
		w.staff("zhou", "--called", "周芸", "--role", "office", "--institution", "Organization/county-hospital")
		w.staff("gao", "--called", "高磊", "--role", "regulator", "--institution", "Organization/health-commission")
		w.walk("web-cases")
	})
}
