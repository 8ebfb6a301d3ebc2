package notice_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/notice"
)

// TestQuietUntil: quiet hours over midnight, within a day, and none; where clocks are changed, they end by the clock.
func TestQuietUntil(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		from, to, now, want string // now and want by the zone's clocks; want "" for none
		zone                *time.Location
	}{
		{"22:00", "08:00", "2026-05-04 21:59", "", shanghai},
		{"22:00", "08:00", "2026-05-04 22:00", "2026-05-05 08:00", shanghai},
		{"22:00", "08:00", "2026-05-04 23:59", "2026-05-05 08:00", shanghai},
		{"22:00", "08:00", "2026-05-05 00:00", "2026-05-05 08:00", shanghai},
		{"22:00", "08:00", "2026-05-05 07:59", "2026-05-05 08:00", shanghai},
		{"22:00", "08:00", "2026-05-05 08:00", "", shanghai},
		{"22:00", "08:00", "2026-12-31 22:30", "2027-01-01 08:00", shanghai},
		{"22:00", "08:00", "2028-02-28 22:30", "2028-02-29 08:00", shanghai},
		{"12:30", "14:00", "2026-05-04 12:29", "", shanghai},
		{"12:30", "14:00", "2026-05-04 12:30", "2026-05-04 14:00", shanghai},
		{"12:30", "14:00", "2026-05-04 14:00", "", shanghai},
		{"00:00", "00:00", "2026-05-04 00:00", "", shanghai},
		{"22:00", "08:00", "2026-05-04 22:00", "2026-05-05 08:00", time.UTC},
		{"22:00", "08:00", "2026-03-28 23:00", "2026-03-29 08:00", berlin},
		{"22:00", "08:00", "2026-10-24 23:00", "2026-10-25 08:00", berlin},
	} {
		const layout = "2006-01-02 15:04"
		now, err := time.ParseInLocation(layout, c.now, c.zone)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if until := (notice.Hours{From: c.from, To: c.to}).Until(now); !until.IsZero() {
			got = until.Format(layout)
		}
		if got != c.want {
			t.Errorf("%s–%s at %s: until %q, want %q", c.from, c.to, c.now, got, c.want)
		}
	}
}

// TestReady: whatever waits, all of it goes or is looked at again later; nothing goes in quiet hours that does not
// pass; what is due and may go does.
func TestReady(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 5, 4, 0, 0, 0, 0, shanghai).Add(time.Duration(rapid.IntRange(0, 24*60-1).Draw(t, "minute")) * time.Minute)
		c := notice.Choices{Quiet: notice.UsualQuiet}
		quiet := !c.Quiet.Until(now).IsZero()
		n := rapid.IntRange(0, 8).Draw(t, "waiting")
		var dues []time.Time
		var alone, passes []bool
		may, mayDue := 0, 0
		for range n {
			due := now.Add(time.Duration(rapid.IntRange(-30, 30).Draw(t, "due")) * time.Minute)
			p := rapid.Bool().Draw(t, "passes")
			dues, passes = append(dues, due), append(passes, p)
			alone = append(alone, p || rapid.Bool().Draw(t, "alone"))
			if p || !quiet {
				may++
				if !due.After(now) {
					mayDue++
				}
			}
		}
		sizes, next := notice.Ready(c, now, dues, alone, passes)
		gone := 0
		for _, s := range sizes {
			gone += s
		}
		switch {
		case gone > may:
			t.Fatalf("%d go of %d that may", gone, may)
		case gone < mayDue:
			t.Fatalf("%d go of %d that are due", gone, mayDue)
		case len(sizes) > 2:
			t.Fatalf("there are %d messages", len(sizes))
		case gone < n && !next.After(now):
			t.Fatalf("of %d that wait longer nobody takes care: %v", n-gone, next)
		case gone == n && !next.IsZero():
			t.Fatal("nothing waits and it is looked at again")
		}
	})
}
