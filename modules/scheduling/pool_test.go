package scheduling_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/modules/scheduling"
)

// TestPools: whatever the numbers are, total = on-site + referral + public, the share for referrals is kept, and each place is of one pool.
func TestPools(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total, share := rapid.IntRange(1, 200).Draw(t, "total"), rapid.IntRange(0, 100).Draw(t, "share")
		onsite, extra := rapid.IntRange(0, 200).Draw(t, "onsite"), rapid.IntRange(0, 50).Draw(t, "extra")
		p, ok := scheduling.Part(total, onsite, extra, share)
		if ok != (p.Public >= 0) || ok && p.Total() != total {
			t.Fatalf("%d places are parted into %+v: %t", total, p, ok)
		}
		if 100*p.Referral < share*total || 100*(p.Referral-1) >= share*total && p.Referral > 0 {
			t.Fatalf("%d of %d are for referrals, by a share of %d %%", p.Referral, total, share)
		}
		if !ok {
			return
		}
		count := map[scheduling.Pool]int{}
		for n := -1; n <= total+extra+1; n++ {
			count[p.Of(n)]++
		}
		want := map[scheduling.Pool]int{scheduling.Public: p.Public, scheduling.Referral: p.Referral, scheduling.Onsite: onsite, scheduling.Extra: extra, "": 3}
		for pool, n := range want {
			if count[pool] != n {
				t.Fatalf("%q has %d places, want %d", pool, count[pool], n)
			}
		}
	})
}

// TestOpen: what is open is free, of a pool that the channel may take, and the same whoever has taken the rest; before places for referrals
// fall back, nobody but members has one of them.
func TestOpen(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 5, 12, 8, 0, 0, 0, time.UTC)
	channels := []scheduling.Channel{scheduling.Online, scheduling.Phone, scheduling.Window, scheduling.Member, scheduling.AtDoctor}
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.IntRange(1, 40).Draw(t, "total")
		p, ok := scheduling.Part(total, rapid.IntRange(0, total).Draw(t, "onsite"), rapid.IntRange(0, 5).Draw(t, "extra"), rapid.IntRange(0, 40).Draw(t, "share"))
		if !ok {
			return
		}
		g := scheduling.Segment{Start: start, End: start.Add(30 * time.Minute), Opens: start.AddDate(0, 0, -7), Falls: start.Add(-15 * time.Hour), Pools: p}
		now := g.Opens.Add(time.Duration(rapid.IntRange(-60, 8*24*60).Draw(t, "minutes")) * time.Minute)
		taken := map[int]bool{}
		for _, n := range rapid.SliceOf(rapid.IntRange(1, total+p.Extra)).Draw(t, "taken") {
			taken[n] = true
		}
		for _, by := range channels {
			free := g.Open(by, taken, now)
			for _, n := range free {
				of := p.Of(n)
				switch {
				case taken[n] || of == "" || slices.Contains(free[slices.Index(free, n)+1:], n):
					t.Fatalf("%s is given %d, of %q", by, n, of)
				case of == scheduling.Referral && by != scheduling.Member && now.Before(g.Falls):
					t.Fatalf("%s is given a place for referrals", by)
				case of == scheduling.Onsite && by != scheduling.Window || (of == scheduling.Extra) != (by == scheduling.AtDoctor):
					t.Fatalf("%s is given a place of %s", by, of)
				case !now.Before(g.End) || now.Before(g.Opens) && by != scheduling.AtDoctor:
					t.Fatalf("%s is given a place at %s", by, now)
				}
			}
			whole := g.Open(by, nil, now)
			if want := slices.DeleteFunc(whole, func(n int) bool { return taken[n] }); !slices.Equal(want, free) {
				t.Fatalf("%s: %v, want %v", by, free, want)
			}
		}
		g.Stopped = true
		for _, by := range channels {
			if len(g.Open(by, nil, now)) > 0 {
				t.Fatalf("%s is given a place of a clinic that is stopped", by)
			}
		}
	})
}
