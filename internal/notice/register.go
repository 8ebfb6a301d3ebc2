package notice

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// The kinds of items of the register.
const (
	kindSettled = "notice-settled" // by the id of the Communication
	kindInbox   = "notice"         // owned by the account and whether it is read; newest first
	kindWaiting = "notice-waiting" // owned by the account and the channel
	kindMessage = "notice-message" // newest first
	kindChoice  = "notice-choice"  // by the account
	kindMeter   = "notice-meter"
)

// How long items stay.
const (
	keepInbox   = 400 * 24 * time.Hour
	keepMessage = 90 * 24 * time.Hour
	keepMeter   = 48 * time.Hour
	keepChoice  = 100 * 365 * 24 * time.Hour
)

// kept is a thing with the item that it stands in.
type kept[T any] struct {
	Thing T
	Item  store.Item
}

// get is the thing of an item; Item does not exist where there is none.
func get[T any](i store.Item, err error) (k kept[T], _ error) {
	k.Item = i
	if err == nil && i.Exists() {
		if err = json.Unmarshal(i.Body, &k.Thing); err != nil {
			err = fault.Wrap(err, "reading about notices in the register")
		}
	}
	return k, err
}

// put enters the next version of an item. It tells false where somebody else was quicker.
func put(tx store.Tx, i store.Item, thing any, until time.Time) (ok bool, err error) {
	if i.Body, err = json.Marshal(thing); err != nil {
		return false, fault.Wrap(err, "writing about notices into the register")
	}
	i.Number++
	i.Until = until
	return tx.Enter(i, false)
}

// errQuicker undoes a transaction because somebody else has changed the same.
var errQuicker = fault.New(fault.Conflict, "Somebody else has changed this at the same moment. Try again.")

// must makes an error of what tells that another was quicker.
func must(ok bool, err error) error {
	if err == nil && !ok {
		return errQuicker
	}
	return err
}

// writing carries out one transaction.
func (s *Service) writing(ctx context.Context, do func(tx store.Tx) error) error {
	return s.db.Write(ctx, store.Work{Puts: 1, Do: func(tx store.Tx, _ store.Found) error { return do(tx) }})
}

// Jobs are what runs the jobs of each kind.
func (s *Service) Jobs() map[string]func(ctx context.Context, args []byte) error {
	return map[string]func(context.Context, []byte) error{JobSettle: s.Settle, JobGather: s.Gather, JobSend: s.Send}
}

// newest is an id by which items stand newest first.
func newest(at time.Time, rest string) string {
	return fmt.Sprintf("%016x.%s", math.MaxInt64-at.UnixMicro(), rest)
}

// Kinds of jobs.
const (
	JobSettle = "notice.settle" // settles one notice: see [Service.Settle]
	JobGather = "notice.gather" // puts together what leaves for one person by one channel: see [Service.Gather]
	JobSend   = "notice.send"   // sends one message: see [Service.Send]
)

// settling are the arguments of a job.
type settling struct {
	Notice string `json:"notice"`
}

// gathering are the arguments of a job.
type gathering struct {
	Account string  `json:"account"`
	Channel Channel `json:"channel"`
}

func (g gathering) owner() string { return g.Account + "/" + string(g.Channel) }

// job is one to gather; until it runs, one is enough.
func (g gathering) job(due time.Time) (store.Job, error) { return newJob(JobGather, g, due, g.owner()) }

// sending are the arguments of a job.
type sending struct {
	Message string `json:"message"`
}

func newJob(kind string, args any, due time.Time, unique string) (store.Job, error) {
	text, err := json.Marshal(args)
	if err != nil {
		return store.Job{}, fault.Wrap(err, "asking for a job")
	}
	return store.Job{ID: uuid.Must(uuid.NewV7()).String(), Kind: kind, Args: text, Due: due.UTC(), Unique: unique}, nil
}
