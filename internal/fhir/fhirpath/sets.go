package fhirpath

import (
	"hash/maphash"

	"yitong/internal/fhir"
	"yitong/internal/fhir/ucum"
)

// smallSet is how many items are compared one by one; more are found by their hashes.
const smallSet = 16

// hashSteps are the steps of looking an item up by its hash.
const hashSteps = 4

// seed of the hashes, which never leave the process.
var seed = maphash.MakeSeed()

// distinct takes the items out of a span at the top of the stack that equal an earlier one.
func (m *machine) distinct(s span) error {
	set := m.newSet(span{s.from, s.from}, s.len())
	for i := s.from; i < s.to; i++ {
		if err := m.add(&set, m.items[i]); err != nil {
			return err
		}
	}
	m.cut(set.span.to)
	m.release(&set)
	return nil
}

// set is a span in which every item is there once. Its items are compared one by one where they are few.
type set struct {
	span
	hashed *table
}

// newSet makes an empty set at a place of the stack, for about so many items.
func (m *machine) newSet(s span, size int) set {
	if size <= smallSet {
		return set{span: s}
	}
	return set{span: s, hashed: m.newTable(size)}
}

// add puts an item at the end of the set unless an equal one is there. The place behind the set may be overwritten.
func (m *machine) add(s *set, v Value) error {
	there, err := m.contains(s, v)
	if err != nil || there {
		return err
	}
	if s.hashed != nil {
		s.hashed.put(m.hash(&v), s.to)
	}
	m.items[s.to] = v
	s.to++
	return nil
}

// contains tells whether an equal item is in the set.
func (m *machine) contains(s *set, v Value) (bool, error) {
	if s.hashed == nil {
		return m.has(s.span, v)
	}
	h := m.hash(&v)
	for at := s.hashed.find(h, h); at >= 0; at = s.hashed.find(h, uint64(at)+1) {
		i := s.hashed.slots[at].place
		if found, err := m.has(span{i, i + 1}, v); found || err != nil {
			return found, err
		}
	}
	return false, m.spend(hashSteps)
}

// setOf makes a set for looking things up; the items stay where they are, repeated ones too.
func (m *machine) setOf(s span) set {
	of := m.newSet(s, s.len())
	if of.hashed != nil {
		for i := s.from; i < s.to; i++ {
			of.hashed.put(m.hash(&m.items[i]), i)
		}
	}
	return of
}

// hash gives equal items the same number. Dates of different zones and quantities of different units may be equal, so
// they are told apart by their kind only.
func (m *machine) hash(v *Value) uint64 {
	s := v.system()
	switch s.kind {
	case kindString:
		return maphash.String(seed, s.text)
	case kindInteger, kindDecimal:
		return hashNumber(s.decimal())
	case kindNone:
		return m.hashElement(v)
	case kindDate, kindDateTime:
		return uint64(kindDate)
	case kindQuantity:
		return s.hashQuantity()
	}
	return uint64(s.kind)
}

func hashNumber(d decimal) uint64 {
	if d = d.reduced(); d.big != nil {
		return uint64(kindDecimal)
	}
	return maphash.Comparable(seed, d.digits)
}

// hashQuantity is that of the number for a quantity that counts, since 1 = 1 '1'.
func (v *Value) hashQuantity() uint64 {
	if v.word != noCalendar {
		return uint64(kindQuantity)
	}
	u, err := ucum.Parse(v.text)
	if err != nil || u.Canonical() != "1" {
		return uint64(kindQuantity)
	}
	d, _ := base(u, v.decimal())
	return hashNumber(d)
}

// hashElement adds up the texts inside an element, so that the order of its members does not count.
func (m *machine) hashElement(v *Value) (h uint64) {
	if v.node.Kind() != fhir.Object {
		return 0
	}
	_ = m.spend(v.node.Len()) // the next step fails when this was too much
	for c := v.node.First(); c.Exists(); c = c.Next() {
		f := v.typ.fields[string(c.Name())]
		switch {
		case f == nil:
		case c.Kind() != fhir.Array:
			h += m.hashField(f, c)
		default:
			for i := c.First(); i.Exists(); i = i.Next() {
				h += m.hashField(f, i)
			}
		}
	}
	return h
}

// hashField is what one text or object inside an element adds.
func (m *machine) hashField(f *field, n fhir.Node) uint64 {
	switch {
	case f.typ.system == kindString:
		return maphash.String(seed, text(n)) ^ maphash.String(seed, f.name)
	case f.typ.system != kindNone || f.typ.is(model().quantity):
		return 0
	}
	v := element(f.typ, n, fhir.Node{})
	return 31 * m.hashElement(&v)
}
