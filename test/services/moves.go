package services

import (
	"fmt"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/process"
)

// Values of [Parameters] that are no texts.
type (
	// Ref is a reference.
	Ref string
	// Code is one of a closed list.
	Code string
	// Asked is a value that only the case tells.
	Asked func(*World, fhir.Ref) any
)

// Parameters are what is filled in: name, value, name, value. A value is a string, a [Ref], a [Code], an instant, a day, or yes or no.
func Parameters(pairs ...any) fhir.Node {
	list := []string{`{"resourceType":"Parameters"`}
	for i := 0; i+1 < len(pairs); i += 2 {
		value := fmt.Sprintf(`"valueString":%q`, pairs[i+1])
		switch v := pairs[i+1].(type) {
		case Ref:
			value = fmt.Sprintf(`"valueReference":{"reference":%q}`, string(v))
		case Code:
			value = fmt.Sprintf(`"valueCode":%q`, string(v))
		case time.Time:
			value = fmt.Sprintf(`"valueInstant":%q`, v.Format(time.RFC3339))
		case int:
			value = fmt.Sprintf(`"valueInteger":%d`, v)
		case form.Date:
			value = fmt.Sprintf(`"valueDate":%q`, v)
		case bool:
			value = fmt.Sprintf(`"valueBoolean":%t`, v)
		}
		list = append(list, fmt.Sprintf(`{"name":%q,%s}`, pairs[i], value))
	}
	text := list[0] + "}"
	if len(list) > 1 {
		text = list[0] + `,"parameter":[` + strings.Join(list[1:], ",") + `]}`
	}
	tree, err := fhir.Parse([]byte(text))
	if err != nil {
		panic(err) // a test that fills in what is no JSON
	}
	return tree.Root()
}

// Ask begins a case by a move.
func (w *World) Ask(s *gate.Session, move string, pairs ...any) (fhir.Ref, error) {
	w.Helper()
	made, err := w.Engine.Begin(w.Context(), s, w.Process.Code, move, Parameters(pairs...), nil)
	if fault.CodeOf(err) == fault.Internal {
		w.Fatal(err)
	}
	return made.Version.Ref, err
}

// Try makes a move, with what is usually filled in where nothing is given, and returns the error.
func (w *World) Try(s *gate.Session, of fhir.Ref, move string, pairs ...any) error {
	w.Helper()
	if pairs == nil {
		if first := w.Moves[move].First; first != nil {
			first(w, of)
		}
		for _, value := range w.Moves[move].With {
			if ask, is := value.(Asked); is {
				value = ask(w, of)
			}
			pairs = append(pairs, value)
		}
	}
	_, err := w.Engine.Move(w.Context(), s, process.Asked{Case: of, Move: move, Needs: Parameters(pairs...)})
	if fault.CodeOf(err) == fault.Internal {
		w.Fatal(err)
	}
	return err
}

// Do lets whoever usually does make moves, one behind the other. LATE lets the deadline pass.
func (w *World) Do(of fhir.Ref, moves string) {
	w.Helper()
	for move := range strings.FieldsSeq(moves) {
		if move == "LATE" {
			w.Late(of)
		} else if err := w.Try(w.As(w.Moves[move].By), of, move); err != nil {
			w.Fatalf("%s: %v", move, err)
		}
	}
}

// Wake lets the clock look at a case.
func (w *World) Wake(of fhir.Ref) error {
	return w.Engine.Wake(w.Context(), w.Gate.Session(process.Clock), fmt.Appendf(nil, `{"task":%q}`, of.ID))
}

// Late lets the deadline of a case pass, and the clock see it.
func (w *World) Late(of fhir.Ref) {
	w.Helper()
	w.At(w.Due(of))
	w.Must(w.Wake(of))
}

// Brought is a new case in a state.
func (w *World) Brought(state string) fhir.Ref {
	w.Helper()
	of := w.Begin(w)
	w.Do(of, w.Ways[state])
	if got := w.State(of); got != state {
		w.Fatalf("it is %s, not %s", got, state)
	}
	return of
}
