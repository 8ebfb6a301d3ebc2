package gate

import (
	"strings"

	"github.com/google/uuid"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/validate"
)

// newID is an id for a new resource: a UUID of version 7 (RFC 9562), so that newer ids sort behind older ones.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// conditional is the criteria of a link that is a conditional reference, nil for every other link. Criteria that
// cannot be read are taken up when the reference is rewritten.
func (s *Session) conditional(l fhir.Link) *Criteria {
	if l.Kind != fhir.LinkReference {
		return nil
	}
	ref := fhir.ParseReference(l.Node.Str())
	if ref.Kind != fhir.ReferenceConditional {
		return nil
	}
	c, err := s.Criteria(ref.Type, ref.Query)
	if err != nil {
		return nil
	}
	return c
}

// prepare brings every resource into the form in which it will be kept, given what the conditions mean.
func (t *transaction) prepare(resolved resolution) error {
	names := t.names(resolved)
	t.known = names
	var invalid *fault.Error // of all ops that break rules
	for i := range t.ops {
		o := &t.ops[i]
		if o.Kind != Create && o.Kind != Update {
			continue
		}
		p, err := t.prepareOne(rewriting{session: t.session, op: o, names: names, resolved: resolved}, t.meant(i, resolved))
		if err != nil {
			f := fault.From(o.at(err))
			if len(f.Issues) == 0 {
				return f
			}
			if invalid = invalid.And(f); len(invalid.Issues) >= validate.MostIssues {
				break
			}
		}
		t.prepared[i] = p
	}
	if invalid != nil {
		return invalid
	}
	t.settled = resolved
	t.ahead = map[int]patched{}
	t.aim()
	return nil
}

// aim lists what the prepared resources refer to, less what the list itself writes.
func (t *transaction) aim() {
	t.targets, t.editions = nil, nil
	if !t.session.gate.config.References {
		return
	}
	seen := make(map[fhir.Ref]bool, len(t.ops))
	for i := range t.prepared {
		seen[t.prepared[i].ref] = true
	}
	for i := range t.prepared {
		for _, r := range t.prepared[i].references {
			if r.version > 0 {
				t.editions = append(t.editions, r.to)
			}
			if !seen[r.to] {
				seen[r.to] = true
				t.targets = append(t.targets, r.to)
			}
		}
	}
}

// meant is the resource that an op is about.
func (t *transaction) meant(i int, resolved resolution) fhir.Ref {
	o := &t.ops[i]
	ref := o.target()
	if o.Match != nil {
		if v := resolved[o.Match.String()]; v != nil {
			return v.Ref
		}
		if o.Kind == Update {
			ref.ID = o.Resource.ID
		}
	}
	if ref.ID == "" && (o.Kind == Create || o.Kind == Update) {
		ref.ID = t.newIDs[i]
	}
	return ref
}

// names tells by which name of this record each full URL of the list is to be called.
func (t *transaction) names(resolved resolution) map[string]string {
	names := make(map[string]string, len(t.ops))
	for i := range t.ops {
		full := t.ops[i].FullURL
		if ref := t.meant(i, resolved); full != "" && ref.ID != "" { // a condition that nothing meets means nothing
			names[full] = ref.String()
		}
	}
	return names
}

// maxTerms bounds what one resource can be found by.
const maxTerms = 50_000

// prepareOne brings one resource into the form in which it will be kept.
func (t *transaction) prepareOne(w rewriting, ref fhir.Ref) (prepared, error) {
	edits, err := w.edits(t.session.gate.config.References)
	if err != nil {
		return prepared{}, err
	}
	p := prepared{ref: ref}
	r := w.op.Resource
	rewritten := len(edits) > 0
	p.body = r.Body(ref.ID, edits)
	if rewritten {
		if r, err = fhir.ParseResource(p.body.Bytes); err != nil {
			return prepared{}, fault.Wrap(err, "rewriting references")
		}
	}
	if r, err = t.mark(&p, r); err != nil {
		return prepared{}, err
	}
	if p.issues, err = t.session.validate(t.ctx, r); err != nil {
		return prepared{}, err
	}
	p.issues = append(p.issues, p.said.issues...)
	if p.description, err = t.session.gate.describe(r); err != nil {
		return prepared{}, err
	}
	if n := len(p.terms.Entries) + len(p.terms.Texts); n > maxTerms {
		return prepared{}, fault.New(fault.TooLarge, "The resource would be found by %d values and references; at most %d are taken.", n, maxTerms)
	}
	return p, nil
}

