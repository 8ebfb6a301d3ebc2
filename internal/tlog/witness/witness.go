package witness

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"

	"yitong/internal/fault"
	"yitong/internal/tlog"
)

// Witness cosigns checkpoints of the logs that it knows.
type Witness struct {
	key   Key
	logs  map[string][]tlog.Public // by name
	state *state
	meter *meter

	mu    sync.Mutex
	known map[string]tlog.Checkpoint // the newest of each log, by its name with the epoch
}

// Open opens a witness that remembers what it has signed in a folder, which no other witness may use. Close gives it
// back.
func Open(dir string, key Key, logs []tlog.Public) (*Witness, error) {
	s, err := openState(dir)
	if err != nil {
		return nil, err
	}
	known, err := s.all()
	if err != nil {
		s.close()
		return nil, err
	}
	w := &Witness{key: key, logs: map[string][]tlog.Public{}, state: s, known: known, meter: newMeter()}
	for _, l := range logs {
		w.logs[l.Name] = append(w.logs[l.Name], l)
	}
	for origin, c := range known {
		w.meter.size.WithLabelValues(origin).Set(float64(c.Size))
	}
	return w, nil
}

// Close lets another witness use the folder.
func (w *Witness) Close() error { return w.state.close() }

// conflict is the refusal of what does not begin where the witness stands.
type conflict struct {
	refusal *fault.Error
	size    int64 // where the witness stands
}

func (c *conflict) Error() string { return c.refusal.Error() }
func (c *conflict) Unwrap() error { return c.refusal }

// Add looks whether a checkpoint follows the newest one that was cosigned, of which the caller believes that it had old
// leaves, remembers it durably and returns its cosignature: a line of a note. The error is NotFound for a log that the
// witness does not know, Forbidden for one that is not signed by its key, Malformed if old is beyond the checkpoint,
// Conflict if old is not where the witness stands, or if there is another root for as many leaves, and Unprocessable if
// the proof does not show that it follows.
func (w *Witness) Add(old int64, steps [][]byte, text []byte) ([]byte, error) {
	c, err := w.ours(text)
	if err != nil {
		return nil, err
	}
	if old > c.Size {
		return nil, fault.New(fault.Malformed, "The checkpoint has %d leaves, fewer than the %d before.", c.Size, old)
	}
	w.mu.Lock() // nobody may come between the look at what is known, the keeping and the signing
	defer w.mu.Unlock()
	last, seen := w.known[c.Origin]
	if !seen {
		var empty tlog.Tree
		last.Root = empty.Root()
	}
	if old != last.Size || old == c.Size && !bytes.Equal(last.Root, c.Root) {
		return nil, &conflict{fault.New(fault.Conflict, "The newest checkpoint of the log that was cosigned has %d "+
			"leaves.", last.Size), last.Size}
	}
	if err := tlog.Follows(last.Size, c.Size, steps, last.Root, c.Root); err != nil {
		return nil, err
	}
	if !seen || c.Size > last.Size {
		if err := w.state.keep(c); err != nil {
			return nil, fault.Wrap(err, "keeping a checkpoint")
		}
		w.known[c.Origin] = c
		w.meter.size.WithLabelValues(c.Origin).Set(float64(c.Size))
	}
	return w.cosign(c)
}

// Latest are the newest checkpoints of all epochs of a log, signed by it and by the witness at this moment.
func (w *Witness) Latest(name string) ([][]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var origins []string
	for origin := range w.known {
		if n, _, ok := tlog.SplitOrigin(origin); ok && n == name {
			origins = append(origins, origin)
		}
	}
	slices.Sort(origins)
	var notes [][]byte
	for _, origin := range origins {
		c := w.known[origin]
		line, err := w.cosign(c)
		if err != nil {
			return nil, err
		}
		notes = append(notes, slices.Concat(c.Note, line))
	}
	return notes, nil
}

// ours reads a checkpoint of a log that the witness knows.
func (w *Witness) ours(text []byte) (tlog.Checkpoint, error) {
	c, err := tlog.Claimed(text)
	if err != nil {
		return c, fault.New(fault.Malformed, "What was sent is not a checkpoint.").Because(err)
	}
	name, _, ok := tlog.SplitOrigin(c.Origin)
	if !ok || w.logs[name] == nil {
		return c, fault.New(fault.NotFound, "The witness does not know the log %q.", c.Origin)
	}
	for _, p := range w.logs[name] {
		if own, err := p.Read(text, c.Origin); err == nil {
			return own, nil
		}
	}
	return c, fault.New(fault.Forbidden, "The checkpoint is not signed by the key of the log %q.", c.Origin)
}

// cosign makes the line of a note by which the witness says that it has seen a checkpoint.
func (w *Witness) cosign(c tlog.Checkpoint) ([]byte, error) {
	head, _, _ := strings.Cut(string(c.Note), "\n\n")
	signed, err := note.Sign(&note.Note{Text: head + "\n"}, w.key)
	if err != nil {
		return nil, fault.Wrap(err, "cosigning a checkpoint")
	}
	return signed[len(head)+2:], nil
}
