package terminology

import (
	"fmt"
	"slices"
	"strings"
)

// Limits of what one value set may draw on, each thing counted as often as it is reached. What is beyond them is
// Unknown.
const (
	maxImports = 500  // R4's largest has 11
	maxClauses = 1000 // and filters in them; R4's largest has 22
)

// plan decides about codes as a value set's definition says.
type plan struct {
	include, exclude []clause
	activeOnly       bool
	undecided        bool     // the set is not here, or must not be entered again
	listing          bool     // there is no compose, only an expansion
	partial          bool     // the expansion is not whole
	expansion        []clause // the codes of the expansion, which are listed, by system
}

// clause is an include or exclude whose code system and imports have been found.
type clause struct {
	system  string          // "" where it imports only
	source  *CodeSystem     // nil if it is not here
	fold    bool            // of the source
	codes   []string        // as listed
	listed  map[string]bool // the same by key; nil if none are listed
	filters []filter
	imports []*plan
}

// has decides about a code.
func (p *plan) has(system, code string) Answer {
	if p.undecided {
		return Unknown
	}
	in := Out
	if p.listing && p.partial {
		in = Unknown
	}
	for i := range p.include {
		if in = in.or(p.include[i].has(system, code, p.activeOnly, false)); in == In {
			break
		}
	}
	for i := 0; in != Out && i < len(p.exclude); i++ {
		in = in.and(p.exclude[i].has(system, code, false, true).not())
	}
	for i := 0; i < len(p.expansion) && (in == Unknown || p.listing && in == Out); i++ {
		in = in.or(p.expansion[i].has(system, code, false, true))
	}
	return in
}

// has decides about a code. Abstract codes are in only where wanted or listed.
func (c *clause) has(system, code string, activeOnly, abstract bool) Answer {
	in := In
	if c.system != "" {
		if system != c.system {
			return Out
		}
		in = c.own(code, activeOnly, abstract)
	}
	for _, p := range c.imports {
		if in == Out {
			break
		}
		in = in.and(p.has(system, code))
	}
	return in
}

// own decides about a code of the clause's system, leaving aside the imports.
func (c *clause) own(code string, activeOnly, abstract bool) Answer {
	if c.listed != nil {
		if _, ok := lookup(c.listed, code, c.fold); !ok {
			return Out
		}
		if activeOnly && c.source != nil {
			if i, _ := c.source.find(code); i >= 0 && c.source.concepts[i].inactive {
				return Out
			}
		}
		return In
	}
	if c.source == nil {
		return Unknown
	}
	i, in := c.source.find(code)
	if i >= 0 && (c.source.concepts[i].abstract && !abstract || c.source.concepts[i].inactive && activeOnly) {
		return Out
	}
	for _, f := range c.filters {
		if in == Out {
			break
		}
		in = in.and(f(i, code))
	}
	return in
}

// planner makes the plan of one value set.
type planner struct {
	library *Library
	path    []string // the value sets that are being entered
	imports int
	clauses int
	systems []string // that any include names, in order
	open    map[string]bool
	beyond  bool     // something of unknown systems is drawn on
	gaps    []string // why answers may be Unknown
}

// plan makes the plan of a definition, and those of what it imports.
func (m *planner) plan(d *definition) *plan {
	if m.clauses += d.clauses(); m.clauses > maxClauses {
		m.gap("more than %d includes, excludes and filters are drawn on", maxClauses)
		return m.nothing()
	}
	m.path = append(m.path, d.url)
	p := &plan{activeOnly: d.activeOnly, listing: !d.composed, partial: d.partial}
	for _, c := range d.include {
		p.include = append(p.include, m.clause(c, true))
	}
	for _, c := range d.exclude {
		p.exclude = append(p.exclude, m.clause(c, false))
	}
	for _, e := range d.expansion {
		p.expansion = append(p.expansion, m.clause(e, true))
	}
	if p.listing && p.partial {
		m.beyond = true
		m.gap("the expansion of %s is not whole", d.url)
	}
	m.path = m.path[:len(m.path)-1]
	return p
}

// clause finds what an include or exclude draws on.
func (m *planner) clause(d clauseDefinition, include bool) clause {
	c := clause{system: d.system, codes: d.codes}
	if d.system != "" {
		c.source = m.library.system(d.system)
		c.fold = c.source != nil && c.source.fold
		if include {
			m.mention(d.system)
		}
	}
	if d.codes != nil {
		c.listed = make(map[string]bool, len(d.codes))
		for _, code := range d.codes {
			c.listed[key(code, c.fold)] = true
		}
	} else if d.system != "" {
		m.whole(&c, d, include)
	}
	for _, url := range d.imports {
		if m.imports++; m.imports > maxImports {
			m.gap("more than %d value sets are imported", maxImports)
			c.imports = append(c.imports, m.nothing())
			break
		}
		c.imports = append(c.imports, m.enter(url))
	}
	return c
}

// whole notes what is not known of a system that is included as a whole or by filters.
func (m *planner) whole(c *clause, d clauseDefinition, include bool) {
	switch {
	case c.source == nil:
		m.gap("the code system %s is not here", d.system)
	case c.source.complete:
	case c.source.rule == nil:
		m.gap("the code system %s is here in part", d.system)
	case !decides[d.system]:
		m.gap("of the code system %s only the form of codes is known", d.system)
	}
	if include && (c.source == nil || !c.source.complete) {
		m.open[d.system] = true
	}
	for _, f := range d.filters {
		made, ok := c.source.filter(f)
		if !ok {
			m.gap("the filter %q %s %q of %s cannot be decided", f.property, f.op, f.value, d.system)
		}
		c.filters = append(c.filters, made)
	}
}

// enter makes the plan of an imported value set.
func (m *planner) enter(canonical string) *plan {
	url, version, _ := strings.Cut(canonical, "|")
	d := m.library.definition(url)
	switch {
	case slices.Contains(m.path, url):
		m.gap("value sets import each other: %s", strings.Join(append(m.path, url), " → "))
	case d == nil || version != "" && !d.is(version):
		m.gap("the value set %s is not here", canonical)
	default:
		return m.plan(d)
	}
	return m.nothing()
}

// nothing is the plan of a set that is not here, or not entered.
func (m *planner) nothing() *plan {
	m.beyond = true
	return &plan{undecided: true}
}

func (m *planner) mention(system string) {
	if !slices.Contains(m.systems, system) {
		m.systems = append(m.systems, system)
	}
}

func (m *planner) gap(format string, args ...any) {
	if g := fmt.Sprintf(format, args...); !slices.Contains(m.gaps, g) {
		m.gaps = append(m.gaps, g)
	}
}
