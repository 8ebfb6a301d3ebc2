package fhirpath

import "slices"

// Expression is a FHIRPath expression that has been read. It may be evaluated by many at the same time.
type Expression struct {
	text string
	root node
}

// String is the text that was read.
func (e *Expression) String() string { return e.text }

// Evaluate gives the items that the expression selects or computes from the focus. Errors are *fault.Error:
// Unprocessable where the rules of FHIRPath make the evaluation fail (several items where one is asked for, types that
// do not fit), NotSupported for what is not offered, TooLarge over the bounds of Env.
func (e *Expression) Evaluate(env *Env, focus ...Value) (Collection, error) {
	m := start(env, focus)
	defer m.stop()
	s, err := m.eval(e.root)
	if err != nil || s.len() == 0 {
		return nil, err
	}
	return slices.Clone(Collection(m.items[s.from:s.to])), nil
}

// Holds tells whether an invariant holds (R4 conformance-rules.html#constraints): the result is true, or one item that
// is no Boolean. An empty result does not hold; use [Expression.Truth] to tell it from false. Several items are an
// error. as() takes several items here, because invariants of R4 are written so.
func (e *Expression) Holds(env *Env, focus Value) (bool, error) {
	holds, _, err := e.Truth(env, focus)
	return holds, err
}

// Truth is as [Expression.Holds] and tells too whether the result was known, that is, not empty.
func (e *Expression) Truth(env *Env, focus Value) (holds, known bool, err error) {
	m := start(env, []Value{focus})
	m.manyAs = true
	t, err := m.truth(e.root)
	m.stop()
	return t == yes, t != unknown, err
}
