package store

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
)

// Position is a place in the feed of changes: just behind the change of that number, the first one being 1. Numbers are
// given without a gap, and never again within an epoch. A database that has been brought back from a copy begins a new
// epoch, for it may have lost what others have seen of the one before.
type Position struct{ Epoch, Number int64 }

func (p Position) String() string { return fmt.Sprintf("%d-%d", p.Epoch, p.Number) }

// FeedEntry is a change in the feed: the version that it made.
type FeedEntry struct {
	Place int64 // its number in the feed
	Version
}

// Stretch is a part of the feed.
type Stretch struct {
	Entries []FeedEntry // those of the types that were asked for, in their order
	To      Position    // where it ends; the next stretch begins there
	bytes   int
}

// StretchBytes is after how many bytes of bodies a stretch of the feed ends.
const StretchBytes = 32 << 20

// Add takes up a change, and tells whether there is room for more.
func (s *Stretch) Add(e FeedEntry) bool {
	s.Entries = append(s.Entries, e)
	if s.bytes += len(e.Body.Bytes); s.bytes > StretchBytes {
		s.To.Number = e.Place
		return false
	}
	return true
}

// Follower is a named cursor: how far somebody has come who follows the feed.
type Follower struct {
	Name string
	At   Position
}

// FeedState tells how far the feed and those who follow it have come.
type FeedState struct {
	Head      Position
	Waiting   int64     // changes that are committed and have no number yet, as far as [WaitingMost]
	Oldest    time.Time // when the first of these was made; zero for none
	Followers []Follower
}

// WaitingMost is how far changes are counted that have no number yet.
const WaitingMost = 100_000

// Feed is the one order of all committed changes. For one resource it is the order of its versions; a change that was
// answered before another was begun stands before it.
type Feed interface {
	// Feed reads the changes behind a position, at most so many numbers of it and fewer if their bodies are more than
	// [StretchBytes]; no types means all. The error is Gone for
	// a position of an earlier epoch that this database no longer has.
	Feed(ctx context.Context, from Position, most int, types ...schema.Type) (Stretch, error)
	// FeedState tells how far everybody has come.
	FeedState(ctx context.Context) (FeedState, error)
	// Sequence gives numbers to at most so many committed changes that have none, and tells to how many. It is safe to
	// call anywhere at any time, but one server at a time does it best.
	Sequence(ctx context.Context, most int) (int, error)
	// Outbox is how many jobs have been asked for and not been handed over yet, and when the first of them is due.
	Outbox(ctx context.Context) (int64, time.Time, error)
	// NewEpoch begins an epoch behind everything that the database has. No server may be writing.
	NewEpoch(ctx context.Context) (Position, error)
}

// Epoch is a stretch of the feed's life.
type Epoch struct {
	Number int64
	Behind int64 // number of the last change of the epochs before that this database has
}

// Within checks a position against the epochs, in their order, and gives it as one of the newest. The error is Gone where
// the database has lost changes before it.
func (p Position) Within(epochs []Epoch, head int64) (Position, error) {
	newest := epochs[len(epochs)-1].Number
	if p.Epoch == 0 && p.Number == 0 { // the very beginning
		return Position{newest, 0}, nil
	}
	if p.Epoch > newest || p.Epoch < 1 || p.Number < 0 || p.Epoch == newest && p.Number > head {
		return p, fault.New(fault.Malformed, "%s is not a place in the feed of this database; its newest is %s.", p, Position{newest, head})
	}
	for _, e := range epochs {
		if e.Number > p.Epoch && e.Behind < p.Number {
			return p, fault.New(fault.Gone, "The database was brought back from a copy that ends at %s; what followed up to %s is lost. Begin anew from there or from the start.",
				Position{e.Number, e.Behind}, p)
		}
	}
	return Position{newest, p.Number}, nil
}

// Job is work that a transaction asks for, to be done after its commit.
type Job struct {
	ID     string // a UUID; what the job does is done once for it
	Kind   string
	Args   []byte    // JSON
	Due    time.Time // not before; zero for at once
	Unique string    // while another of this kind and name waits, that one stands for both, at the earlier time; "" for none
}

// jobKind is what a kind of jobs is called.
var jobKind = regexp.MustCompile(`^[a-z][a-z0-9.-]{1,98}[a-z0-9]$`)

const (
	jobArgs   = 64 << 10 // bytes
	jobUnique = 200
)

// Check refuses a job that the queue could not take: in the outbox it would stand in the way of others.
func (j Job) Check() error {
	switch {
	case j.ID == "" || !jobKind.MatchString(j.Kind):
		return fault.Wrap(nil, "enqueueing a job: it has no id, or its kind "+j.Kind+" is not of letters, digits, dots and dashes")
	case len(j.Args) > jobArgs || !json.Valid(j.Args):
		return fault.Wrap(nil, "enqueueing a job of kind "+j.Kind+": its arguments are no JSON, or too long")
	case len(j.Unique) > jobUnique || strings.ContainsRune(j.Unique+j.ID, 0) || !utf8.ValidString(j.Unique+j.ID):
		return fault.Wrap(nil, "enqueueing a job of kind "+j.Kind+": its unique name is too long, holds a zero byte or is no UTF-8")
	}
	return nil
}

// Distinct leaves out jobs for which an equal one of the list stands, and lets those without a time be due now.
func Distinct(jobs []Job, now time.Time) (list []Job) {
	at := map[[2]string]int{}
	for _, j := range jobs {
		if j.Due.IsZero() {
			j.Due = now
		}
		name := [2]string{j.Kind, j.Unique}
		if i, known := at[name]; known && j.Unique != "" {
			if j.Due.Before(list[i].Due) {
				list[i].Due = j.Due
			}
			continue
		}
		at[name] = len(list)
		list = append(list, j)
	}
	return list
}

// Part parts the numbers of outbox lines into those that were handed over and those that were held back.
func Part(lines []int64, held []bool) (out, off []int64) {
	for i, n := range lines {
		if held[i] {
			off = append(off, n)
		} else {
			out = append(out, n)
		}
	}
	return out, off
}
