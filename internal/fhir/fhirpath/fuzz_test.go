package fhirpath

import (
	"testing"

	"yitong/internal/fault"
)

func seeds(f *testing.F) {
	for _, i := range invariants(f) {
		f.Add(i.e.text)
	}
	for _, s := range []string{"name.given[0] | 1.0 + 2 'mg' * @2026-11-22T08:30:00Z", "a.b(c, $this, %`x`) is System.String",
		"(1|2).aggregate($this + $total, 0)", "'\\u738b'.replace('', {}) & `x`", "1.repeat($this)", "@T08.lowBoundary(9)"} {
		f.Add(s)
	}
}

// FuzzParse looks for texts that make the reader or the check panic, or fail with another error than they promise.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text)
		if err != nil {
			if code := fault.CodeOf(err); code != fault.Malformed && code != fault.TooLarge {
				t.Fatal(err)
			}
			return
		}
		if e.String() != text {
			t.Fatalf("%q became %q", text, e.String())
		}
		for _, context := range []string{"", "Patient", "string", "Patient.contact"} {
			if err := e.Check(context); err != nil && fault.CodeOf(err) == fault.Internal {
				t.Fatal(err)
			}
		}
	})
}

// FuzzEvaluate looks for expressions that panic, that give another answer the second time, or that fail with an error
// of another kind than they promise.
func FuzzEvaluate(f *testing.F) {
	seeds(f)
	patient := Of(parsed(f, smallPatient))
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text)
		if err != nil {
			return
		}
		env := *fixed
		env.Work = 100_000
		first, err := e.Evaluate(&env, patient)
		again, errAgain := e.Evaluate(&env, patient)
		if show(first) != show(again) || (err == nil) != (errAgain == nil) {
			t.Fatalf("%s, %v; then %s, %v", show(first), err, show(again), errAgain)
		}
		if err != nil && fault.CodeOf(err) == fault.Internal {
			t.Fatal(err)
		}
		for _, v := range first {
			_, _ = v.Path(), v.AppendJSON(nil)
		}
	})
}
