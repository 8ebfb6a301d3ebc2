package validate

import (
	"sync"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/fhirpath"
	"yitong/internal/fhir/structure"
	"yitong/internal/fhir/terminology"
)

// Limits of one validation. What goes beyond them is reported as an issue of the type too-costly, an error.
const (
	mostAtOnce = 2_000_000 // steps of one expression
	MostIssues = 100       // reported of one resource, of errors and of the rest each
	MostWork   = 1_000_000 // steps (elements looked at, steps of expressions), and
	WorkByByte = 4         // so many more for each byte of the resource
	MostNested = 4         // resources that are looked at because a rule about another one asks for it
)

// Validator validates resources against the definitions of a library. It is safe for concurrent use.
type Validator struct {
	library     *structure.Library
	terms       *terminology.Library
	plans       sync.Map // canonical → *entry
	expressions sync.Map // text → *fhirpath.Expression
}

// New makes a validator of definitions and terms.
func New(library *structure.Library, terms *terminology.Library) *Validator {
	return &Validator{library: library, terms: terms}
}

// Options say how to validate.
type Options struct {
	Profiles []string // canonicals that the resource has to conform to, beside those that it names in meta.profile
	// Kept tells that the resource is in the form in which the record keeps it: meta may be empty, because what belongs to
	// the record is put in when it is read.
	Kept   bool
	Errors bool // look for errors only; warnings cost time too
	// Done ends the validation when it is closed; what has been found by then comes with an error that it was too costly.
	Done <-chan struct{}
	// Resolve finds a resource that a reference names outside the resource and its bundle; nil when nothing is to be
	// looked up. It is asked only where a rule depends on what the reference leads to.
	Resolve func(reference string) (fhir.Node, bool)
}

// Resource validates a resource, which stands at the root of its tree or within a bundle's. The issues come in the order
// of the text; there is none when all rules are kept.
func (v *Validator) Resource(n fhir.Node, o Options) []Issue {
	w := &walk{v: v, options: o, root: n, work: MostWork + WorkByByte*len(n.Raw())}
	w.env = w.expressions()
	w.resource(n, nil, o.Profiles)
	if w.work <= 0 {
		w.report(n, tooCostly)
	}
	return w.sorted()
}

// Env is what expressions about a resource are evaluated with: terms, profiles, narratives and the bundle around are those
// of validation.
func (v *Validator) Env(n fhir.Node) *fhirpath.Env {
	w := &walk{v: v, root: n, outer: n, self: n, work: MostWork}
	typ := n.Get("resourceType").Str()
	w.way = []step{{name: typ, typ: typ, at: value{n: n}}}
	if typ == "Bundle" {
		w.entries = indexed(n)
	}
	w.env = w.expressions()
	env := w.env
	env.Resource, env.Root = n, n
	return &env
}

// expressions are the functions of FHIRPath that need more than the resource.
func (w *walk) expressions() fhirpath.Env {
	return fhirpath.Env{Resolve: w.resolveFor, MemberOf: w.memberOf, HTMLChecks: safeNarrative, ConformsTo: w.conformsTo}
}

// entry is a definition's place among the plans.
type entry struct {
	once sync.Once
	plan *plan
	err  error
}

// plan gives the plan of a definition: a canonical, or the name of a type.
func (v *Validator) plan(canonical string) (*plan, error) {
	e, ok := v.plans.Load(canonical)
	if !ok {
		e, _ = v.plans.LoadOrStore(canonical, &entry{})
	}
	at := e.(*entry)
	at.once.Do(func() {
		var d *structure.Definition
		if d, at.err = v.library.Definition(canonical); at.err == nil {
			at.plan, at.err = v.compile(d)
		}
	})
	if fault.CodeOf(at.err) == fault.NotFound {
		v.plans.Delete(canonical) // anybody may name anything
	}
	return at.plan, at.err
}

// Check tells whether a profile can be validated against: the definition is known and its slices and invariants can be
// understood. The error says what to mend in it: NotFound, Malformed or Unprocessable.
func (v *Validator) Check(canonical string) error {
	_, err := v.plan(canonical)
	return err
}
