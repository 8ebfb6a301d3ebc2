package account

import (
	"context"
	"encoding/hex"
	"net/netip"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// Rate is how often something may be done: some times at once, then once in each interval.
type Rate struct {
	Burst int
	Every time.Duration
}

// Rates bound what can be tried (OWASP ASVS 2.2.1: at most 100 failed attempts an hour on one account).
type Rates struct {
	Sign    Rate // sign-ins that fail, of one account from one network
	Account Rate // sign-ins that fail, of one account from anywhere
	Address Rate // sign-ins that fail, from one network
	Send    Rate // codes that are sent to one phone
	SendMax Rate // codes that are sent for one network
	Verify  Rate // real names that are checked for one account
}

// UsualRates are those of a platform.
var UsualRates = Rates{
	Sign:    Rate{5, 3 * time.Minute},
	Account: Rate{20, 2 * time.Minute},
	Address: Rate{60, 10 * time.Second},
	Send:    Rate{3, 5 * time.Minute},
	SendMax: Rate{30, 30 * time.Second},
	Verify:  Rate{5, time.Hour},
}

// meter is something that is measured for somebody. Its item holds but one instant, at which all that was used will have
// come back (the generic cell rate algorithm): what it needs does not grow with what it counts, and it goes by itself.
type meter struct {
	about string
	rate  Rate
}

// item is where the meter stands. Its id does not tell whom it is about.
func (a *Accounts) meterID(m meter) string {
	return hex.EncodeToString(a.config.Box.Digest("meter", m.about)[:16])
}

// spend uses all the meters, or none of them if one has run dry; then it tells how long until that one has something again.
// All servers see the same meters.
func (a *Accounts) spend(ctx context.Context, meters ...meter) (wait time.Duration, err error) {
	return a.spendFor(ctx, func(store.Tx) error { return nil }, meters...)
}

// spendFor is spend together with what the meters are used for.
func (a *Accounts) spendFor(ctx context.Context, do func(store.Tx) error, meters ...meter) (wait time.Duration, err error) {
	err = a.writing(ctx, func(tx store.Tx) error {
		wait = 0
		now := a.config.Now()
		for _, m := range meters {
			i, err := tx.Item(ctx, kindMeter, a.meterID(m))
			if err != nil {
				return err
			}
			if dry := max(0, i.Until.Sub(now)) - time.Duration(m.rate.Burst-1)*m.rate.Every; dry > 0 {
				wait = max(wait, dry)
			}
		}
		if wait > 0 {
			return nil
		}
		for _, m := range meters {
			i, err := tx.Item(ctx, kindMeter, a.meterID(m))
			if err != nil {
				return err
			}
			if i.Until.Before(now) {
				i.Until = now
			}
			i.Kind, i.ID, i.Until, i.Number = kindMeter, a.meterID(m), i.Until.Add(m.rate.Every), i.Number+1
			if err := must(tx.Enter(i, false)); err != nil {
				return err
			}
		}
		return do(tx)
	})
	return wait, err
}

// giveBack takes one use of each meter back, or all of them.
func (a *Accounts) giveBack(ctx context.Context, whole []meter, one []meter) error {
	return a.writing(ctx, func(tx store.Tx) error {
		for _, m := range whole {
			if _, err := tx.Strike(kindMeter, a.meterID(m)); err != nil {
				return err
			}
		}
		for _, m := range one {
			i, err := tx.Item(ctx, kindMeter, a.meterID(m))
			if err != nil {
				return err
			}
			if !i.Exists() {
				continue
			}
			i.Until, i.Number = i.Until.Add(-m.rate.Every), i.Number+1
			if err := must(tx.Enter(i, false)); err != nil {
				return err
			}
		}
		return nil
	})
}

// errOften is the refusal of what is tried too often.
func errOften(wait time.Duration) error {
	minutes := int((wait + time.Minute - 1) / time.Minute)
	f := fault.New(fault.TooOften, "There were too many attempts. Wait %d min, then try again.", minutes)
	f.Wait = wait
	return f
}

// network is what attempts are counted by: an IPv4 address, or the /64 of an IPv6 one, which one household or host has.
func network(addr netip.Addr) string {
	addr = addr.Unmap()
	if addr.Is6() {
		p, err := addr.Prefix(64)
		if err == nil {
			return p.String()
		}
	}
	return addr.String()
}
