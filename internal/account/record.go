package account

import (
	"context"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
)

// line is what the trail keeps of an event: on which account something was done or tried, and from where.
func (a *Accounts) line(e Event) []byte {
	r := trail.Record{
		Do: "sign-in", Outcome: trail.Done, Who: "Person/" + e.Account, Client: e.Client, From: e.Network,
		On: "account/" + e.Account, Query: strings.TrimSpace(e.What + " " + e.Reason),
	}
	if strings.HasPrefix(e.person, "Patient/") { // who finds it then
		r.Of = []string{e.person}
	}
	if e.What == refusal {
		r.Outcome = trail.Denied
	}
	return a.stamped(r)
}

// stamped is a record of now as a line.
func (a *Accounts) stamped(r trail.Record) []byte {
	r.At = a.Now()
	r.ID = trail.NewID(r.At)
	return r.Append(nil)
}

// happened puts an event on record in the transaction of what it tells of: both stand or neither does.
func (a *Accounts) happened(tx store.Tx, e Event) error { return unrecorded(tx.Trace(a.line(e))) }

// Leave puts on record who has looked at what is kept of accounts and programs, or was refused. ID and At are set here. It returns
// once the line is durable; where that fails, with Unavailable, nothing may be told.
func (a *Accounts) Leave(ctx context.Context, r trail.Record) error {
	return unrecorded(a.db.Trace(ctx, a.stamped(r)))
}

// Trace is [Accounts.Leave] in the transaction of what the record tells of.
func (a *Accounts) Trace(tx store.Tx, r trail.Record) error {
	return unrecorded(tx.Trace(a.stamped(r)))
}

// unrecorded is the refusal of what the trail cannot take.
func unrecorded(err error) error {
	if err == nil {
		return nil
	}
	return fault.New(fault.Unavailable, "This could not be put on record, so it is not done. Try again in a moment.").Because(err)
}

// refusal is what happens where an attempt is not taken.
const refusal = "refused"

// eachLine is the rate of lines whose number is bounded by other meters: it never runs dry.
var eachLine = Rate{Burst: 1 << 30, Every: 1}

// refused puts an attempt on record that was not taken, and tells the log. whose is an account's id, or its name, such as
// name:zhang. Of an account that there is not the trail keeps nothing, but the meters of lines are spent as well: the time does not
// tell who has an account. Where they have run dry there is no line.
func (a *Accounts) refused(ctx context.Context, whose string, e Event, lines ...meter) error {
	if e.What, e.Account = refusal, whose; strings.Contains(whose, ":") {
		who, err := a.named(ctx, a.db, whose)
		if err != nil {
			return err
		}
		if e.Account = idOf(who); who != nil {
			e.person = who.Thing.Person
		}
	}
	a.config.Audit(ctx, e)
	_, err := a.spendFor(ctx, func(tx store.Tx) error {
		if e.Account == "" {
			return nil
		}
		return a.happened(tx, e)
	}, lines...)
	return unrecorded(err)
}

// failed is refused of an attempt that has been made: each leaves its line, since meters bound how many there are.
func (a *Accounts) failed(ctx context.Context, what, whom, whose string, from From) error {
	net := network(from.Address)
	err := a.refused(ctx, whose, Event{Network: net, Reason: what}, meter{"lines " + what + " " + whom + " " + net, eachLine})
	return orElse(err, fault.New(fault.Unknown, "%s", refusals[what]))
}

// often is refused of an attempt that was not made, since there were too many. Not each is worth a place on the disk: of those on one
// account from one network it is one in each interval, and of a network as many as may fail.
func (a *Accounts) often(ctx context.Context, what, whom, whose string, from From, wait time.Duration) error {
	net, r := network(from.Address), a.config.Rates
	err := a.refused(ctx, whose, Event{Network: net, Reason: what + ", too often"},
		meter{"often " + what + " " + whom + " " + net, Rate{1, r.Sign.Every}}, meter{"often " + net, r.Address})
	return orElse(err, errOften(wait))
}
