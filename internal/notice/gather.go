package notice

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// waitingMost bounds what is looked at of what waits for one person and channel at a time.
const waitingMost = 500

// Gather puts together what leaves for one person by one channel now: each list of notices becomes a message, with a
// job that sends it, and what waits longer a job of its own, all in one transaction. What does not hold any more is
// left out for good: a notice that was taken back or read, a channel that was switched off, a role that has ended. args
// are those of the job.
func (s *Service) Gather(ctx context.Context, args []byte) error {
	var g gathering
	if err := json.Unmarshal(args, &g); err != nil {
		return fault.New(fault.Unprocessable, "This job cannot be read.").Because(err)
	}
	items, err := s.db.Owned(ctx, kindWaiting, g.owner(), "", waitingMost)
	if err != nil || len(items) == 0 {
		return err
	}
	c, err := s.choices(ctx, g.Account)
	if err != nil {
		return err
	}
	var good []waiting
	var gone []string
	for _, i := range items {
		k, err := get[waiting](i, nil)
		if err != nil {
			return err
		}
		k.Thing.itemID = i.ID
		stands, err := s.stands(ctx, k.Thing, g, c.Choices)
		if err != nil {
			return err
		}
		if !stands {
			gone = append(gone, i.ID)
			continue
		}
		good = append(good, k.Thing)
	}
	now := s.now()
	lists, next := ready(good, c.Choices, now)
	if len(items) == waitingMost && next.IsZero() {
		next = now
	}
	return s.writing(ctx, func(tx store.Tx) error { return s.gathered(ctx, tx, g, gone, lists, next, now) })
}

// gathered writes what was put together.
func (s *Service) gathered(ctx context.Context, tx store.Tx, g gathering, gone []string, lists [][]waiting, next, now time.Time) error {
	for _, id := range gone {
		if err := must(tx.Strike(kindWaiting, id)); err != nil {
			return err
		}
	}
	var jobs []store.Job
	m, err := get[meter](tx.Item(ctx, kindMeter, g.owner()))
	if err != nil {
		return err
	}
	m.Item.Kind, m.Item.ID = kindMeter, g.owner()
	for _, list := range lists {
		if wait := m.Thing.spend(s.config.Limits.Day[g.Channel], s.config.Limits.Minute, now); !wait.IsZero() {
			if next.IsZero() || wait.Before(next) {
				next = wait
			}
			continue
		}
		job, err := write(tx, g, list, now)
		if err != nil {
			return err
		}
		jobs = append(jobs, job)
	}
	if len(jobs) > 0 {
		if err := must(put(tx, m.Item, m.Thing, now.Add(keepMeter))); err != nil {
			return err
		}
	}
	if !next.IsZero() {
		job, err := g.job(next)
		if err != nil {
			return err
		}
		jobs = append(jobs, job)
	}
	if len(jobs) == 0 {
		return nil
	}
	return tx.Enqueue(jobs)
}

// write makes a message of a list, in its place.
func write(tx store.Tx, g gathering, list []waiting, now time.Time) (store.Job, error) {
	m := message{ID: uuid.Must(uuid.NewV7()).String(), Account: g.Account, Channel: g.Channel, State: stateReady, Made: now}
	for _, w := range list {
		if err := must(tx.Strike(kindWaiting, w.itemID)); err != nil {
			return store.Job{}, err
		}
		m.Notices = append(m.Notices, w)
	}
	id := newest(now, m.ID)
	if err := must(put(tx, store.Item{Kind: kindMessage, ID: id}, m, now.Add(keepMessage))); err != nil {
		return store.Job{}, err
	}
	return newJob(JobSend, sending{id}, now, "")
}

// stands tells whether a notice is to leave still.
func (s *Service) stands(ctx context.Context, w waiting, g gathering, c Choices) (bool, error) {
	k, known := s.config.Kinds[w.Kind]
	if !known || !c.wants(k, g.Channel) {
		return false, nil
	}
	i, err := get[row](s.db.Item(ctx, kindInbox, w.Row))
	if err != nil || i.Item.Exists() && !i.Thing.Read.IsZero() {
		return false, err
	}
	p, is, err := s.config.People.Holds(ctx, g.Account, w.As)
	if err != nil || !is || s.address(p, c, g.Channel) == "" {
		return false, err
	}
	t, is, err := s.read(ctx, w.Notice)
	if err != nil || !is || !t.Holds || w.As.Role != gate.Proxy {
		return is && t.Holds, err
	}
	return s.config.People.Sees(ctx, g.Account, w.As, t.seen())
}
