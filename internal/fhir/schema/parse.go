package schema

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed r4.txt
var text string

// model is the parsed text.
type model struct {
	types     map[string]Type
	resources []*Shape // by Type, from Type 1
	shapes    map[string]*Shape

	targets map[string][]Type // lists of targets, each made once
	scratch []Element         // where elements gather until their number is known
}

// block is a shape with what the text says of it.
type block struct {
	shape *Shape
	base  string
	lines []string
}

// parse reads the tables. They are part of the program: a fault in them is a panic.
func parse(text string) *model {
	m := &model{types: map[string]Type{}, shapes: map[string]*Shape{}, targets: map[string][]Type{}}
	for _, b := range m.open(strings.Split(strings.TrimSuffix(text, "\n"), "\n")) {
		m.fill(b)
	}
	m.targets, m.scratch = nil, nil
	return m
}

// open makes all shapes, so that elements can point at them, and gives their lines in the order of the text, in which a
// shape comes after the one that it extends.
func (m *model) open(lines []string) []block {
	var blocks []block
	aliases := map[string]string{}
	for _, line := range lines {
		words := strings.Fields(line)
		switch {
		case line[0] == ' ':
			last := &blocks[len(blocks)-1]
			last.lines = append(last.lines, line)
		case words[0] == "#":
		case words[0] == "alias":
			aliases[words[1]] = words[2]
		default:
			s := &Shape{Name: words[1]}
			m.shapes[s.Name] = s
			blocks = append(blocks, block{shape: s, base: words[2]})
			if words[0] == "resource" {
				m.resources = append(m.resources, s)
				m.types[s.Name] = Type(len(m.resources))
			}
		}
	}
	for name, shape := range aliases {
		m.shapes[name] = m.shapes[shape]
	}
	return blocks
}

// fill gives a shape its elements.
func (m *model) fill(b block) {
	elements := m.scratch[:0]
	if b.base != "-" {
		elements = append(elements, m.shapes[b.base].Elements...)
	}
	for _, line := range b.lines {
		elements = m.element(elements, line)
	}
	m.scratch = elements
	b.shape.Elements = slices.Clone(elements)
	b.shape.indexElements()
}

// element appends the elements of one line.
func (m *model) element(elements []Element, line string) []Element {
	words := strings.Fields(line)
	if len(words) != 4 || len(words[1]) < 4 {
		panic("schema: not an element: " + line)
	}
	card, flags := words[1], words[2]
	e := Element{
		Name:     words[0],
		Required: card[0] != '0',
		Many:     card[3:] != "1",
		Summary:  strings.Contains(flags, "S"),
		Modifier: strings.Contains(flags, "M"),
	}
	choice, isChoice := strings.CutSuffix(e.Name, "[x]")
	if !isChoice {
		return append(elements, m.typed(e, words[3]))
	}
	e.Choice = choice
	for word := range strings.SplitSeq(words[3], "|") {
		alternative := m.typed(e, word)
		alternative.Name = choice + strings.ToUpper(word[:1]) + alternative.Type[1:]
		elements = append(elements, alternative)
	}
	return elements
}

// typed completes an element with what its type implies.
func (m *model) typed(e Element, word string) Element {
	name, targets, _ := strings.Cut(strings.TrimSuffix(word, ")"), "(")
	e.Type, e.Shape = name, m.shapes[name]
	switch {
	case name == "Resource":
		e.Kind, e.Shape = AnyResource, nil
	case name == "Reference":
		e.Kind, e.Targets = Reference, m.targetsOf(targets)
	case e.Shape != nil:
		e.Kind = Complex
	case name[0] < 'a':
		panic(fmt.Sprintf("schema: %s has the unknown type %s", e.Name, name))
	default:
		e.rewritable = slices.Contains([]string{"uri", "url", "oid", "uuid"}, name)
	}
	return e
}

func (m *model) targetsOf(names string) []Type {
	if names == "" {
		return nil
	}
	targets := m.targets[names]
	if targets == nil {
		for name := range strings.SplitSeq(names, ",") {
			t, ok := m.types[name]
			if !ok {
				panic("schema: unknown target " + name)
			}
			targets = append(targets, t)
		}
		m.targets[names] = targets
	}
	return targets
}
