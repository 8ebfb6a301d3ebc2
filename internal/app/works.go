package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"yitong/internal/fault"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
	"yitong/internal/worker"
)

const (
	bindPause   = time.Second            // that lines of the trail wait to be bound: each time, readers of a file forget all they know
	sealPause   = 100 * time.Millisecond // that a batch waits to be sealed
	cosignPause = time.Second            // that a checkpoint waits for witnesses
	erasePause  = 24 * time.Hour         // between two looks at what has been kept long enough
)

// Keeping is what becomes of the trail beside requests: lines are bound, sealed, cosigned, and erased when they have been kept long
// enough.
type Keeping struct {
	binder   *trail.Binder
	sealer   *trail.Sealer   // nil: nothing is sealed, which is for trials
	cosigner *trail.Cosigner // nil: nobody is asked
	now      func(context.Context) (time.Time, error)
}

// endMost is how long a stop takes for the end of the trail.
const endMost = 10 * time.Second

// keeping is how a server keeps the trail. What a command leaves that only loads data, the next server binds and seals.
func (c Serve) keeping(db store.DB, log *slog.Logger) (*Keeping, error) {
	switch {
	case c.Client == "import":
		return nil, nil
	case c.Auth == "none" && c.file() == "" && c.TrailLog == "":
		log.Warn("the trail is not sealed: set --trail-log and --key-file")
		return NewKeeping(db, nil, nil), nil
	}
	if _, err := c.Key.Box(c.file()); err != nil { // which makes the key beside a file
		return nil, err
	}
	sealer, cosigner, err := c.Sealers(db, c.Key, c.file(), log)
	if err != nil {
		return nil, err
	}
	return NewKeeping(db, sealer, cosigner), nil
}

// Metrics tell how much is not sealed, and not cosigned.
func (k *Keeping) Metrics() (all []prometheus.Collector) {
	if k != nil && k.sealer != nil {
		all = append(k.sealer.Metrics(), k.cosigner.Metrics())
	}
	return all
}

// NewKeeping prepares the keeping of a record's trail; without a sealer nothing is sealed, nor erased.
func NewKeeping(db store.DB, sealer *trail.Sealer, cosigner *trail.Cosigner) *Keeping {
	binder := &trail.Binder{DB: db, Hasher: store.NewHasher(db.Secret())}
	if sealer != nil {
		sealer.Follow(binder)
	}
	return &Keeping{binder, sealer, cosigner, db.Now}
}

// seals tells whether the trail is sealed.
func (k *Keeping) seals() bool { return k != nil && k.sealer != nil }

// Standing is how far the trail is sealed, and cosigned by some witnesses.
func (k *Keeping) Standing(ctx context.Context, parties ...trail.Party) (trail.Standing, error) {
	switch {
	case k == nil:
		return trail.Standing{}, nil
	case k.sealer == nil:
		return trail.Stand(ctx, k.binder.DB, nil)
	}
	return k.sealer.Standing(ctx, parties...)
}

// Works are those of a server's worker.
func (k *Keeping) Works() []worker.Work {
	if k == nil {
		return nil
	}
	works := []worker.Work{{Name: "bind the trail", Pause: bindPause, Do: k.binder.Step}}
	if k.sealer != nil {
		works = append(works, worker.Work{Name: "seal the trail", Pause: sealPause, Do: k.sealer.Step},
			worker.Work{Name: "erase the trail", Pause: erasePause, Do: k.erase})
	}
	if k.cosigner != nil {
		works = append(works, worker.Work{Name: "cosign the trail", Pause: cosignPause, Do: k.cosigner.Step})
	}
	return works
}

// erase takes out what has been kept long enough.
func (k *Keeping) erase(ctx context.Context) (more bool, err error) {
	now, err := k.now(ctx)
	if err != nil {
		return false, err
	}
	rule, before, err := trail.Kept(trail.Retentions(), now)
	if err == nil {
		_, err = k.sealer.Erase(ctx, before, rule.String())
	}
	return false, err
}

// End binds and seals what the last requests have left, so that nothing is in doubt while no server runs. What it does not get done,
// the next server does.
func (k *Keeping) End(ctx context.Context) error {
	if k == nil {
		return nil
	}
	steps := []func(context.Context) (bool, error){k.binder.Step}
	if k.sealer != nil {
		steps = append(steps, k.sealer.Step)
	}
	var all error
	for _, step := range steps {
		more, err := true, error(nil)
		for more && err == nil {
			more, err = step(ctx)
		}
		all = errors.Join(all, err)
	}
	if all != nil {
		return fault.Wrap(all, "binding and sealing the end of the trail")
	}
	return nil
}
