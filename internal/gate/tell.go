package gate

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
)

// Doing is what a request asks for, as the trail tells it.
type Doing struct {
	Do      string // the interaction, as FHIR calls it, or an operation such as $export
	On      string // its address below the base
	Query   string // its criteria
	From    string // network address of who asks
	Request string // id of the request
}

const (
	queryMost = 64 << 10 // bytes of criteria that a line has
	partMost  = 2 << 10  // bytes of one entry, and residents, in the line of one that failed
)

// clipped is the beginning of a text that has more than so many bytes.
func clipped(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// purposeEmergency is the purpose of use of who looks by an emergency permit (v3-ActReason: emergency treatment).
const purposeEmergency = "ETREAT"

// Begin says what the session is for. From then on the trail hears of what it gives out, once [Session.Leave] is called.
func (s *Session) Begin(d Doing) {
	if s.gate.config.Trail != nil {
		if len(d.Query) > queryMost {
			d.Query = clipped(d.Query, queryMost)
		}
		s.journal = &journal{doing: d}
	}
}

// Leave adds a line to the trail: what the session has given out since the last time, or what became of its request, which failed with
// an error or did not. It returns once the line is durable: before that no answer may leave. The error is Unavailable or Internal; then
// none may at all.
//
// A request that has changed something and shows nothing else has left its line with its transaction. Those that nobody is behind,
// or that the server is too busy for, leave none.
func (s *Session) Leave(ctx context.Context, failed error) error {
	j := s.journal
	if j == nil {
		return nil
	}
	told := j.wrote && failed == nil && len(j.saw) == 0 && !j.parted
	r := s.record(became(failed))
	if r.Of, r.By = j.of, j.by; failed == nil {
		r.Saw, r.Number = j.each(j.saw), j.count
	}
	if j.parts.Len() > 0 {
		if r.Query = j.parts.String()[1:]; j.more > 0 {
			r.Query += fmt.Sprintf("\n… %d more", j.more)
		}
	}
	apart := j.apart
	*j = journal{doing: j.doing}
	if code := fault.CodeOf(failed); told || failed != nil && (code == fault.Unavailable || code == fault.Unknown) {
		return nil
	}
	line := buffers.Get().(*[]byte)
	defer buffers.Put(line)
	*line = r.Append(append((*line)[:0], apart...))
	if err := s.gate.config.Trail.Leave(ctx, *line); err != nil {
		return fault.New(fault.Unavailable, "What you asked for could not be put on record, so it is not answered. Try again in a moment.").Because(err)
	}
	return nil
}

// buffers are for lines; these are bounded, as criteria and answers are.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

func became(err error) trail.Outcome {
	switch fault.CodeOf(err) {
	case "":
		return trail.Done
	case fault.Forbidden:
		return trail.Denied
	case fault.NotFound, fault.Gone:
		return trail.Absent
	case fault.Internal:
		return trail.Failed
	}
	return trail.Refused
}

// Part says that the request is a bundle, of which this entry is done next: what it asks for, without what the trail does not keep.
func (s *Session) Part(method, url string) {
	j := s.journal
	if j == nil {
		return
	}
	url = strings.Map(func(c rune) rune {
		if c < ' ' {
			return -1 // so that one entry does not look like two
		}
		return c
	}, url)
	j.part, j.partOf = clipped(method+" "+url, partMost), nil
	switch {
	case j.parts.Len()+len(method)+len(url) > queryMost:
		j.more++
	default:
		j.parts.WriteString("\n" + method + " " + url)
	}
}

// Does says that the request turns out to be another interaction than it seemed.
func (s *Session) Does(interaction string) {
	if j := s.journal; j != nil {
		j.doing.Do = interaction
	}
}

// PartFailed says that the newest entry failed, while others are done.
func (s *Session) PartFailed(err error) {
	j := s.journal
	if j == nil {
		return
	}
	j.parted = true
	out := became(err)
	if j.more == 0 {
		j.parts.WriteString(" " + string(out))
	}
	if out == trail.Denied || out == trail.Absent { // which must not be hidden among what was done
		r := s.record(out)
		r.On, r.Of = j.part, j.partOf
		j.apart = r.Append(j.apart)
	}
}

// record is a line of the session but for what it is about.
func (s *Session) record(out trail.Outcome) trail.Record {
	a := s.actor
	now := s.Now()
	r := trail.Record{
		ID: trail.NewID(now), At: now, Outcome: out,
		Who: a.Reference, As: string(a.Role), Grant: a.As, For: a.Institution, Client: a.Client, Process: a.Process,
	}
	if a.Access != nil {
		r.Why = a.Access.purpose
	}
	if j := s.journal; j != nil {
		r.Do, r.On, r.Query, r.From, r.Request = j.doing.Do, j.doing.On, j.doing.Query, j.doing.From, j.doing.Request
		if len(j.by) > 0 {
			r.Why = purposeEmergency
		}
	}
	return r
}

// tell notes versions that are given out.
func (s *Session) tell(versions ...store.Version) error {
	j := s.journal
	if j == nil {
		return nil
	}
	for _, v := range versions {
		refs, err := s.of(v)
		if err != nil {
			return err
		}
		j.saw = append(j.saw, told{named(v), j.about(refs...)})
	}
	return nil
}

// named is how the trail names a version.
func named(v store.Version) string {
	var room [128]byte // more than a type, an id and a number have
	name := append(append(room[:0], v.Ref.Type.String()...), '/')
	return string(strconv.AppendInt(append(append(name, v.Ref.ID...), '/'), v.Number, 10))
}

// of are the residents whom a version is about.
func (s *Session) of(v store.Version) ([]fhir.Ref, error) {
	if v.Ref.Type == typePatient || !personal(v.Ref.Type) || !v.Live() {
		return s.aboutNames(v.Ref), nil
	}
	if j := s.journal; j != nil {
		if of, is := j.masked[named(v)]; is {
			return of, nil
		}
		if len(j.body) == len(v.Body.Bytes) && &j.body[0] == &v.Body.Bytes[0] {
			return (&view{Session: s}).about(j.resource), nil
		}
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return nil, fault.Wrap(err, "reading a stored resource")
	}
	return (&view{Session: s}).about(r), nil
}

// aboutNames is the resident that a name itself tells.
func (s *Session) aboutNames(ref fhir.Ref) []fhir.Ref {
	if ref.Type == typePatient && ref.ID != "" {
		return []fhir.Ref{ref}
	}
	return nil
}

// tellAsked notes residents whom a request is about, whatever it is answered.
func (s *Session) tellAsked(refs ...fhir.Ref) {
	if j := s.journal; j != nil {
		j.about(refs...)
	}
}

// tellNumber notes how many resources an answer counts.
func (s *Session) tellNumber(n int) {
	if j := s.journal; j != nil && n > 0 {
		j.count += int64(n)
	}
}

// tellOpen notes permits by which a record is open in an emergency.
func (s *Session) tellOpen(permits []Permit) {
	j := s.journal
	if j == nil {
		return
	}
	for _, p := range permits {
		if p.Emergency && !slices.Contains(j.by, p.Consent) {
			j.by = append(j.by, p.Consent)
		}
	}
}

// trace adds a line on what a transaction writes, to the transaction.
func (d *decision) trace(tx store.Tx) error {
	s := d.session
	if s.gate.config.Trail == nil || len(d.changes) == 0 {
		return nil
	}
	r := s.record(trail.Done)
	if r.Do == "" {
		r.Do = "transaction"
	}
	var j journal
	for i := range d.changes {
		c := &d.changes[i]
		letter := "U "
		switch {
		case c.Method == store.Delete:
			letter = "D "
		case c.Number == 1 || c.Method == store.PutNew:
			letter = "C "
		}
		refs, err := s.of(c.Version)
		if err != nil {
			return err
		}
		j.saw = append(j.saw, told{letter + named(c.Version), j.about(append(refs, d.were[c.Ref]...)...)})
		r.Sums = append(r.Sums, trail.Sum(c.Body.Bytes))
	}
	if r.Wrote, r.Of = j.each(j.saw), j.of; s.journal != nil {
		r.By = s.journal.by
	}
	if err := tx.Trace(r.Append(nil)); err != nil {
		return err
	}
	if s.journal != nil {
		s.journal.wrote = true
	}
	return nil
}

// tellFound notes what ops have found, or had done before.
func (s *Session) tellFound(results []Result) error {
	if s.journal == nil {
		return nil
	}
	for _, r := range results {
		if r.Version.Exists() && (r.Event == Found || r.Replayed) {
			if err := s.tell(r.Version); err != nil {
				return err
			}
		}
	}
	return nil
}
