package trail

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"yitong/internal/fault"
)

// Written is a version of a resource whose line is looked for: its number, who it says has made it, and when by the database's clock.
type Written struct {
	Number int64
	Who    string
	At     time.Time
}

// slacks are how far the line of a version may lie before and behind the version, by the clocks of the database and of the server that
// has written it: what is not found near is looked for once more.
var slacks = [][2]time.Duration{{2 * time.Second, 10 * time.Second}, {time.Minute, 3 * time.Minute}}

// Writes are the records of the transactions that have made versions of a resource, such as Observation/1, by their numbers. Of what the
// trail does not hold there is none. It goes by who has made the versions, and opens what was bound about when they were made.
//
// The error is Unprocessable (too-costly) for versions around which too much was done by who has made them, Unavailable while too much
// of the trail is not bound.
func (f *Finder) Writes(ctx context.Context, of string, versions []Written) (map[int64]Record, error) {
	w := writes{of: of, needle: []byte(" " + of + "/"), found: map[int64]Record{}, wanted: map[int64]bool{}}
	w.opens = cmp.Or(f.opens, batchesMost)
	for _, v := range versions {
		w.wanted[v.Number] = true
	}
	loose, err := f.loose(ctx) // first: what is bound meanwhile is then seen twice, and not missed
	if err == nil {
		err = w.take(loose)
	}
	for _, slack := range slacks {
		for _, one := range stretches(w.left(versions), slack) {
			if err == nil {
				err = f.writesIn(ctx, &w, one)
			}
		}
	}
	return w.found, err
}

// writes are lines on versions of a resource that are looked for.
type writes struct {
	of           string
	needle       []byte // which stands in each of them
	wanted       map[int64]bool
	found        map[int64]Record
	opens, bytes int // batches that may be opened still, and bytes of their lines that have been read
}

// left are the versions that have not been found.
func (w *writes) left(versions []Written) (left []Written) {
	for _, v := range versions {
		if _, is := w.found[v.Number]; !is {
			left = append(left, v)
		}
	}
	return left
}

// stretch is a time in which somebody has made versions.
type stretch struct {
	Wanted
	versions []Written
}

// stretches are the times about those at which versions were made. Those that meet are one.
func stretches(versions []Written, slack [2]time.Duration) (all []stretch) {
	versions = slices.SortedFunc(slices.Values(versions), func(a, b Written) int { return a.At.Compare(b.At) })
	for _, v := range versions {
		from, to := v.At.Add(-slack[0]), v.At.Add(slack[1])
		if n := len(all); n == 0 || from.After(all[n-1].To) {
			all = append(all, stretch{Wanted: Wanted{From: from, Agents: []string{}}})
		}
		s := &all[len(all)-1]
		s.To, s.versions = to, append(s.versions, v)
		switch {
		case v.Who == "":
			s.Agents = nil // whoever it was
		case s.Agents != nil && !slices.Contains(s.Agents, v.Who):
			s.Agents = append(s.Agents, v.Who)
		}
	}
	return all
}

// writesIn looks through the batches of a stretch, the newest first, until all that is looked for in it is found.
func (f *Finder) writesIn(ctx context.Context, w *writes, in stretch) error {
	for left := f.numbers(in.Wanted); len(w.left(in.versions)) > 0; {
		run, err := left.run(ctx, runMost)
		if err != nil || run == nil {
			return err
		}
		if w.opens -= len(run); w.opens < 0 || w.bytes > bytesMost {
			return fault.New(fault.Unprocessable, "Too much was done when these versions were made: ask for fewer of them.").WithIssue("too-costly")
		}
		batches, err := f.DB.Batches(ctx, run[len(run)-1], len(run), true)
		for i := range batches {
			if err == nil && batches[i].Body != nil { // erased ones have none
				var lines [][]byte
				if lines, err = Unpack(batches[i].Body); err != nil {
					return fault.Wrap(err, "reading a batch of the trail")
				}
				err = w.take(lines)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// take keeps of lines those on versions that are looked for.
func (w *writes) take(lines [][]byte) error {
	for _, line := range lines {
		w.bytes += len(line)
		if !bytes.Contains(line, w.needle) {
			continue
		}
		r, err := Parse(line)
		if err != nil {
			return err
		}
		for _, text := range r.Wrote {
			ref, version := versioned(entry(text[writing:]))
			number, err := strconv.ParseInt(version, 10, 64)
			if err == nil && ref == w.of && w.wanted[number] {
				w.found[number] = r
			}
		}
	}
	return nil
}
