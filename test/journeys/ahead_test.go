package journeys

import "testing"

// Tests begin in the order of their files: the journeys that take longest go ahead, so that none of them is left alone at the end.

// TestAppRoles: in each role somebody does in the browser app what waits for them, and goes through all places of their menu.
func TestAppRoles(t *testing.T) {
	w := newWorld(t, languages[0])
	w.team()
	w.walk("web-roles")
}

// TestAppReferralUp: a clinic's doctor refers a resident up, the hospital rejects it, then forwards it, a third hospital's doctor takes her
// over and answers; she withdraws from another, by the green channel. All of it on their screens, hers in large type.
func TestAppReferralUp(t *testing.T) { referral(t).walk("web-referral-up") }
