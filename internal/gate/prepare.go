package gate

import (
	"strings"

	"github.com/google/uuid"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// newID is an id for a new resource: a UUID of version 7 (RFC 9562), so that newer ids sort behind older ones.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// conditional is the criteria of a link that is a conditional reference, nil for every other link. Criteria that
// cannot be read are taken up when the reference is rewritten.
func conditional(l fhir.Link) *Criteria {
	if l.Kind != fhir.LinkReference {
		return nil
	}
	ref := fhir.ParseReference(l.Node.Str())
	if ref.Kind != fhir.ReferenceConditional {
		return nil
	}
	c, err := ParseCriteria(ref.Type, ref.Query)
	if err != nil {
		return nil
	}
	return c
}

// prepare brings every resource into the form in which it will be kept, given what the conditions mean.
func (t *transaction) prepare(resolved resolution) error {
	names := t.names(resolved)
	t.known = names
	for i := range t.ops {
		o := &t.ops[i]
		if o.Kind != Create && o.Kind != Update {
			continue
		}
		p, err := t.prepareOne(o, t.meant(i, resolved), names, resolved)
		if err != nil {
			return o.at(err)
		}
		t.prepared[i] = p
	}
	t.settled = resolved
	t.aim()
	return nil
}

// aim lists what the prepared resources refer to, less what the list itself writes.
func (t *transaction) aim() {
	t.targets = nil
	if !t.session.gate.config.References {
		return
	}
	seen := make(map[fhir.Ref]bool, len(t.ops))
	for i := range t.prepared {
		seen[t.prepared[i].ref] = true
	}
	for i := range t.prepared {
		for _, r := range t.prepared[i].references {
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

func (t *transaction) prepareOne(o *Op, ref fhir.Ref, names map[string]string, resolved resolution) (prepared, error) {
	edits, err := t.rewrite(o, names, resolved)
	if err != nil {
		return prepared{}, err
	}
	p := prepared{ref: ref}
	r := o.Resource
	rewritten := len(edits) > 0
	p.body = r.Body(ref.ID, edits)
	if rewritten {
		if r, err = fhir.ParseResource(p.body.Bytes); err != nil {
			return prepared{}, fault.Wrap(err, "rewriting references")
		}
	}
	p.description = describe(r)
	return p, nil
}

// rewrite makes the edits that turn temporary names and conditional references into names of this record.
func (t *transaction) rewrite(o *Op, names map[string]string, resolved resolution) (edits fhir.Edits, err error) {
	base := baseOf(o.FullURL)
	known := func(name string) (string, bool) {
		to, ok := names[name]
		if !ok && base != "" && !strings.Contains(name, ":") {
			to, ok = names[base+name]
		}
		return to, ok && to != name
	}
	o.Resource.Links(func(l fhir.Link) {
		if err != nil || len(names) == 0 && l.Kind != fhir.LinkReference {
			return
		}
		start, end := l.Node.Span()
		if l.Kind == fhir.LinkNarrative {
			edits = append(edits, fhir.NarrativeLinks(l.Node, known)...)
			return
		}
		text := l.Node.Str()
		if to, ok := known(text); ok {
			edits = append(edits, fhir.Edit{Start: start, End: end, New: fhir.Quote(to)})
			return
		}
		if l.Kind == fhir.LinkReference {
			var to string
			if to, err = t.resolve(o, l.Node, names, resolved); to != "" {
				edits = append(edits, fhir.Edit{Start: start, End: end, New: fhir.Quote(to)})
			}
		}
	})
	return edits, err
}

// resolve is the name that a conditional reference stands for, "" for a reference of another kind.
func (t *transaction) resolve(o *Op, n fhir.Node, names map[string]string, resolved resolution) (string, error) {
	strict := t.session.gate.config.References
	text := n.Str()
	if strings.HasPrefix(text, "urn:uuid:") && strict && names[text] == "" && o.Place != "" {
		return "", fault.New(fault.Unprocessable, "The reference names no entry of the bundle by its fullUrl.").At(n.Path())
	}
	ref := fhir.ParseReference(text)
	if ref.Kind != fhir.ReferenceConditional {
		return "", nil
	}
	c, err := ParseCriteria(ref.Type, ref.Query)
	if err != nil {
		return "", fault.From(err).At(n.Path())
	}
	if match := resolved[c.String()]; match != nil {
		return match.Ref.String(), nil
	}
	if !strict {
		return "", nil
	}
	if o.Kind == Patch {
		return "", fault.New(fault.Unprocessable, "A patch cannot put in a conditional reference; name the resource itself.").At(n.Path())
	}
	return "", fault.New(fault.Unprocessable, "No %s meets the conditional reference.", ref.Type).At(n.Path())
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
