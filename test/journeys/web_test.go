package journeys

import "testing"

// TestApp: a doctor comes into the browser app, acts as one of two posts, changes language and type.
func TestApp(t *testing.T) {
	w := newWorld(t, languages[0])
	w.staff("chen", "--called", "陈敏", "--person", "Practitioner/chen")
	w.walk("web")
}

// TestAppCases: in the browser app a resident asks for a correction, the office refuses it by keys alone, the resident appeals, the
// regulator upholds the refusal.
func TestAppCases(t *testing.T) {
	w := newWorld(t, languages[0])
	w.staff("zhou", "--called", "周芸", "--role", "office", "--institution", "Organization/county-hospital")
	w.staff("gao", "--called", "高磊", "--role", "regulator", "--institution", "Organization/health-commission")
	w.walk("web-cases")
}

// TestAppQuestion: in the browser app a resident asks why a doctor has looked and disputes the office's answer, the regulator closes it;
// who acts for the resident sees nothing of that. All are told at once.
func TestAppQuestion(t *testing.T) {
	w := newWorld(t, languages[0])
	w.team("doctor", "office", "regulator")
	w.walk("web-question")
}

// TestAppOffline: nothing that is typed in the browser app is lost with the connection, an answer, the session, or a move that somebody
// else was quicker with.
func TestAppOffline(t *testing.T) {
	w := newWorld(t, languages[1])
	w.team("office", "offices")
	w.walk("web-offline")
}

// TestAppKeyboard: a doctor does a whole piece of work in the browser app by keys alone.
func TestAppKeyboard(t *testing.T) {
	w := newWorld(t, languages[0])
	w.team("chen", "office")
	w.walk("web-keyboard")
}

// TestAppReferralDown: a hospital's doctor, whom the resident lets see her record, refers her down with a plan, which the clinic's doctor
// follows to its end, in large type.
func TestAppReferralDown(t *testing.T) {
	w := referral(t)
	w.yitong("import", "testdata/referral-down.ndjson")
	w.walk("web-referral-down")
}

// TestAppReferralVisit: an office takes a patient over and books the visit in one step, out of the places for referrals; she cancels it, the
// doctor finds another time, and her own doctor withdraws, with which the visit goes, and books from her chart.
func TestAppReferralVisit(t *testing.T) { referral(t).walk("web-referral-visit") }

func referral(t *testing.T) *world {
	w := newWorld(t, languages[0])
	w.yitong("import", "testdata/referral.ndjson")
	w.staffed(referrers)
	return w
}
