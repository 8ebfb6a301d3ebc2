package ucum

import (
	_ "embed"
	"math/big"
	"strings"
	"sync"
)

//go:embed units.txt
var text string

// units reads the table at its first use, which takes half a millisecond.
var units = sync.OnceValue(func() *table { return load(text) })

// offsets are what the functions of temperatures add to the value. Of the other functions none is linear.
var offsets = map[string]string{"Cel": "273.15", "degF": "459.67", "degRe": "218.52"}

// table holds the prefixes and the units that have a symbol.
type table struct {
	prefixes map[string]*big.Rat
	atoms    map[string]*atom
}

// atom is a unit that has a symbol.
type atom struct {
	metric     bool
	definition []string // the words of its line, until it is resolved
	term       term     // without a factor when its function is not linear
}

// load reads a table. It is part of the program: a fault in it is a panic.
func load(text string) *table {
	t := &table{prefixes: map[string]*big.Rat{}, atoms: map[string]*atom{}}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case words[0] == "#":
		case words[0] == "prefix":
			t.prefixes[words[1]] = number(words[2])
		default:
			t.atoms[words[1]] = &atom{metric: words[2] == "M", definition: words}
		}
	}
	for _, a := range t.atoms {
		t.resolve(a)
	}
	return t
}

// resolve takes an atom to base units, if this is not done. Those that it is defined by are resolved on the way.
func (t *table) resolve(a *atom) {
	words := a.definition
	if words == nil {
		return
	}
	a.definition = nil
	if words[0] == "base" || words[0] == "arbitrary" {
		a.term = term{factor: one, powers: map[string]int{words[1]: 1}}
		return
	}
	special := words[0] == "special"
	if special && offsets[words[5]] == "" {
		return
	}
	defined, err := t.parse(words[4])
	if err != nil {
		panic("ucum: " + strings.Join(words, " ") + ": " + err.Error())
	}
	a.term = defined.scaled(number(words[3]))
	if special {
		a.term.offset = number(offsets[words[5]])
	}
}

// find gives the atom of a symbol and the prefix before it. No symbol can be read in two ways: d and a, for one, take no
// prefixes, so cd and Pa are units of their own.
func (t *table) find(symbol string) (a *atom, prefix *big.Rat) {
	if a = t.atoms[symbol]; a != nil {
		return a, one
	}
	for n := 1; n <= 2 && n < len(symbol); n++ {
		if prefix = t.prefixes[symbol[:n]]; prefix == nil {
			continue
		}
		if a = t.atoms[symbol[n:]]; a != nil && a.metric {
			return a, prefix
		}
	}
	return nil, nil
}

// number reads a number of the table.
func number(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic("ucum: not a number: " + text)
	}
	return r
}
