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
var r4 string

//go:embed own.txt
var own string

var source = r4 + own

// Table is a set of search parameters.
type Table struct {
	types   map[schema.Type]map[string]*Parameter
	lists   map[schema.Type][]*Parameter // those with terms
	members map[schema.Type]map[schema.Type][]string
	zone    *time.Location // of dates without an offset
	systems map[string]string
	blocks  map[schema.Type][]string // the definitions of a type as they were read
	whole   map[schema.Type]uint64   // ID of what is found in a type whatever the parameter: all of it, and its references
}

// read keeps the tables of R4 by zone.
var read sync.Map

// R4 is the table of R4's parameters and of those that the platform adds to them; zone is that of dates without an offset. It is read at the first use.
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

// Source is the text of that table, from which others can be made.
func Source() string { return source }

// Read reads a table in the format of the package comment.
func Read(text string, zone *time.Location) (*Table, error) {
	t := &Table{
		zone: zone, types: map[schema.Type]map[string]*Parameter{}, systems: map[string]string{},
		lists: map[schema.Type][]*Parameter{}, members: map[schema.Type]map[schema.Type][]string{},
		blocks: map[schema.Type][]string{}, whole: map[schema.Type]uint64{},
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for _, line := range lines {
		if words := strings.Fields(line); len(words) == 3 && words[0] == "system" {
			t.systems[words[1]] = words[2]
		}
	}
	var head []string
	for _, line := range lines {
		if !strings.HasPrefix(line, "  ") {
			head = strings.Fields(line)
			continue
		}
		if err := t.line(head, strings.TrimSpace(line)); err != nil {
			return nil, err
		}
	}
	for _, of := range schema.Types() {
		if err := t.finish(of); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// line takes up an indented line.
func (t *Table) line(head []string, line string) error {
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
			if err := t.define(each, line); err != nil {
				return err
			}
		}
		return nil
	}
	return t.define(of, line)
}

// define adds a parameter to a type.
func (t *Table) define(of schema.Type, line string) error {
	name, definition, _ := strings.Cut(line, " ")
	p, err := newParameter(of, name, definition, t.systems)
	if err != nil {
		return err
	}
	if t.types[of] == nil {
		t.types[of] = map[string]*Parameter{}
	}
	t.types[of][name] = p
	t.blocks[of] = append(t.blocks[of], line)
	return nil
}

// finish completes a type once all its lines are read.
func (t *Table) finish(of schema.Type) error {
	own := t.types[of]
	slices.Sort(t.blocks[of])
	ground := t.Ground()
	if order := t.OrderParameter(of); order != nil {
		ground += order.Expression
	}
	t.whole[of] = identify(ground, of.String())
	for _, name := range slices.Sorted(maps.Keys(own)) {
		p := own[name]
		if err := p.complete(own, t.systems); err != nil {
			return err
		}
		p.ID = identify(ground, of.String(), name, p.Kind.String(), p.Expression)
		if p.compound = slices.Contains(compounds[of.String()], name); p.compound {
			p.ID = identify(ground, of.String(), name, p.Kind.String(), p.Expression, own["patient"].Expression)
		}
		p.grams = p.Kind == String && slices.Contains(contained[of.String()], name)
		if !redundant(p) {
			t.lists[of] = append(t.lists[of], p)
		}
	}
	return nil
}

// Ground is what the terms of every definition depend on beside it. Terms made on another ground cannot be made any more.
func (t *Table) Ground() string {
	return fmt.Sprintf("%d %s %v %v %v %v %d", extraction, t.zone, orderOf, compounds, measured, contained, textMost)
}

// Block is the text of a type's definitions, by which it can be told whether they are the same, and made again.
func (t *Table) Block(of schema.Type) string { return strings.Join(t.blocks[of], "\n") }

// With is the table with other definitions of a type, given as [Table.Block].
func (t *Table) With(of schema.Type, block string) (*Table, error) {
	c := &Table{
		zone: t.zone, systems: t.systems, members: t.members,
		types: maps.Clone(t.types), lists: maps.Clone(t.lists), blocks: maps.Clone(t.blocks), whole: maps.Clone(t.whole),
	}
	c.types[of], c.lists[of], c.blocks[of] = nil, nil, nil
	for line := range strings.SplitSeq(block, "\n") {
		if err := c.define(of, line); err != nil {
			return nil, err
		}
	}
	return c, c.finish(of)
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
