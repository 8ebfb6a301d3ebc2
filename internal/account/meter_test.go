package account_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/account"
	"yitong/internal/fault"
)

// bucket is the naive model of a meter: it holds so much, and what was taken out comes back as time passes.
type bucket struct {
	rate  account.Rate
	level time.Duration // in time that it took to come back
	taken []time.Time
}

func newBucket(r account.Rate) *bucket { return &bucket{rate: r, level: most(r)} }

func (b *bucket) pass(d time.Duration) { b.level = min(most(b.rate), b.level+d) }

// wait is how long until one can be taken; not positive if one can now.
func (b *bucket) wait() time.Duration { return b.rate.Every - b.level }

func (b *bucket) take(now time.Time) {
	b.level -= b.rate.Every
	b.taken = append(b.taken, now)
}

// steady tells whether never more was taken in a stretch of time than the rate says.
func (b *bucket) steady() error {
	for i := range b.taken {
		for j := i; j < len(b.taken); j++ {
			most := b.rate.Burst + int(b.taken[j].Sub(b.taken[i])/b.rate.Every)
			if n := j - i + 1; n > most {
				return fmt.Errorf("%d within %v of %+v", n, b.taken[j].Sub(b.taken[i]), b.rate)
			}
		}
	}
	return nil
}

// TestMeters compares meters, as two servers see them, with the naive model.
func TestMeters(t *testing.T) {
	eachDatabase(t, func(w world) {
		servers := []*account.Accounts{w.Accounts, w.server()}
		turn := 0
		rapid.Check(w, func(r *rapid.T) {
			turn++
			rate := rapid.Custom(func(r *rapid.T) account.Rate {
				return account.Rate{Burst: rapid.IntRange(1, 5).Draw(r, "burst"), Every: time.Duration(rapid.IntRange(1, 90).Draw(r, "every")) * time.Second}
			})
			meters, models := make([]account.Meter, 2), make([]*bucket, 2)
			for i := range meters {
				models[i] = newBucket(rate.Draw(r, "rate"))
				meters[i] = account.NewMeter(fmt.Sprint(turn, i), models[i].rate)
			}
			returned := false
			for range rapid.IntRange(1, 25).Draw(r, "steps") {
				which := rapid.SampledFrom([][]int{{0}, {1}, {0, 1}}).Draw(r, "which")
				var some []account.Meter
				for _, i := range which {
					some = append(some, meters[i])
				}
				server := servers[rapid.IntRange(0, 1).Draw(r, "server")]
				switch rapid.IntRange(0, 9).Draw(r, "do") {
				default:
					wait, err := server.Spend(w.Context(), some...)
					good(w, err)
					want := time.Duration(0)
					for _, i := range which {
						want = max(want, models[i].wait())
					}
					if wait != want {
						r.Fatalf("told to wait %v, want %v", wait, want)
					}
					for _, i := range which {
						if want == 0 {
							models[i].take(w.clock.Now())
						}
					}
				case 6, 7, 8:
					d := time.Duration(rapid.Int64Range(0, 200_000_000).Draw(r, "µs")) * time.Microsecond
					w.clock.forward(d)
					models[0].pass(d)
					models[1].pass(d)
				case 9:
					returned = true
					if rapid.Bool().Draw(r, "all") {
						good(w, server.GiveBack(w.Context(), some, nil))
						for _, i := range which {
							models[i].level = most(models[i].rate)
						}
					} else {
						good(w, server.GiveBack(w.Context(), nil, some))
						for _, i := range which {
							models[i].pass(models[i].rate.Every)
						}
					}
				}
			}
			for _, m := range models {
				if err := m.steady(); err != nil && !returned {
					r.Fatal(err)
				}
			}
		})
	})
}

// guess signs in by a wrong password.
func (w world) guess(name, address string) error {
	_, err := w.SignIn(w.Context(), name, "wrong horse battery staple", at(address))
	return err
}

// TestLockOut of one account from one network: after five failures one waits, with the right password too; then one has one
// attempt, and a success gives all back.
func TestLockOut(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		zhao := w.hire(account.Account{Name: "zhao"})
		_ = zhao
		other := w.on(w.server())
		for i, name := range []string{"wang", "WANG", " wang", "Wang", "wang "} { // they are one
			refused(w, []world{w, other}[i%2].guess(name, "192.0.2.7"), fault.Unknown)
		}
		for _, server := range []world{w, other} { // both know
			_, err := server.SignIn(w.Context(), "wang", password, at("192.0.2.7"))
			refused(w, err, fault.TooOften)
			var f *fault.Error
			if errors.As(err, &f); f.Wait <= 0 || f.Wait > 3*time.Minute {
				w.Errorf("told to wait %v", f.Wait)
			}
		}
		refused(w, w.guess("wang", "::ffff:192.0.2.7"), fault.TooOften)
		refused(w, w.guess("zhao", "192.0.2.7"), fault.Unknown)               // somebody else there
		must(other.SignIn(w.Context(), "wang", password, at("192.0.2.8")))(w) // the same one elsewhere
		refused(w, w.guess("wang", "192.0.2.7"), fault.TooOften)              // which changes nothing there
		w.clock.forward(3*time.Minute - time.Second)
		refused(w, w.guess("wang", "192.0.2.7"), fault.TooOften)
		w.clock.forward(time.Second)
		refused(w, w.guess("wang", "192.0.2.7"), fault.Unknown)
		refused(w, w.guess("wang", "192.0.2.7"), fault.TooOften)
		w.clock.forward(3 * time.Minute)
		must(w.SignIn(w.Context(), "wang", password, at("192.0.2.7")))(w)
		for range 5 {
			refused(w, w.guess("wang", "192.0.2.7"), fault.Unknown)
		}
		refused(w, w.guess("wang", "192.0.2.7"), fault.TooOften)
		for _, e := range w.log.all() {
			if e.What == "refused" && (e.Network != "192.0.2.7" ||
				e.Account != "" && e.Account != wang.ID && e.Account != zhao.ID) {
				w.Errorf("the log has %+v", e)
			}
		}
	})
}

