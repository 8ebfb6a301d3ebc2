package export

import (
	"context"
	"strings"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// State is how far a request has come.
type State string

// The states.
const (
	Waits    State = "waits"    // for a decision
	Rejected State = "rejected" // it was not approved
	Open     State = "open"     // it can be fetched
	Fetched  State = "fetched"  // as often as it was approved for
	Over     State = "over"     // its time has run out
)

// OwnRequest is a request of one's own.
type OwnRequest struct {
	Asked
	Task  fhir.Ref
	State State
	At    time.Time // when it was made
	Why   string    // it was rejected
	Left  int       // how often it can be fetched still
	Runs  []OwnRun
}

// OwnRun is a run of a request. Ended is zero for one that goes on or has broken off.
type OwnRun struct {
	Sums
	Began, Ended time.Time
}

// ownMost bounds the requests that are listed, newest first.
const ownMost = 50

// Limits are what requests are held to.
func (d *Desk) Limits() Limits { return d.limits }

// Own are the newest requests that the person of a session has made in the role and at the institution in which they act.
func (d *Desk) Own(ctx context.Context, s *gate.Session) ([]OwnRequest, error) {
	behalf := s.Behalf(Process)
	asked, err := behalf.Request([]schema.Type{typeTask}, []search.Pair{
		{Name: "code", Value: systemProcess + "|" + Process}, {Name: "_sort", Value: "-authored-on"},
		{Name: "requester:identifier", Value: systemActor + "|" + search.Escape(s.Actor().Reference)},
	}, gate.Wishes{})
	if err != nil {
		return nil, err
	}
	asked.Count = ownMost
	found, err := behalf.Search(ctx, asked, "export", "")
	if err != nil {
		return nil, err
	}
	var own []OwnRequest
	for _, v := range found.Matches {
		r, err := readRequest(v.Body.Bytes)
		if err != nil {
			return nil, err
		}
		if r.mine(s.Actor()) == nil {
			own = append(own, r.own(v.Ref, now(s)))
		}
	}
	return own, nil
}

// own is a request as who has made it is told of it.
func (r *request) own(task fhir.Ref, now time.Time) OwnRequest {
	o := OwnRequest{Asked: r.Asked, Task: task, At: moment(r.doc.AuthoredOn())}
	for _, run := range r.runs {
		o.Runs = append(o.Runs, OwnRun{run.sums, run.began, run.ended})
	}
	switch {
	case r.status == requested && now.Before(r.Until):
		o.State = Waits
	case r.status == rejected:
		o.State = Rejected
		for _, note := range r.doc.Note().All() {
			_, o.Why, _ = strings.Cut(note.Text(), ": ")
		}
	case r.status == completed || r.repetitions > 0 && len(r.runs) >= r.repetitions:
		o.State = Fetched
	case r.open(now) == nil:
		o.State, o.Left = Open, r.repetitions-len(r.runs)
	default:
		o.State = Over
	}
	return o
}
