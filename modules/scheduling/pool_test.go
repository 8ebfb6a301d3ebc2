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
		phone, app := rapid.IntRange(0, 40).Draw(t, "phone"), rapid.IntRange(0, 40).Draw(t, "app")
		kept, ok := p.Keep(phone, app)
		if ok != (phone+app == 0 || phone+app < p.Public) {
			t.Fatalf("of %d %d and %d are kept: %t", p.Public, phone, app, ok)
		}
		if ok {
			p = kept
		} else {
			phone, app = 0, 0
		}
		pools, keeps := map[scheduling.Pool]int{}, map[scheduling.Channel]int{}
		for n := -1; n <= total+extra+1; n++ {
			pools[p.Of(n)]++
			if by := p.Kept(n); by != "" {
				if keeps[by]++; p.Of(n) != scheduling.Public {
					t.Fatalf("%d of %q is kept for %s", n, p.Of(n), by)
				}
			}
		}
		if keeps[scheduling.Phone] != phone || keeps[scheduling.App] != app || len(keeps) > 2 || p.Total() != total {
			t.Fatalf("%v of %d are kept, want %d and %d", keeps, p.Total(), phone, app)
		}
		want := map[scheduling.Pool]int{scheduling.Public: p.Public, scheduling.Referral: p.Referral, scheduling.Onsite: onsite, scheduling.Extra: extra, "": 3}
		for pool, n := range want {
			if pools[pool] != n {
				t.Fatalf("%q has %d places, want %d", pool, pools[pool], n)
			}
		}
	})
}

// TestOpen: what is open is free, of a pool that the channel may take, and the same whoever has taken the rest; before places for referrals
// fall back, nobody but members has one of them, and nobody one that is kept for another channel. Then all have the same of the public's.
func TestOpen(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 5, 12, 8, 0, 0, 0, time.UTC)
	channels := []scheduling.Channel{scheduling.Online, scheduling.App, scheduling.Phone, scheduling.Window, scheduling.Member, scheduling.AtDoctor}
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.IntRange(1, 40).Draw(t, "total")
		p, ok := scheduling.Part(total, rapid.IntRange(0, total).Draw(t, "onsite"), rapid.IntRange(0, 5).Draw(t, "extra"), rapid.IntRange(0, 40).Draw(t, "share"))
		if !ok {
			return
		}
		if kept, ok := p.Keep(rapid.IntRange(0, 8).Draw(t, "phone"), rapid.IntRange(0, 8).Draw(t, "app")); ok {
			p = kept
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
				case p.Kept(n) != "" && p.Kept(n) != by && now.Before(g.Falls):
					t.Fatalf("%s is given a place for %s", by, p.Kept(n))
				case of == scheduling.Onsite && by != scheduling.Window || (of == scheduling.Extra) != (by == scheduling.AtDoctor):
					t.Fatalf("%s is given a place of %s", by, of)
				case !now.Before(g.End) || now.Before(g.Opens) && by != scheduling.AtDoctor:
					t.Fatalf("%s is given a place at %s", by, now)
				}
			}
			if first := slices.IndexFunc(free, func(n int) bool { return p.Kept(n) == by }); first > 0 {
				t.Fatalf("%s is given others before what is kept for it: %v", by, free)
			}
			whole := g.Open(by, nil, now)
			if public := count(whole, func(n int) bool { return p.Of(n) == scheduling.Public }); len(whole) > 0 && by != scheduling.AtDoctor {
				want := p.Public
				if now.Before(g.Falls) {
					want -= p.Phone + p.App - map[scheduling.Channel]int{scheduling.Phone: p.Phone, scheduling.App: p.App}[by]
				}
				if public != want {
					t.Fatalf("%s has %d of the public's %d places, want %d", by, public, p.Public, want)
				}
			}
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

// count is how many are as is said.
func count(all []int, is func(int) bool) (n int) {
	for _, one := range all {
		if is(one) {
			n++
		}
	}
	return n
}
