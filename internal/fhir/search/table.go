package search

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"yitong/internal/fhir/schema"
)

//go:embed r4.txt
var source string

// Table is a set of search parameters.
type Table struct {
	types   map[schema.Type]map[string]*Parameter
	lists   map[schema.Type][]*Parameter // those with terms
	members map[schema.Type]map[schema.Type][]string
	zone    *time.Location // of dates without an offset
}

// read keeps the tables of R4 by zone.
var read sync.Map

// R4 is the table of R4's own parameters; zone is that of dates without an offset. It is read at the first use.
func R4(zone *time.Location) *Table {
	if zone == nil {
		zone = time.UTC
	}
	if t, ok := read.Load(zone.String()); ok {
		return t.(*Table)
	}
	t, err := Read(source, zone)
	if err != nil {
		panic(err) // it is part of the program
	}
	read.Store(zone.String(), t)
	return t
}

// Source is the text of R4's table, from which others can be made.
func Source() string { return source }

// Read reads a table in the format of the package comment.
func Read(text string, zone *time.Location) (*Table, error) {
	t := &Table{
		zone: zone, types: map[schema.Type]map[string]*Parameter{},
		lists: map[schema.Type][]*Parameter{}, members: map[schema.Type]map[schema.Type][]string{},
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	systems := map[string]string{}
	for _, line := range lines {
		if words := strings.Fields(line); len(words) == 3 && words[0] == "system" {
			systems[words[1]] = words[2]
		}
	}
	var head []string
	for _, line := range lines {
		if !strings.HasPrefix(line, "  ") {
			head = strings.Fields(line)
			continue
		}
		if err := t.line(head, strings.TrimSpace(line), systems); err != nil {
			return nil, err
		}
	}
	return t, t.finish(systems)
}

// line takes up an indented line.
func (t *Table) line(head []string, line string, systems map[string]string) error {
	if len(head) != 2 {
		return fmt.Errorf("search: nothing stands above %q", line)
	}
	of, known := schema.TypeOf(head[1])
	if !known && head[1] != "Resource" {
		return fmt.Errorf("search: %q is no type", head[1])
	}
	name, rest, _ := strings.Cut(line, " ")
	if head[0] == "compartment" {
		member, known := schema.TypeOf(name)
		if !known {
			return fmt.Errorf("search: %q is no type", name)
		}
		if t.members[of] == nil {
			t.members[of] = map[schema.Type][]string{}
		}
		t.members[of][member] = strings.Fields(rest)
		return nil
	}
	if of == 0 {
		for _, each := range schema.Types() {
			if err := t.define(each, name, rest, systems); err != nil {
				return err
			}
		}
		return nil
	}
	return t.define(of, name, rest, systems)
}

// define adds a parameter to a type.
func (t *Table) define(of schema.Type, name, definition string, systems map[string]string) error {
	p, err := newParameter(of, name, definition, systems, t.zone)
	if err != nil {
		return err
	}
	if t.types[of] == nil {
		t.types[of] = map[string]*Parameter{}
	}
	t.types[of][name] = p
	return nil
}

// finish completes what needs all lines.
func (t *Table) finish(systems map[string]string) error {
	for _, of := range schema.Types() {
		own := t.types[of]
		for _, name := range slices.Sorted(maps.Keys(own)) {
			p := own[name]
			if err := p.complete(own, systems); err != nil {
				return err
			}
			p.compound = slices.Contains(compounds[of.String()], name)
			p.grams = p.Kind == String && slices.Contains(contained[of.String()], name)
			if !redundant(p) {
				t.lists[of] = append(t.lists[of], p)
			}
		}
	}
	return nil
}

// redundant tells whether what a parameter finds is found by others' terms.
func redundant(p *Parameter) bool {
	return p.Kind == Composite || strings.HasPrefix(p.Name, "combo-") || p.Name == "_id" || p.Name == "_lastUpdated"
}

// Lookup is the parameter of that name for a type, nil if it has none.
func (t *Table) Lookup(of schema.Type, name string) *Parameter {
	return t.types[of][name]
}

// Names are the names of all parameters of a type, in order.
func (t *Table) Names(of schema.Type) []string {
	return slices.Sorted(maps.Keys(t.types[of]))
}

// Members are the types in the compartment of a type, nil if it has no compartment.
func (t *Table) Members(compartment schema.Type) []schema.Type {
	return slices.Sorted(maps.Keys(t.members[compartment]))
}

// Nearest is the name of the type's parameter that looks most like name, "" if none does.
func (t *Table) Nearest(of schema.Type, name string) string {
	best, least := "", len(name)/2+1
	for _, known := range t.Names(of) {
		if d := distance(strings.ToLower(name), strings.ToLower(known)); d < least {
			best, least = known, d
		}
	}
	return best
}

// distance is the number of letters to insert, drop or replace between two words (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		left := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := left
			if a[i] != b[j] {
				cost++
			}
			left = row[j+1]
			row[j+1] = min(cost, row[j]+1, left+1)
		}
	}
	return row[len(b)]
}
