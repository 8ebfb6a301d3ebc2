package process

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/rule"
)

// RecountJob is the kind of the jobs that count the provisional deadline of a case anew.
const RecountJob = "process.recount"

// recountMove is the code under which it stands on record that a deadline was counted anew.
const recountMove = "recount"

// due is the deadline in the state that a case comes to.
func (e *Engine) due(ctx context.Context, s *gate.Session, c *Case, to *State) (time.Time, error) {
	_, was := c.provisional()
	switch {
	case c.anew != nil:
		return c.dated(*c.anew), nil
	case !c.due.IsZero():
		c.movable = was && c.due.Equal(c.Deadline()) // a move may keep the deadline by setting it again
		return c.due, nil
	case to.Keeps || to.Code == c.state && !c.handedOn(to) && !(c.brought && c.Deadline().IsZero()): // a newer version may set one where there was none
		c.movable = was
		return c.Deadline(), nil
	case to.Within == "":
		return c.due, nil
	}
	region, err := e.region(ctx, s, c.Party(to.Owner))
	if err != nil {
		return c.due, err
	}
	table := to.Within
	if to.Hurried != "" && c.task.Priority() == hurried {
		table = to.Hurried
	}
	d, err := e.config.Deadline(table, region, c.Now)
	if err != nil {
		return c.due, err
	}
	return c.dated(d), nil
}

// hurried is the priority of cases in a green channel.
const hurried = "stat"

// handedOn tells whether a move that stays in its state leads to somebody else, whose time begins.
func (c *Case) handedOn(to *State) bool {
	who := c.Party(to.Owner)
	return who.exists() && who.Reference != c.task.Owner().Reference()
}

// dated notes the rows of a deadline.
func (c *Case) dated(d rule.Deadline) time.Time {
	for _, u := range d.Uses {
		c.Used(u.String())
	}
	c.movable = d.Provisional()
	return d.Until
}

// region is the division of the institution that has to act, or at which a person has; "" where it is none, or does not say where it is.
func (e *Engine) region(ctx context.Context, s *gate.Session, who Who) (string, error) {
	ref := refOf(cmp.Or(who.At, who.Reference))
	if ref.Type != typeOrganization {
		return "", nil
	}
	known, is, err := e.read(ctx, s.Behalf("").Unseen(), ref)
	if err != nil || !is {
		return "", err
	}
	return rule.Where(known.resource), nil
}

// provisional is the use by which the deadline of a case was counted, as long as that is provisional: the last that is.
func (c *Case) provisional() (by rule.Use, is bool) {
	for _, coding := range c.task.BusinessStatus().Coding().All() {
		is = is || coding.System() == SystemDeadline && coding.Code() == provisional
	}
	if !is {
		return by, false
	}
	is = false
	for _, e := range c.task.Extension().All() {
		if e.URL() != rule.UsedURL {
			continue
		}
		if u, err := rule.ParseUse(e.ValueString()); err == nil && u.Provisional {
			by, is = u, true
		}
	}
	return by, is
}

// RecountAll asks for a [RecountJob] of each open case whose deadline is provisional.
func (e *Engine) RecountAll(ctx context.Context, s *gate.Session) error {
	for page := ""; ; {
		found, next, err := e.page(ctx, s.Unseen(), boxMost, page, search.Pair{Name: "business-status", Value: SystemDeadline + "|" + provisional})
		if err != nil {
			return err
		}
		var jobs []gate.Job
		for _, known := range found {
			text, _ := json.Marshal(waking{known.resource.ID}) // a string always can be
			jobs = append(jobs, gate.Job{ID: newID(), Kind: RecountJob, Args: text, Unique: known.resource.ID})
		}
		if jobs != nil {
			if _, err := s.Commit(ctx, nil, jobs, nil); err != nil {
				return err
			}
		}
		if page = next; page == "" {
			return nil
		}
	}
}

// Recount counts the deadline of a case anew if it is provisional: by the row that it was counted by, and by the days off that are known
// now. What comes out stands as a move of the clock, and the clock is woken by it. A deadline that has passed stays, as does one that
// would have passed by the new count: who had to act was told another. However often it is asked for, a case is counted anew once.
func (e *Engine) Recount(ctx context.Context, s *gate.Session, args []byte) error {
	return e.woken(args, func(ref fhir.Ref) error { return e.recount(ctx, s, ref) })
}

func (e *Engine) recount(ctx context.Context, s *gate.Session, ref fhir.Ref) error {
	c, err := e.load(ctx, s, ref)
	if err != nil {
		return err
	}
	by, is := c.provisional()
	if !is || c.Late() || e.config.Recount == nil {
		return nil
	}
	d, err := e.config.Recount(by)
	if err != nil {
		return fault.Wrap(err, "counting a deadline anew") // a row that is not there is no case that is not there
	}
	if !d.Until.After(c.Now) || d.Provisional() && d.Until.Equal(c.Deadline()) {
		return nil
	}
	c.forget(by.String())
	c.to, c.anew = c.state, &d
	m := Move{Code: recountMove, Words: bilingual.Text{Zh: "重新计算时限", En: "Deadline counted anew"}, To: []string{c.state}}
	_, err = e.write(ctx, s, c, &m, part{}, nil)
	e.meter.moved(m.Code, err)
	return err
}

// woken does what a job asks of a case, again where the case has moved meanwhile, and nothing where it is none any more.
func (e *Engine) woken(args []byte, do func(fhir.Ref) error) error {
	var w waking
	if err := json.Unmarshal(args, &w); err != nil {
		return fault.Wrap(err, "reading the arguments of the clock")
	}
	for tries := 0; ; tries++ {
		err := do(fhir.Ref{Type: typeTask, ID: w.Task})
		if fault.CodeOf(err) == fault.NotFound {
			return nil
		}
		if fault.CodeOf(err) != fault.Precondition || tries == triesMost {
			return err
		}
	}
}
