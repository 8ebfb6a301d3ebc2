package gate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store"
)

func patch(t *testing.T, kind, id, text string) gate.Op {
	t.Helper()
	p, err := fhir.ParsePatch([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return gate.Op{Kind: gate.Patch, Type: typeOf(kind), ID: id, Patch: p}
}

// language is a patch that touches no link.
const language = `[{"op":"add","path":"/language","value":"zh"}]`

// TestPatchAndOthersOfItsTransaction holds what a patch and the other ops of its transaction owe each other.
func TestPatchAndOthersOfItsTransaction(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		w.must(update("Patient", "a", `,"identifier":[{"value":"x"}]`))
		w.must(update("Observation", "o", `,"implicitRules":"Patient/none","subject":{"reference":"Patient/a"}`))
		onY, onX := create("Patient", `,"identifier":[{"value":"y"}]`), create("Patient", "")
		onY.Match, onX.Match = criteria(t, "Patient", "identifier=y"), criteria(t, "Patient", "identifier=x")
		for name, c := range map[string]struct {
			ops  []gate.Op
			want fault.Code
		}{
			"the target of an old reference is deleted": {[]gate.Op{remove("Patient", "a"), patch(t, "Observation", "o", language)}, fault.Unprocessable},
			"what a condition finds is deleted":         {[]gate.Op{remove("Patient", "a"), remove("Observation", "o"), onX}, fault.Malformed},
			"a patch makes what a condition means": {[]gate.Op{onY, patch(t, "Patient", "a", `[{"op":"add","path":"/identifier/-","value":{"value":"y"}}]`)},
				fault.Malformed},
			"a new reference has the text of another kind of link": {[]gate.Op{patch(t, "Observation", "o",
				`[{"op":"replace","path":"/subject","value":{"reference":"Patient/none"}}]`)}, fault.Unprocessable},
			"two patches of one resource": {[]gate.Op{patch(t, "Patient", "a", language), patch(t, "Patient", "a", language)}, fault.Malformed},
		} {
			if _, err := w.apply(c.ops...); fault.CodeOf(err) != c.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.must(patch(t, "Observation", "o", language))
		w.whole()
	})
}

// TestPatchesAreBoundedTogether holds that the patches of one transaction are refused when they are too much work, even
// though each is little.
func TestPatchesAreBoundedTogether(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		var ops []gate.Op
		for i := range 20 {
			id := fmt.Sprintf("p%d", i)
			w.must(update("Patient", id, `,"text":{"status":"empty","div":"`+strings.Repeat("x", 4<<20)+`"}`))
			ops = append(ops, patch(t, "Patient", id, language))
		}
		if _, err := w.apply(ops...); fault.CodeOf(err) != fault.TooLarge {
			t.Errorf("got %v", err)
		}
		w.must(ops[:10]...)
	})
}

// TestReadsAreBoundedTogether holds that a transaction cannot ask for more than it may carry.
func TestReadsAreBoundedTogether(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		w.must(update("Patient", "a", `,"text":{"status":"empty","div":"`+strings.Repeat("x", 4<<20)+`"}`))
		var ops []gate.Op
		for range 20 {
			ops = append(ops, gate.Op{Kind: gate.Read, Type: typeOf("Patient"), ID: "a"})
		}
		if _, err := w.apply(ops...); fault.CodeOf(err) != fault.TooLarge {
			t.Errorf("got %v", err)
		}
	})
}

// TestManyReferencesOfOne holds that checking references takes time in proportion to their number.
func TestManyReferencesOfOne(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		w.must(update("Patient", "a", ""))
		took := map[int]time.Duration{}
		for _, n := range []int{4_000, 40_000} {
			members := strings.Repeat(`{"entity":{"reference":"Patient/a"}},`, n)
			op := create("Group", `,"member":[`+members[:len(members)-1]+`]`)
			began := time.Now()
			w.must(op)
			took[n] = time.Since(began)
		}
		if took[40_000] > 60*max(took[4_000], 10*time.Millisecond) {
			t.Errorf("ten times the references took %v instead of %v", took[40_000], took[4_000])
		}
	})
}

// TestOddOnesOfOldAreNotStuck holds that a resource of a shape that is refused today can still be replaced and deleted.
func TestOddOnesOfOldAreNotStuck(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		text := `{"resourceType":"Patient","id":"a","meta":{},"_birthDate":[["x"]]}`
		err := w.db.Write(t.Context(), store.Work{Do: func(tx store.Tx, _ store.Found) error {
			return tx.Put([]store.Change{{Version: store.Version{Ref: ref("Patient", "a"), Number: 1, Method: store.Put, Author: "Device/old",
				Body: fhir.Body{Bytes: []byte(text), Splice: strings.Index(text, "{}") + 1}}}})
		}})
		if err != nil {
			t.Fatal(err)
		}
		w.must(update("Patient", "a", ""))
		w.must(remove("Patient", "a"))
	})
}
