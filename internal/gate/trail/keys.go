package trail

import (
	"slices"
	"strings"

	"yitong/internal/fhir/search"
	"yitong/internal/store"
)

// The definitions of the terms under which batches are bound. Their form is 0, which no search parameter's terms have. They are
// stored: never renumber them.
const (
	termOf  = 1 // the reference of a Patient whom a record is about, or who did it
	termWho = 2 // the reference of who did it, or of the institution for which
	termOut = 3 // an outcome that is not done
)

// Keys are those with which the batch of a record is bound, so that it is found by whom it is about, by who did it, by the
// institution for which, and by an outcome that is not done.
func Keys(h store.Hasher, r *Record) []store.Key {
	keys := make([]store.Key, 0, len(r.Of)+3)
	add := func(definition uint64, value string) { keys = append(keys, keyOf(h, definition, value)) }
	for _, ref := range r.Of {
		add(termOf, ref)
	}
	if isPatient(r.Who) && !slices.Contains(r.Of, r.Who) {
		add(termOf, r.Who)
	}
	if r.Who != "" {
		add(termWho, r.Who)
	}
	if r.For != "" && r.For != r.Who {
		add(termWho, r.For)
	}
	if r.Outcome != Done {
		add(termOut, string(r.Outcome))
	}
	return keys
}

func keyOf(h store.Hasher, definition uint64, value string) store.Key {
	return h.Key(search.Term{Definition: definition, Value: value})
}

func isPatient(ref string) bool { return strings.HasPrefix(ref, "Patient/") }
