package queue

import (
	"testing"
	"time"
)

// TestBeginsAt: a session is what follows without a pause; behind the pause at noon another one begins.
func TestBeginsAt(t *testing.T) {
	t.Parallel()
	at := func(minutes int) time.Time { return morning.Add(time.Duration(minutes) * time.Minute) }
	spans := []Span{{at(360), at(390)}, {at(0), at(30)}, {at(60), at(90)}, {at(30), at(60)}, {at(390), at(420)}}
	for of, want := range map[int]int{0: 0, 45: 0, 89: 0, 90: 90, 200: 200, 360: 360, 400: 360, 420: 420, -60: -60} {
		if got := beginsAt(spans, at(of)); !got.Equal(at(want)) {
			t.Errorf("the session of %s begins at %s, want %s", at(of).Format("15:04"), got.Format("15:04"), at(want).Format("15:04"))
		}
	}
}

// TestOpens: it is told when calling begins until it does, by the clock or by the first call.
func TestOpens(t *testing.T) {
	t.Parallel()
	spans := []Span{{morning, morning.Add(time.Hour)}}
	mine, other := waits("me", 30, 1), waits("other", 0, 1)
	today := []*ticket{mine, other}
	if got := opens(spans, today, mine.start, morning.Add(-time.Hour)); !got.Equal(morning) {
		t.Errorf("an hour before it says %v", got)
	}
	if got := opens(spans, today, mine.start, morning); !got.IsZero() {
		t.Errorf("when it begins it says %v", got)
	}
	if err := other.do(step{Act: actCall, At: morning.Add(-10 * time.Minute), Turn: turnFirst}); err != nil {
		t.Fatal(err)
	}
	if got := opens(spans, today, mine.start, morning.Add(-5*time.Minute)); !got.IsZero() {
		t.Errorf("behind the first call it says %v", got)
	}
}
