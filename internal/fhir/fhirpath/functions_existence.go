package fhirpath

func fnEmpty(m *machine, _ *call, in span) error { return m.push(Boolean(in.len() == 0)) }

func fnExists(m *machine, c *call, in span) error {
	if len(c.args) == 0 {
		return m.push(Boolean(in.len() > 0))
	}
	for i := in.from; i < in.to; i++ {
		if t, err := m.test(c.args[0], in, i); err != nil {
			return err
		} else if t == yes {
			return m.push(Boolean(true))
		}
	}
	return m.push(Boolean(false))
}

func fnAll(m *machine, c *call, in span) error {
	for i := in.from; i < in.to; i++ {
		if t, err := m.test(c.args[0], in, i); err != nil {
			return err
		} else if t != yes {
			return m.push(Boolean(false))
		}
	}
	return m.push(Boolean(true))
}

// every is allTrue and its like: whether all items, or any, are what is asked for.
func every(want truth, all bool) func(m *machine, c *call, in span) error {
	return func(m *machine, c *call, in span) error {
		found := 0
		for i := in.from; i < in.to; i++ {
			v := m.items[i].system()
			if v.kind != kindBoolean {
				return errType(c.what, "Booleans", &m.items[i])
			}
			if truthOf(v.num != 0) == want {
				found++
			}
		}
		return m.push(Boolean(all && found == in.len() || !all && found > 0))
	}
}

// other evaluates the collection that is the first argument.
func (m *machine) other(c *call) (span, error) { return m.eval(c.args[0]) }

func fnSubsetOf(m *machine, c *call, in span) error {
	of, err := m.other(c)
	if err != nil {
		return err
	}
	return m.pushSubset(in, of)
}

func fnSupersetOf(m *machine, c *call, in span) error {
	of, err := m.other(c)
	if err != nil {
		return err
	}
	return m.pushSubset(of, in)
}

// pushSubset replaces what lies above the input by whether all of part are in whole.
func (m *machine) pushSubset(part, whole span) error {
	mark := max(part.from, whole.from)
	set := m.setOf(whole)
	all := true
	for i := part.from; i < part.to && all; i++ {
		var err error
		if all, err = m.contains(&set, m.items[i]); err != nil {
			return err
		}
	}
	m.release(&set)
	m.cut(mark)
	return m.push(Boolean(all))
}

func fnCount(m *machine, _ *call, in span) error {
	return m.push(Value{kind: kindInteger, num: int64(in.len())})
}

func fnDistinct(m *machine, _ *call, in span) error {
	mark := len(m.items)
	if err := m.pushSpan(in); err != nil {
		return err
	}
	return m.distinct(span{mark, len(m.items)})
}

func fnIsDistinct(m *machine, c *call, in span) error {
	mark := len(m.items)
	if err := fnDistinct(m, c, in); err != nil {
		return err
	}
	distinct := len(m.items)-mark == in.len()
	m.cut(mark)
	return m.push(Boolean(distinct))
}

func fnNot(m *machine, _ *call, in span) error {
	t, err := m.truthOf(in)
	if err != nil {
		return err
	}
	return m.pushTruth(t.not())
}

func fnIs(m *machine, c *call, in span) error { return m.isType(in, c.typ) }
func fnAs(m *machine, c *call, in span) error { return m.asType(in, c.typ) }

func fnType(m *machine, _ *call, in span) error {
	for i := in.from; i < in.to; i++ {
		if err := m.push(typeInfo(m.items[i].typeOf())); err != nil {
			return err
		}
	}
	return nil
}