// rewriting turns temporary names and conditional references of an op's resource into names of this record.
type rewriting struct {
	session  *Session
	op       *Op
	names    map[string]string // for the full URLs of the list
	resolved resolution
	old      links // that stood there before a patch: they are none of its business
}

func (w rewriting) edits(strict bool) (edits fhir.Edits, err error) {
	w.op.Resource.Links(func(l fhir.Link) {
		if err != nil || len(w.names) == 0 && l.Kind != fhir.LinkReference {
			return
		}
		start, end := l.Node.Span()
		if l.Kind == fhir.LinkNarrative {
			edits = append(edits, fhir.NarrativeLinks(l.Node, func(text string) (string, bool) { return w.known(text, w.old.others) })...)
			return
		}
		text := l.Node.Str()
		old := w.old.others
		if l.Kind == fhir.LinkReference {
			old = w.old.references
		}
		to, ok := w.known(text, old)
		if !ok && l.Kind == fhir.LinkReference && !old[text] {
			to, err = w.resolve(l.Node, strict)
			ok = to != ""
		}
		if ok {
			edits = append(edits, fhir.Edit{Start: start, End: end, New: fhir.Quote(to)})
		}
	})
	return edits, err
}

// known is the name of this record for a full URL of the list, or for a relative reference to one.
func (w rewriting) known(name string, old map[string]bool) (string, bool) {
	to, ok := w.names[name]
	if base := baseOf(w.op.FullURL); !ok && base != "" && !strings.Contains(name, ":") {
		to, ok = w.names[base+name]
	}
	return to, ok && to != name && !old[name]
}

// resolve is the name that a conditional reference stands for, "" for a reference that stays as it is. What can only be
// a slip is refused.
func (w rewriting) resolve(n fhir.Node, strict bool) (string, error) {
	text := n.Str()
	ref := fhir.ParseReference(text)
	if ref.Kind == fhir.ReferenceConditional {
		return w.conditional(n, ref, strict)
	}
	switch {
	case !strict || ref.Kind != fhir.ReferenceOther:
	case w.op.Place != "" && strings.HasPrefix(text, "urn:uuid:") && w.names[text] == "":
		return "", fault.New(fault.Unprocessable, "The reference names no entry of the bundle by its fullUrl.").At(n.Path())
	case !fhir.Absolute(text):
		return "", fault.New(fault.Unprocessable, "The reference leads nowhere: it is not of the form Type/id, with a resource type of FHIR R4 and an id.").WithIssue("value").At(n.Path())
	}
	return "", nil
}

func (w rewriting) conditional(n fhir.Node, ref fhir.Reference, strict bool) (string, error) {
	c, err := w.session.Criteria(ref.Type, ref.Query)
	if err != nil {
		return "", fault.From(err).At(n.Path())
	}
	switch match := w.resolved[c.String()]; {
	case match != nil:
		return match.Ref.String(), nil
	case !strict:
		return "", nil
	case w.op.Kind == Patch:
		return "", fault.New(fault.Unprocessable, "A patch cannot put in a conditional reference; name the resource itself.").At(n.Path())
	}
	return "", fault.New(fault.Unprocessable, "No %s meets the conditional reference.", ref.Type).At(n.Path())
}

// links are the texts of a resource's links: of references, and of all others.
type links struct{ references, others map[string]bool }

func linksOf(r fhir.Resource) links {
	old := links{map[string]bool{}, map[string]bool{}}
	r.Links(func(l fhir.Link) {
		switch l.Kind {
		case fhir.LinkReference:
			old.references[l.Node.Str()] = true
		case fhir.LinkURI:
			old.others[l.Node.Str()] = true
		case fhir.LinkNarrative:
			fhir.NarrativeLinks(l.Node, func(text string) (string, bool) { old.others[text] = true; return "", false })
		}
	})
	return old
}

// baseOf is the base in front of Type/id in an absolute full URL, against which relative references are read
// (R4, 2.36.4.1).
func baseOf(fullURL string) string {
	if !strings.HasPrefix(fullURL, "http://") && !strings.HasPrefix(fullURL, "https://") {
		return ""
	}
	id := strings.LastIndexByte(fullURL, '/')
	kind := strings.LastIndexByte(fullURL[:id], '/')
	return fullURL[:kind+1]
}
