package fhirpath

import (
	"sync"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// Limits of one evaluation.
const (
	DefaultWork = 10_000_000 // steps: items made, looked at or compared
	MaxItems    = 1_000_000  // that it holds at one time, of about 100 bytes
	MaxString   = 16 << 20   // bytes of a text that is computed

	textStep  = 64   // bytes of text that count as a step
	keptItems = 4096 // the most that an idle machine keeps room for
)

// Env is what an expression may ask of the world. A nil Env, like the zero one, knows nothing.
type Env struct {
	// Resource is %resource, Root %rootResource; the zero Node stands for the focus, and Root for Resource.
	Resource, Root fhir.Node
	// Variables are %name and %`name`. Names that are not here have their defaults: sct, loinc, ucum, resource,
	// rootResource, context, `vs-name` and `ext-name`.
	Variables map[string]Collection
	// Now is the moment of now(), today() and timeOfDay(), in Zone (nil: that of Now). While it is zero these are
	// errors.
	Now  time.Time
	Zone *time.Location
	// Resolve finds what a reference in a resource points at; false when nothing is there. It is asked only for what
	// neither the contained resources nor the Bundle around have.
	Resolve func(reference string, in fhir.Node) (fhir.Node, bool)
	// MemberOf tells whether a code, Coding or CodeableConcept is in a value set; known is false when nobody can tell.
	MemberOf func(valueSet string, v Value) (member, known bool)
	// Subsumes tells whether code a of a system is b or an ancestor of b; known is false when nobody can tell.
	Subsumes func(system, a, b string) (subsumes, known bool)
	// ConformsTo tells whether an item conforms to a profile.
	ConformsTo func(profile string, v Value) (bool, error)
	// HTMLChecks tells whether a narrative keeps the rules of FHIR's XHTML; nil: every text does.
	HTMLChecks func(xhtml string) bool
	// Trace is shown what trace() names.
	Trace func(name string, items Collection)
	// ManyAs lets the function as() and the operator take several items and leave out those of another type. FHIRPath
	// makes that an error; invariants and search parameters of R4 are written so.
	ManyAs bool
	// Work is the most steps of one evaluation; 0: DefaultWork.
	Work int
	// Spent is counted up by the steps of each evaluation with this Env; so one Env serves one evaluation at a time.
	Spent int
}

var noEnv Env

// machine evaluates. Its items are a stack: whatever evaluates leaves its result on top and nothing else, and what lies
// below stays where it is. So a range of places names a collection.
type machine struct {
	env    *Env
	items  []Value
	high   int // how far items has been used
	work   int // steps left
	given  int // steps that there were
	frame  frame
	focus  span // %context
	manyAs bool
	tables []*table // for sets, not in use
}

// span is a range of places on the stack.
type span struct{ from, to int }

func (s span) len() int { return s.to - s.from }

// frame is what $this, $index and $total mean.
type frame struct {
	this  span
	index int // -1 outside of functions that go through items
	total span
	adds  bool // inside aggregate()
}

var machines = sync.Pool{New: func() any { return &machine{items: make([]Value, 0, 64)} }}

// start takes a machine and lays the focus on its stack.
func start(env *Env, focus []Value) *machine {
	if env == nil {
		env = &noEnv
	}
	m := machines.Get().(*machine)
	m.env, m.work, m.manyAs = env, env.Work, env.ManyAs
	if m.work == 0 {
		m.work = DefaultWork
	}
	m.given = m.work
	for _, v := range focus {
		if v.kind != kindNone {
			m.items = append(m.items, v)
		}
	}
	m.focus = span{0, len(m.items)}
	m.frame = frame{this: m.focus, index: -1}
	return m
}

// stop gives the machine back, without what it knows of anybody's record.
func (m *machine) stop() {
	m.cut(0)
	clear(m.items[:m.high])
	if m.env != &noEnv {
		m.env.Spent += m.given - m.work
	}
	m.env, m.high = nil, 0
	if cap(m.items) <= keptItems {
		machines.Put(m)
	}
}

// cut takes everything from a place on off the stack.
func (m *machine) cut(mark int) {
	m.high = max(m.high, len(m.items))
	m.items = m.items[:mark]
}

// lower moves the items from a place on down to another.
func (m *machine) lower(to, from int) {
	if to != from {
		n := copy(m.items[to:], m.items[from:])
		m.cut(to + n)
	}
}

// spend counts steps.
func (m *machine) spend(steps int) error {
	if m.work -= steps; m.work < 0 {
		return errWork
	}
	return nil
}

var errWork = fault.New(fault.TooLarge,
	"The FHIRPath expression takes too many steps or items on this resource; make it simpler.")

// push lays an item on the stack.
func (m *machine) push(v Value) error {
	m.items = append(m.items, v)
	return m.grown(1)
}

// grown counts the steps of what was laid on the stack, and refuses more than fits.
func (m *machine) grown(steps int) error {
	if len(m.items) > MaxItems {
		return errWork
	}
	return m.spend(steps)
}

// pushTruth lays a Boolean on the stack, nothing when it is unknown.
func (m *machine) pushTruth(t truth) error {
	if t == unknown {
		return m.spend(1)
	}
	return m.push(Boolean(t == yes))
}

// pushText lays a computed String on the stack.
func (m *machine) pushText(s string) error {
	if err := m.room(len(s)); err != nil {
		return err
	}
	return m.push(String(s))
}

// room counts the steps of a text and refuses one that is too long, before it is made.
func (m *machine) room(bytes int) error {
	if bytes > MaxString {
		return fault.New(fault.TooLarge,
			"The FHIRPath expression makes a text of more than %d bytes; make it shorter.", MaxString)
	}
	return m.spend(bytes / textStep)
}

// eval evaluates a node and gives the place of the result.
func (m *machine) eval(n node) (span, error) {
	mark := len(m.items)
	err := n.eval(m)
	return span{mark, len(m.items)}, err
}

// truth evaluates a node as one Boolean and takes the result off the stack. A single item that is no Boolean is true
// (FHIRPath, 4.5: singleton evaluation of collections).
func (m *machine) truth(n node) (truth, error) {
	s, err := m.eval(n)
	if err != nil {
		return unknown, err
	}
	t, err := m.truthOf(s)
	m.cut(s.from)
	return t, err
}

func (m *machine) truthOf(s span) (truth, error) {
	switch s.len() {
	case 0:
		return unknown, nil
	case 1:
		item := &m.items[s.from]
		switch v := item.system(); {
		case v.kind == kindBoolean:
			return truthOf(v.num != 0), nil
		case v.kind == kindNone && item.typ != nil && item.typ.system == kindBoolean: // it has extensions only
			return unknown, nil
		}
		return yes, nil
	}
	return unknown, errMany("a condition", s.len())
}

func errMany(what string, n int) *fault.Error {
	return fault.New(fault.Unprocessable,
		"FHIRPath: %s takes one item, but there are %d; choose one, such as by first().", what, n)
}

func errType(what, want string, v *Value) *fault.Error {
	namespace, name := v.Type()
	return fault.New(fault.Unprocessable, "FHIRPath: %s takes %s, not %s.%s.", what, want, namespace, name)
}

// one gives the System value of the only item of a collection; ok is false when the collection is empty.
func (m *machine) one(s span, what string) (v Value, ok bool, err error) {
	switch s.len() {
	case 0:
		return Value{}, false, nil
	case 1:
		v = m.items[s.from].system()
		return v, true, nil
	}
	return Value{}, false, errMany(what, s.len())
}

// oneOf is one, for a value of one kind. An element that has no value at all counts as empty.
func (m *machine) oneOf(k kind, s span, what string) (v Value, ok bool, err error) {
	if v, ok, err = m.one(s, what); !ok {
		return v, ok, err
	}
	if v.kind == kindNone && m.items[s.from].typ.system != kindNone {
		return v, false, nil
	}
	if v.kind != k {
		return v, false, errType(what, "one "+systemNames[k], &m.items[s.from])
	}
	return v, true, nil
}
