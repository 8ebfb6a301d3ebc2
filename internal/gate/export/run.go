package export

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// Run is an export that is being fetched. It is for one goroutine.
type Run struct {
	see, note *gate.Session // whose eyes it is made with, and who notes it
	task      fhir.Ref
	number    int
	mark      string
	most      int
	searches  []*search.Request

	at     int                // of searches
	token  string             // of its next page
	cut    bool               // something was left out
	told   bool               // that it was
	given  map[int64]struct{} // the resources that have left: one that is dated anew on the way comes up again
	sum    hash.Hash
	sums   Sums
	people *people
}

// Piece is a part of a run: some lines, all of one type.
type Piece struct {
	Type  schema.Type
	Lines []byte
}

// Begin notes a run of a request in its Task. What the session sees of what was approved is then fetched by [Run.Next]; whatever
// becomes of it, it has counted.
//
// The error is NotFound or Forbidden for a Task that the session may not see, Unprocessable for one of something else, Forbidden
// for anybody but the requester at the same institution and in the same role, Conflict for a request that is not
// approved, used up or over; or that of a search that the session may not make.
func (d *Desk) Begin(ctx context.Context, s *gate.Session, task fhir.Ref) (*Run, error) {
	if _, err := s.Read(ctx, task); err != nil {
		return nil, err
	}
	return d.begin(ctx, s, s.Behalf(Process), task)
}

// BeginFor is Begin at the console of the machine: with the eyes of the requester as access makes them, noted by note's actor. It
// is refused (Forbidden) for requests that were made through a program, whose scopes only the server knows.
func (d *Desk) BeginFor(
	ctx context.Context, note *gate.Session, task fhir.Ref, see func(reference, institution string, role gate.Role) *gate.Session,
) (*Run, error) {
	behalf := note.Behalf(Process)
	_, r, err := look(ctx, behalf, task)
	if err != nil {
		return nil, err
	}
	if r.client != "" {
		return nil, fault.New(fault.Forbidden, "The export was asked for through a program: "+
			"it is fetched through that from the server, by POST %s/$export.", task)
	}
	return d.begin(ctx, see(r.requester, r.custodian, r.role), behalf, task)
}

func (d *Desk) begin(ctx context.Context, see, note *gate.Session, task fhir.Ref) (*Run, error) {
	run := &Run{see: see, note: note, task: task, given: map[int64]struct{}{}, sum: sha256.New(), people: newPeople(note)}
	_, r, err := look(ctx, note, task)
	if err == nil {
		err = run.ready(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	run.most = r.Most
	_, err = amend(ctx, note, task, func(r *request) error {
		if err := r.open(now(see)); err != nil {
			return err
		}
		run.mark, run.number = r.begin(d.marks, now(see)).mark, len(r.runs)
		return nil
	})
	return run, err
}

// ready refuses a run that would come to nothing, so that it does not count.
func (run *Run) ready(ctx context.Context, r *request) (err error) {
	if err = r.mine(run.see.Actor()); err == nil {
		err = r.open(now(run.see))
	}
	if err == nil {
		err = probe(ctx, run.see, r.Parts)
	}
	if err == nil {
		run.searches, err = searches(run.see, r.Parts)
	}
	return err
}

// pageMost is how many resources are held in memory at a time.
const pageMost = 100

// Next gives the next lines; the error is [io.EOF] behind the last, or that of a search. Nothing is held open between two calls:
// each resource leaves once, as it stands when its page is read, and what is created meanwhile does not.
// A run that stops at what was approved says so in a last line, an OperationOutcome.
func (r *Run) Next(ctx context.Context) (Piece, error) {
	for r.at < len(r.searches) && !r.cut {
		p, err := r.page(ctx)
		if err != nil || len(p.Lines) > 0 {
			return p, err
		}
	}
	if r.cut && !r.told {
		r.told = true
		line, err := r.line(unfinished(r.most))
		return r.count(Piece{typeOutcome, line}), err
	}
	return Piece{}, io.EOF
}

// page is the next page of what is left: the lines of a page, which may be none.
func (r *Run) page(ctx context.Context) (Piece, error) {
	asked := r.searches[r.at]
	p := Piece{Type: asked.Parts[0].Type}
	asked.Count = min(pageMost, r.most-r.sums.Resources+1) // one more than may be given tells whether it is all
	found, err := r.see.Search(ctx, asked, fmt.Sprintf("%s#%d", r.mark, r.at), r.token)
	if err != nil {
		return p, err
	}
	about, err := r.people.about(ctx, found.Matches)
	if err != nil {
		return p, err
	}
	for i, v := range found.Matches {
		if _, again := r.given[v.Rid]; again {
			continue
		}
		if r.sums.Resources == r.most || !r.people.add(about[i], r.most) {
			r.cut = true
			break
		}
		line, err := r.line(v.Resource())
		if err != nil {
			return p, err
		}
		p.Lines = append(p.Lines, line...)
		r.given[v.Rid] = struct{}{}
		r.sums.Resources++
	}
	if r.token = found.Next; r.token == "" {
		r.at++
	}
	return r.count(p), nil
}

// count counts what is handed out.
func (r *Run) count(p Piece) Piece {
	r.sum.Write(p.Lines)
	r.sums.Bytes += int64(len(p.Lines))
	return p
}

// line is a resource as a line with the mark of the run.
func (r *Run) line(resource []byte) ([]byte, error) {
	doc, err := fhir.NewDoc(resource)
	if err != nil {
		return nil, fault.Wrap(err, "marking a resource")
	}
	tag := r4.ResourceAt(fhir.ElementOf(doc)).Meta().Tag().Add()
	tag.SetSystem(System)
	tag.SetCode(r.mark)
	var line bytes.Buffer
	if err = tag.Err(); err == nil {
		err = json.Compact(&line, doc.Bytes()) // a line of ndjson holds no line feed
	}
	if err != nil {
		return nil, fault.Wrap(err, "marking a resource")
	}
	line.WriteByte('\n')
	return line.Bytes(), nil
}

var typeOutcome, _ = schema.TypeOf("OperationOutcome")

// unfinished says at the end of a run that it is not all.
func unfinished(most int) []byte {
	return fmt.Appendf(nil, `{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"incomplete","diagnostics":`+
		`"This is not all: the export was approved for %d resources about as many residents at most. `+
		`Ask for one of more, or of less at a time."}]}`, most)
}

// endWait bounds the time in which the end of a run is noted.
const endWait = 10 * time.Second

// End notes in the Task what has left the record; failed is what the run broke off by, nil for one that was fetched to
// its end. It notes even when ctx has ended. The error is that of the note: then the run must not look whole to who fetches it.
func (r *Run) End(ctx context.Context, failed error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWait)
	defer cancel()
	r.sums.People, r.sums.Whole = r.people.count(), failed == nil && !r.cut
	r.sums.SHA256 = hex.EncodeToString(r.sum.Sum(nil))
	_, err := amend(ctx, r.note, r.task, func(q *request) error {
		q.finish(r.number, r.sums, now(r.see))
		return nil
	})
	return err
}

// Sums are what has left the record until now.
func (r *Run) Sums() Sums {
	r.sums.People = r.people.count()
	return r.sums
}
