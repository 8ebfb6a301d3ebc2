package fhirpath

import (
	"slices"

	"yitong/internal/fault"
)

func fnWhere(m *machine, c *call, in span) error {
	for i := in.from; i < in.to; i++ {
		t, err := m.test(c.args[0], in, i)
		if err != nil {
			return err
		}
		if t == yes {
			if err := m.push(m.items[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func fnSelect(m *machine, c *call, in span) error {
	return m.each(c.args[0], in, func(int, span) (bool, error) { return true, nil })
}

// fnRepeat goes from item to item as long as there are new ones, so that a circle ends.
func fnRepeat(m *machine, c *call, in span) error {
	mark := len(m.items)
	found := m.newSet(span{mark, mark}, smallSet+1)
	defer m.release(&found)
	visit := func(in span) error {
		return m.each(c.args[0], in, func(_ int, s span) (bool, error) {
			for i := s.from; i < s.to; i++ {
				if err := m.add(&found, m.items[i]); err != nil {
					return false, err
				}
			}
			m.cut(found.to)
			return true, nil
		})
	}
	err := visit(in)
	for next := mark; next < found.to && err == nil; next++ {
		err = visit(span{next, next + 1})
	}
	return err
}

func fnOfType(m *machine, c *call, in span) error { return m.ofType(in, c.typ) }

// fnCoalesce gives the first argument that is not empty.
func fnCoalesce(m *machine, c *call, in span) error {
	for _, n := range c.args {
		if s, err := m.eval(n); err != nil || s.len() > 0 {
			return err
		}
	}
	return nil
}

func fnAggregate(m *machine, c *call, in span) error {
	mark := len(m.items)
	if len(c.args) == 2 {
		if _, err := m.eval(c.args[1]); err != nil {
			return err
		}
	}
	outer := m.frame
	defer func() { m.frame = outer }()
	for i := in.from; i < in.to; i++ {
		m.frame = frame{this: span{i, i + 1}, index: i - in.from, total: span{mark, len(m.items)}, adds: true}
		s, err := m.eval(c.args[0])
		if err != nil {
			return err
		}
		m.lower(mark, s.from)
	}
	return nil
}

// sortKey is an item's place and what it is sorted by.
type sortKey struct {
	item Value
	keys []Value
}

// fnSort puts the items in the order of the keys; what has no key comes first.
func fnSort(m *machine, c *call, in span) error {
	rows := make([]sortKey, 0, in.len())
	for i := in.from; i < in.to; i++ {
		row := sortKey{item: m.items[i]}
		for _, n := range c.args {
			mark := len(m.items)
			err := m.each(n, span{i, i + 1}, func(int, span) (bool, error) { return false, nil })
			if err != nil {
				return err
			}
			key, _, err := m.one(span{mark, len(m.items)}, "sort()")
			if err != nil {
				return err
			}
			m.cut(mark)
			row.keys = append(row.keys, key)
		}
		if len(c.args) == 0 {
			row.keys = []Value{row.item.system()}
		}
		rows = append(rows, row)
	}
	var failed error
	slices.SortStableFunc(rows, func(a, b sortKey) int {
		for k := range a.keys {
			n, err := compareKeys(&a.keys[k], &b.keys[k])
			if err == nil {
				err = m.spend(1)
			}
			if err != nil {
				failed = err
			}
			if n != 0 && k < len(c.desc) && c.desc[k] {
				n = -n
			}
			if n != 0 {
				return n
			}
		}
		return 0
	})
	for _, row := range rows {
		m.items = append(m.items, row.item)
	}
	return failed
}

func compareKeys(a, b *Value) (int, error) {
	switch {
	case a.kind == kindNone && b.kind == kindNone:
		return 0, nil
	case a.kind == kindNone:
		return -1, nil
	case b.kind == kindNone:
		return 1, nil
	}
	n, _, comparable := order(a, b)
	if !comparable {
		return 0, fault.New(fault.Unprocessable,
			"FHIRPath: sort() cannot order %s and %s.", systemNames[a.kind], systemNames[b.kind])
	}
	return n, nil
}

func fnSingle(m *machine, _ *call, in span) error {
	if in.len() > 1 {
		return errMany("single()", in.len())
	}
	return m.pushSpan(in)
}

func fnFirst(m *machine, _ *call, in span) error {
	return m.pushSpan(span{in.from, min(in.from+1, in.to)})
}

func fnLast(m *machine, _ *call, in span) error {
	return m.pushSpan(span{max(in.to-1, in.from), in.to})
}

func fnTail(m *machine, _ *call, in span) error {
	return m.pushSpan(span{min(in.from+1, in.to), in.to})
}

func fnSkip(m *machine, c *call, in span) error {
	v, ok, err := m.argument(c, 0, kindInteger)
	if err != nil || !ok {
		return err
	}
	return m.pushSpan(span{in.from + int(min(max(v.num, 0), int64(in.len()))), in.to})
}

func fnTake(m *machine, c *call, in span) error {
	v, ok, err := m.argument(c, 0, kindInteger)
	if err != nil || !ok {
		return err
	}
	return m.pushSpan(span{in.from, in.from + int(min(max(v.num, 0), int64(in.len())))})
}

// fnIntersect gives what is in both collections, once.
func fnIntersect(m *machine, c *call, in span) error {
	of, err := m.other(c)
	if err != nil || of.len() == 0 {
		return err
	}
	mark := len(m.items)
	if err := m.keep(in, of, true); err != nil {
		return err
	}
	if err := m.distinct(span{mark, len(m.items)}); err != nil {
		return err
	}
	m.lower(of.from, of.to)
	return nil
}

// fnExclude gives what is not in the other collection, repeated items too.
func fnExclude(m *machine, c *call, in span) error {
	of, err := m.other(c)
	if err != nil {
		return err
	}
	err = m.keep(in, of, false)
	m.lower(of.from, of.to)
	return err
}

// keep lays the items on the stack that are in another collection, or those that are not.
func (m *machine) keep(in, of span, wanted bool) error {
	set := m.setOf(of)
	defer m.release(&set)
	for i := in.from; i < in.to; i++ {
		there, err := m.contains(&set, m.items[i])
		if err != nil {
			return err
		}
		if there == wanted {
			if err := m.push(m.items[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func fnUnion(m *machine, c *call, in span) error {
	mark := len(m.items)
	if err := fnCombine(m, c, in); err != nil {
		return err
	}
	return m.distinct(span{mark, len(m.items)})
}

func fnCombine(m *machine, c *call, in span) error {
	if err := m.pushSpan(in); err != nil {
		return err
	}
	_, err := m.other(c)
	return err
}

// fnRepeatAll is repeat that keeps repeated items; a circle ends when the steps do.
func fnRepeatAll(m *machine, c *call, in span) error {
	mark := len(m.items)
	keep := func(int, span) (bool, error) { return true, nil }
	err := m.each(c.args[0], in, keep)
	for next := mark; next < len(m.items) && err == nil; next++ {
		err = m.each(c.args[0], span{next, next + 1}, keep)
	}
	return err
}

// fnIif evaluates its criterion, and then one of the others, with the item before it as $this. $index remains that of
// the function around.
func fnIif(m *machine, c *call, in span) error {
	if in.len() > 1 {
		return errMany("iif()", in.len())
	}
	outer := m.frame
	m.frame.this = in
	err := m.choose(c)
	m.frame = outer
	return err
}

func (m *machine) choose(c *call) error {
	t, err := m.truth(c.args[0])
	switch {
	case err != nil:
		return err
	case t == yes:
		_, err = m.eval(c.args[1])
	case len(c.args) == 3:
		_, err = m.eval(c.args[2])
	}
	return err
}
