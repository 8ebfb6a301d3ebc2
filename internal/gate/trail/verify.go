package trail

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
	"yitong/internal/tlog"
)

// Unsealed is for how long a batch may be without a leaf while a server runs.
const Unsealed = 10 * time.Second

// unboundMost is how many bytes of lines are looked at that are in no batch yet.
const unboundMost = 8 << 20

// Verification says what is compared.
type Verification struct {
	DB     store.Trail
	Folder *tlog.Folder
	// Known are checkpoints that others have kept: witnesses, or whoever put one aside. They must have been asked for
	// before.
	Known []Known
	Now   time.Time
	// Hasher is that with which the batches were bound; nil: the keys by which they are found are not compared.
	Hasher *store.Hasher
	// Progress is told from time to time how many lines and batches were looked at, of how many; nil for nobody.
	Progress func(lines, batches, of int64)
}

// Known is a checkpoint that somebody has kept.
type Known struct {
	Note []byte
	By   string // who, as it is printed
}

// Report is what came out.
type Report struct {
	Epochs  int
	Batches int64 // that were compared with their leaves
	Lines   int64 // of these
	Erased  int64 // of the batches, whose lines are gone as was said before

	Said   []string // by the log: restorings and erasures
	Wrong  []string // what was altered, taken out, added or put elsewhere, the first first
	Doubts []string // what cannot be told
	Notes  []string // what else is worth knowing
	Late   []string // batches, some of them, whose lines say that they are older than lines are when they are bound
}

// Whole tells whether everything could be told and nothing is wrong.
func (r *Report) Whole() bool { return len(r.Wrong) == 0 && len(r.Doubts) == 0 }

// Verify compares the database with the log, the log with its checkpoints, and these with those that others have kept.
// The report names the first row that was altered, is missing, was added, or stands elsewhere. The error is for what
// keeps it from looking. A server may be at work meanwhile.
func Verify(ctx context.Context, v Verification) (*Report, error) {
	r := &Report{}
	c, err := openChain(ctx, v.Folder, v.Folder.Log)
	if err := r.take(err); err != nil {
		return nil, err
	}
	r.Epochs = len(c)
	if len(r.Wrong) > 0 {
		return r, nil
	}
	if err := r.take(v.logs(ctx, c, r)); err != nil {
		return nil, err
	}
	w := &walk{v: v, r: r, chain: c, read: reader{db: v.DB, bodies: true, next: math.MinInt64}}
	if err := r.take(w.all(ctx)); err != nil {
		return nil, err
	}
	return r, r.take(w.rest(ctx))
}

// take puts an error that says what is wrong into the report, and gives another back.
func (r *Report) take(err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Code == fault.Unprocessable {
		text := f.Message
		if f.Err != nil {
			text += " (" + f.Err.Error() + ")"
		}
		r.Wrong = append(r.Wrong, text)
		return nil
	}
	return err
}

func (r *Report) wrong(format string, args ...any) {
	r.Wrong = append(r.Wrong, fmt.Sprintf(format, args...))
}

// logs compares each log with its checkpoint and with those that others have kept.
func (v Verification) logs(ctx context.Context, c chain, r *Report) error {
	if len(c) == 0 {
		r.Doubts = append(r.Doubts, fmt.Sprintf("There is no log of the trail in %s.", v.Folder.Dir()))
	}
	known := map[int][]kept{}
	for i := 1; i < len(c); i++ {
		before, said := c[i-1].log.Epoch, c[i].first.Restored
		known[before] = append(known[before], kept{[]byte(said.Checkpoint), "the log " + c[i].log.Origin, true})
	}
	for _, k := range v.Known {
		cp, err := v.Folder.Public().Read(k.Note, "")
		if err != nil {
			r.Doubts = append(r.Doubts, fmt.Sprintf("What %s has kept is not a checkpoint of this log: %s",
				k.By, fault.From(err).Message))
			continue
		}
		_, epoch, _ := tlog.SplitOrigin(cp.Origin)
		if c.epoch(epoch) == nil {
			c.absent(epoch, k.By, cp, r)
		}
		known[epoch] = append(known[epoch], kept{k.Note, k.By, false})
	}
	for i := range c {
		if err := v.log(ctx, &c[i], known[c[i].log.Epoch], i+1 == len(c), r); err != nil {
			return err
		}
	}
	return nil
}

// absent reports a log that somebody has seen, and that is not in the chain.
func (c chain) absent(epoch int, by string, seen tlog.Checkpoint, r *Report) {
	after := slices.IndexFunc(c, func(l link) bool { return l.log.Epoch > epoch })
	if after < 0 {
		r.wrong("%s has seen %d leaves of the log %s, which is gone: it was taken away or rolled back.",
			by, seen.Size, seen.Origin)
		return
	}
	r.Said = append(r.Said, fmt.Sprintf("%s has seen %d leaves of the log %s, which is not here: it was given up "+
		"when epoch %d went on without it.",
		by, seen.Size, seen.Origin, c[after].log.Epoch))
}

func (c chain) epoch(n int) *link {
	for i := range c {
		if c[i].log.Epoch == n {
			return &c[i]
		}
	}
	return nil
}

// kept is a checkpoint of a log that somebody has kept.
type kept struct {
	note []byte
	by   string
	last bool // nothing may follow it
}