// TestLockOutOverNetworks: who guesses at one account from many networks is slowed down too.
func TestLockOutOverNetworks(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.hire(account.Account{Name: "wang"})
		w.hire(account.Account{Name: "zhao"})
		for i := range 20 {
			if i == 19 { // a success gives back only what it has used itself
				must(w.SignIn(w.Context(), "wang", password, here))(w)
			}
			refused(w, w.guess("wang", fmt.Sprintf("2001:db8:0:%x::1", i)), fault.Unknown)
		}
		refused(w, w.guess("wang", "2001:db8:1::1"), fault.TooOften)
		_, err := w.SignIn(w.Context(), "wang", password, here)
		refused(w, err, fault.TooOften)
		must(w.SignIn(w.Context(), "zhao", password, here))(w)
		w.clock.forward(2 * time.Minute)
		must(w.SignIn(w.Context(), "wang", password, here))(w)
		refused(w, w.guess("wang", "2001:db8:1::1"), fault.Unknown)
	})
}

// TestLockOutOfNetworks: who guesses at many accounts from one network is slowed down; a success there gives back only itself.
func TestLockOutOfNetworks(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.hire(account.Account{Name: "wang"})
		for i := range 59 {
			refused(w, w.guess(fmt.Sprintf("name%d", i), fmt.Sprintf("2001:db8::%x", i)), fault.Unknown)
		}
		for range 3 {
			must(w.SignIn(w.Context(), "wang", password, at("2001:db8::a")))(w)
		}
		refused(w, w.guess("name60", "2001:db8::b"), fault.Unknown)
		refused(w, w.guess("name61", "2001:db8::c"), fault.TooOften)
		_, err := w.SignIn(w.Context(), "wang", password, at("2001:db8::a"))
		refused(w, err, fault.TooOften)
		must(w.SignIn(w.Context(), "wang", password, at("2001:db8:0:1::a")))(w)
		w.clock.forward(10 * time.Second)
		must(w.SignIn(w.Context(), "wang", password, at("2001:db8::a")))(w)
	})
}

// TestGuessesAtOnce: many at the same moment, at two servers, are no more than one after the other.
func TestGuessesAtOnce(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.hire(account.Account{Name: "wang"})
		servers := []world{w, w.on(w.server())}
		var group sync.WaitGroup
		codes := make([]fault.Code, 64)
		for i := range codes {
			group.Go(func() { codes[i] = fault.CodeOf(servers[i%2].guess("wang", "192.0.2.7")) })
		}
		group.Wait()
		count := map[fault.Code]int{}
		for _, c := range codes {
			count[c]++
		}
		if n := count[fault.Unknown]; n == 0 || n > 5 {
			w.Errorf("%d of 64 guesses were looked at: %v", n, count)
		}
		if count[fault.Unknown]+count[fault.TooOften]+count[fault.Unavailable] != 64 {
			w.Errorf("64 guesses: %v", count)
		}
	})
}

// TestSecondFactorsAreNotGuessed: the code of a second factor has meters of its own, which a new password sign-in does not
// give back.
func TestSecondFactorsAreNotGuessed(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		w.clock.forward(time.Minute)
		wrong := "000000"
		for slices.Contains([]string{oneTime(wang.Secret, w.clock.Now().Add(-30*time.Second)), w.code(wang.Secret), oneTime(wang.Secret, w.clock.Now().Add(30*time.Second))}, wrong) {
			wrong = account.Digits(6)
		}
		for i := range 8 {
			half := must(w.SignIn(w.Context(), "wang", password, here))(w)
			_, err := w.Second(w.Context(), w.signed(half), wrong, here)
			refused(w, err, map[bool]fault.Code{true: fault.Unknown, false: fault.TooOften}[i < 5])
		}
		half := must(w.SignIn(w.Context(), "wang", password, here))(w)
		_, err := w.Second(w.Context(), w.signed(half), w.code(wang.Secret), here)
		refused(w, err, fault.TooOften)
		_, err = w.Second(w.Context(), w.signed(half), wang.Spare[0], here)
		refused(w, err, fault.TooOften)
	})
}

// most is what a full bucket holds.
func most(r account.Rate) time.Duration { return time.Duration(r.Burst) * r.Every }
