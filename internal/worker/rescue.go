package worker

import (
	"context"
	"encoding/json"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// rescueMost is how many jobs of dead servers are looked at in one go.
const rescueMost = 500

// rescue shows that this server is alive, and lets the jobs of those run again that are not.
func (w *Worker) rescue(ctx context.Context) (more bool, err error) {
	if time.Now().Before(w.life.next) {
		return false, nil
	}
	if _, err := w.life.hold(ctx); err != nil {
		return false, err
	}
	known, err := w.db.Reserved(ctx, servers)
	if err != nil {
		return false, err
	}
	now, err := w.db.Now(ctx)
	if err != nil {
		return false, err
	}
	alive := map[string]bool{w.id: true}
	for _, r := range known {
		switch {
		case r.Until.After(now) || !w.convinced(r.Name):
			alive[r.Name] = true
		case r.Until.Add(w.config.Rescue).Before(now):
			if err := w.bury(ctx, r); err != nil {
				return false, err
			}
		}
		if r.Until.After(now) {
			delete(w.dead, r.Name)
		}
	}
	return false, w.queue.rescue(ctx, now, now.Add(-w.config.Lease), alive)
}

// convinced tells whether a server whose lease is over has been so for the time of a lease while this one lived well.
// When the database has stood still everybody's leases are over, and nobody is dead.
func (w *Worker) convinced(server string) bool {
	since, seen := w.dead[server]
	if !seen || since.Before(w.life.since) {
		since = time.Now()
		w.dead[server] = since
	}
	return w.life.mine && time.Since(since) >= w.config.Lease
}

// bury forgets a server that has long been dead.
func (w *Worker) bury(ctx context.Context, r store.Reservation) error {
	delete(w.dead, r.Name)
	return w.db.Write(ctx, store.Work{Do: func(tx store.Tx, _ store.Found) error {
		_, err := tx.Release(r.Place, r.Holder)
		return err
	}})
}

// rescue makes the jobs wait again that a dead server had begun before an instant.
func (q *riverQueue[TTx]) rescue(ctx context.Context, now, before time.Time, alive map[string]bool) error {
	db := q.driver.GetExecutor()
	begun, err := db.JobGetStuck(ctx, &riverdriver.JobGetStuckParams{Max: rescueMost, StuckHorizon: before})
	if err != nil {
		return fault.Wrap(err, "looking for jobs of dead servers")
	}
	var lost riverdriver.JobRescueManyParams
	for _, j := range begun {
		if n := len(j.AttemptedBy); n == 0 || alive[j.AttemptedBy[n-1]] {
			continue
		}
		note, err := json.Marshal(rivertype.AttemptError{At: now, Attempt: max(j.Attempt, 0), Error: "The server stopped while the job was at work."})
		if err != nil {
			return fault.Wrap(err, "noting a lost attempt")
		}
		state, final := rivertype.JobStateAvailable, (*time.Time)(nil)
		if j.Attempt >= j.MaxAttempts { // it may be the job that ends its servers
			state, final = rivertype.JobStateDiscarded, &now
		}
		lost.ID, lost.Error, lost.FinalizedAt = append(lost.ID, j.ID), append(lost.Error, note), append(lost.FinalizedAt, final)
		lost.ScheduledAt, lost.State = append(lost.ScheduledAt, now), append(lost.State, string(state))
	}
	if len(lost.ID) == 0 {
		return nil
	}
	_, err = db.JobRescueMany(ctx, &lost)
	return wrap(err, "rescuing jobs")
}
