package trail

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"yitong/internal/fault"
	"yitong/internal/tlog"
)

const (
	askEvery   = 2 * time.Second // the least between two checkpoints that a witness is asked to cosign
	askAgain   = 10 * time.Second
	alarmAgain = time.Minute
)

// Witness is a second party that cosigns checkpoints of the log (internal/tlog/witness).
type Witness interface {
	Name() string
	// Ask returns the checkpoint of a log with the cosignature. The error is Conflict if the witness has seen another
	// past of it.
	Ask(ctx context.Context, l *tlog.Log) ([]byte, error)
}

// Cosigner asks witnesses to cosign each new checkpoint of the log, but each of them every two seconds at most. None of
// them holds anything up.
type Cosigner struct {
	folder *tlog.Folder
	log    *slog.Logger
	meter  *cosignMeter
	asked  []*asked
}

// asked is what is known of a witness.
type asked struct {
	Witness
	next   time.Time // when it may be asked again
	root   []byte    // of the newest checkpoint that it has cosigned
	epoch  int
	size   int64
	silent bool
}

// NewCosigner prepares the asking of witnesses; it may be none.
func NewCosigner(folder *tlog.Folder, witnesses []Witness, log *slog.Logger) *Cosigner {
	c := &Cosigner{folder: folder, log: log, meter: newCosignMeter(witnesses)}
	for _, w := range witnesses {
		c.asked = append(c.asked, &asked{Witness: w})
	}
	return c
}

// Metrics tell how far witnesses are behind, and how often one has known another past of the log.
func (c *Cosigner) Metrics() prometheus.Collector { return c.meter }

// Step asks the witnesses that have not cosigned the newest checkpoint, if it is time. There is never more to do at
// once. A witness that does not answer is logged once, and once when it answers again. The error is Conflict if one has
// seen another past of the log: somebody has put an older or another one into its place.
func (c *Cosigner) Step(ctx context.Context) (more bool, err error) {
	if len(c.asked) == 0 {
		return false, nil
	}
	l, err := newest(ctx, c.folder, c.folder.Log)
	if err != nil || l == nil {
		return false, err
	}
	now := time.Now()
	errs := make([]error, len(c.asked))
	var all sync.WaitGroup
	for i, a := range c.asked {
		if now.Before(a.next) || a.epoch == l.Epoch && bytes.Equal(a.root, l.Root) {
			continue
		}
		all.Go(func() { errs[i] = c.ask(ctx, a, l, now) })
	}
	all.Wait()
	for _, a := range c.asked {
		behind := l.Size
		if a.epoch == l.Epoch {
			behind = max(0, l.Size-a.size)
		}
		c.meter.lag.WithLabelValues(a.Name()).Set(float64(behind))
	}
	return false, errors.Join(errs...)
}

// ask asks one witness.
func (c *Cosigner) ask(ctx context.Context, a *asked, l *tlog.Log, now time.Time) error {
	signed, err := a.Ask(ctx, l)
	switch {
	case fault.CodeOf(err) == fault.Conflict:
		a.next = now.Add(alarmAgain)
		c.meter.conflicts.WithLabelValues(a.Name()).Inc()
		return err
	case err != nil:
		a.next = now.Add(askAgain)
		if !a.silent && ctx.Err() == nil {
			a.silent = true
			c.log.Warn("a witness of the trail's log does not answer; checkpoints go "+
				"without it", "witness", a.Name(), "cause", err)
		}
		return nil
	}
	if a.silent {
		c.log.Info("a witness of the trail's log answers again", "witness", a.Name())
	}
	a.next, a.epoch, a.root, a.size, a.silent = now.Add(askEvery), l.Epoch, l.Root, l.Size, false
	return c.folder.KeepCosigned(l.Epoch, a.Name(), signed)
}
