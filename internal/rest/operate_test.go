package rest

import (
	"net/http"
	"slices"
	"testing"

	"yitong/internal/module"
)

// TestRowsByHand: what the server carries out by itself is offered as it is declared, and nothing else is.
func TestRowsByHand(t *testing.T) {
	t.Parallel()
	all, err := Declared()
	if err != nil {
		t.Fatal(err)
	}
	levels := map[level]module.Levels{levelSystemOperation: module.System, levelTypeOperation: module.OfType, levelInstanceOperation: module.Instance}
	byHand := map[string]module.Operation{}
	for _, o := range all.Operations() {
		if o.Do == nil {
			byHand[o.Name] = o
		}
	}
	found := map[string]module.Levels{}
	for _, x := range table() {
		if x.operation == "" {
			continue
		}
		o, ok := byHand[x.operation]
		want := rows(o)
		if !ok || !o.Called(x.method) || o.Levels&levels[x.level] == 0 || o.Definition() != x.canonical ||
			!slices.ContainsFunc(want, func(y interaction) bool { return slices.Equal(y.types, x.types) }) {
			t.Errorf("%s of $%s at level %d is declared otherwise: %+v", x.method, x.operation, x.level, o)
		}
		found[x.operation] |= levels[x.level]
	}
	for name, o := range byHand {
		if found[name] != o.Levels {
			t.Errorf("$%s is declared at the levels %b, and offered at %b", name, o.Levels, found[name])
		}
	}
}

// TestRows: an operation has a row for each level and method.
func TestRows(t *testing.T) {
	t.Parallel()
	o := module.Operation{Name: "x", Levels: module.System | module.OfType | module.Instance, Types: module.Types("Patient", "Task"), Reads: true}
	got := rows(o)
	if len(got) != 6 || got[0].types != nil || !slices.Equal(got[5].types, []string{"Patient", "Task"}) || got[0].method != http.MethodGet || got[5].method != http.MethodPost {
		t.Errorf("%+v", got)
	}
	if x := got[0]; x.name() != "$x" || x.canonical != "urn:yitong:operation:x" || (&interaction{code: "read"}).name() != "read" {
		t.Errorf("%+v", x)
	}
}
