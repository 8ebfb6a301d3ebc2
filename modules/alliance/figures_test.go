package alliance

import (
	"fmt"
	"testing"
	"time"

	"yitong/internal/cases"
)

// TestBack: a referral down that was begun behind one up to its end counts as a return, of that resident alone.
func TestBack(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 5, n, 9, 0, 0, 0, time.UTC) }
	of := func(code, state, resident string, begun int) referral {
		f := referral{Counted: cases.Counted{Begun: day(begun)}, resident: resident}
		f.Process, f.State = code, state
		return f
	}
	up := of(CodeUp, stateCompleted, "Patient/p", 3)
	for what, x := range map[string]struct {
		all       []referral
		count, of int
	}{
		"nobody went back": {[]referral{up}, 0, 1},
		"went back":        {[]referral{up, of(CodeDown, stateConsulting, "Patient/p", 4)}, 1, 1},
		"twice":            {[]referral{up, of(CodeDown, stateNoShow, "Patient/p", 4), of(CodeDown, stateConsulting, "Patient/p", 5)}, 1, 1},
		"before":           {[]referral{up, of(CodeDown, stateCompleted, "Patient/p", 2)}, 0, 1},
		"somebody else":    {[]referral{up, of(CodeDown, stateCompleted, "Patient/q", 4)}, 0, 1},
		"not at its end":   {[]referral{of(CodeUp, stateInCare, "Patient/p", 3), of(CodeDown, stateConsulting, "Patient/p", 4)}, 0, 0},
		"of nobody known":  {[]referral{of(CodeUp, stateCompleted, "", 3), of(CodeDown, "", "", 4)}, 0, 1},
	} {
		for _, got := range []tallied{backOf(x.all, nil), backOf(x.all[:1], x.all[1:])} { // within the days, and behind them
			if got.Count != x.count || *got.Of != x.of {
				t.Errorf("%s: %d of %d", what, got.Count, *got.Of)
			}
		}
	}
}

// TestTimed: a step lasts until a move leads to another state; moves that stay, moves of no table and the state at the end add nothing.
func TestTimed(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 5, 11, 9, minute, 0, 0, time.UTC) }
	took := map[string][]listing{}
	timed(took, referral{}, Up(), []step{{4, "record-consent", at(25)}, {1, "consult", at(0)}, {2, "advise", at(5)}, {3, "refer", at(20)}, {5, "recount", at(40)}})
	minutes := map[string][]int{}
	for state, stays := range took {
		for _, at := range stays {
			minutes[state] = append(minutes[state], *at.minutes)
		}
	}
	if got, want := fmt.Sprint(minutes), "map[consenting:[5] consulting:[20]]"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

// TestKnownTo: an institution knows all of the cases in which it has a part, and of others only what it has done.
func TestKnownTo(t *testing.T) {
	f := referral{Counted: cases.Counted{Begun: time.Now()}, sending: "Organization/a", receiving: "Organization/c", resident: "Patient/p", urgency: "stat", fitness: Unfit, department: "HealthcareService/x"}
	f.Process, f.State = CodeUp, stateCompleted
	f.acts = []act{{"reject", "Organization/b"}, {"accept", "Organization/c"}}
	for _, who := range []string{f.sending, f.receiving} {
		if got := f.knownTo(who); got.State != stateCompleted || len(got.acts) != 2 {
			t.Errorf("%s: %+v", who, got)
		}
	}
	got := f.knownTo("Organization/b")
	if got.resident+got.State+got.urgency+string(got.fitness)+got.sending+got.receiving+got.department != "" || got.acted("accept") || !got.acted("reject") || got.Process != CodeUp {
		t.Errorf("who has no part any more: %+v", got)
	}
}

// TestTimedToTheEnd: a move that may lead to several states led to that from which the next was made; the last, to that in which the case is.
func TestTimedToTheEnd(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 5, 11, 9, minute, 0, 0, time.UTC) }
	moves := []step{{1, "arrive", at(0)}, {2, "follow-up", at(10)}, {3, "follow-up", at(30)}}
	for state, want := range map[string]int{stateCompleted: 1, stateInCare: 0} {
		took, f := map[string][]listing{}, referral{}
		f.State = state
		timed(took, f, Down(), moves)
		if stays := took[stateInCare]; len(stays) != want || want > 0 && *stays[0].minutes != 30 {
			t.Errorf("%s: %v", state, took)
		}
	}
}
