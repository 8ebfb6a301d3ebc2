package search

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// path is one way from a resource to values of one data type. An expression with branches or choices is several paths.
type path struct {
	steps   []step
	leaf    *schema.Element // what the last step reads; nil for the resource itself
	shape   *schema.Shape   // of the leaf, nil for a primitive
	system  string          // that a required binding implies for a leaf of type code
	rooted  bool            // begins at the resource, even inside a component
	flag    bool            // the value is whether the one step leads to anything that is not false
	resolve schema.Type     // the leaf is a reference to this type; 0 for any
	many    bool            // it may find several values
}

// step goes to a member.
type step struct {
	name  string
	item  int    // of an array, -1 for all
	where string // the item's member of that name
	is    string // must be this text; "" for no condition
}

// compile reads an expression for a shape. The tables are part of the program, other definitions come from modules: both
// are checked when the program starts.
func compile(shape *schema.Shape, expression string, systems map[string]string) ([]path, error) {
	var all []path
	for branch := range strings.SplitSeq(expression, "|") {
		c := compiler{systems: systems, rest: strings.TrimSpace(branch)}
		begin := path{shape: shape}
		if before, after, both := strings.Cut(c.rest, ".exists() and "); both && after == before+" != false" {
			begin.flag, begin.steps = true, []step{{name: before, item: -1}}
			all = append(all, begin)
			continue
		}
		if rest, rooted := strings.CutPrefix(c.rest, "%resource."); rooted {
			begin.rooted, c.rest = true, rest
		}
		if c.rest == "$this" {
			all = append(all, begin)
			continue
		}
		found, err := c.follow([]path{begin})
		if err != nil {
			return nil, fmt.Errorf("%w in %q", err, branch)
		}
		all = append(all, found...)
	}
	return all, nil
}

// compiler reads one branch.
type compiler struct {
	systems map[string]string
	rest    string
}

func (c *compiler) follow(paths []path) (_ []path, err error) {
	for c.rest != "" && err == nil {
		name := c.word()
		switch {
		case name == "":
			return nil, fmt.Errorf("a name is missing before %q", c.rest)
		case name == "ofType" || name == "where" || name == "extension":
			var argument string
			if argument, err = c.argument(); err == nil {
				paths, err = c.filter(paths, name, argument)
			}
		default:
			paths, err = c.step(paths, name)
		}
		if err == nil {
			err = c.index(paths)
		}
		c.rest = strings.TrimPrefix(c.rest, ".")
	}
	return paths, err
}

// word takes the next name.
func (c *compiler) word() string {
	end := strings.IndexAny(c.rest, ".([")
	if end < 0 {
		end = len(c.rest)
	}
	word := c.rest[:end]
	c.rest = c.rest[end:]
	return word
}

// argument takes what stands in brackets behind a function.
func (c *compiler) argument() (string, error) {
	depth := 0
	for i, r := range c.rest {
		switch r {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				argument := c.rest[1:i]
				c.rest = c.rest[i+1:]
				return argument, nil
			}
		}
	}
	return "", fmt.Errorf("a bracket is not closed in %q", c.rest)
}

// index takes the number of an item.
func (c *compiler) index(paths []path) error {
	if !strings.HasPrefix(c.rest, "[") {
		return nil
	}
	number, rest, _ := strings.Cut(c.rest[1:], "]")
	n, err := strconv.Atoi(number)
	c.rest = rest
	for _, p := range paths {
		p.steps[len(p.steps)-1].item = n
	}
	return err
}

// step goes on to a member; a choice of types is a path for each.
func (c *compiler) step(paths []path, name string) ([]path, error) {
	var out []path
	for _, p := range paths {
		if p.shape == nil {
			return nil, fmt.Errorf("%s has no member %s", p.leaf.Type, name)
		}
		for i := range p.shape.Elements {
			e := &p.shape.Elements[i]
			if e.Name != name && e.Choice != name {
				continue
			}
			q := p
			q.steps = append(slices.Clip(p.steps), step{name: e.Name, item: -1})
			q.leaf, q.shape, q.system, q.many = e, e.Shape, "", p.many || e.Many
			if e.Type == "code" {
				q.system = c.systems[p.shape.Name+"."+e.Name]
			}
			out = append(out, q)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("there is no element %s", name)
	}
	return out, nil
}

// filter narrows the paths by a function.
func (c *compiler) filter(paths []path, function, argument string) (_ []path, err error) {
	if function == "extension" {
		if paths, err = c.step(paths, "extension"); err != nil {
			return nil, err
		}
		function, argument = "where", "url="+argument
	}
	if function == "ofType" {
		paths = slices.DeleteFunc(paths, func(p path) bool { return p.leaf.Type != argument })
		if len(paths) == 0 {
			return nil, fmt.Errorf("nothing is of type %s", argument)
		}
		return paths, nil
	}
	if name, is := strings.CutPrefix(argument, "resolve() is "); is {
		t, known := schema.TypeOf(name)
		if !known {
			return nil, fmt.Errorf("%s is no type", name)
		}
		for i := range paths {
			paths[i].resolve = t
		}
		return paths, nil
	}
	member, value, ok := strings.Cut(argument, "=")
	value, quoted := strings.CutPrefix(strings.TrimSpace(value), "'")
	value, closed := strings.CutSuffix(value, "'")
	if !ok || !quoted || !closed || value == "" {
		return nil, fmt.Errorf("where(%s) is not understood", argument)
	}
	for i := range paths {
		last := &paths[i].steps[len(paths[i].steps)-1]
		last.where, last.is = strings.TrimSpace(member), value
	}
	return paths, nil
}

// flagged is the first value of any of a flag's elements that is not false, absent if there is none.
func (p *path) flagged(from fhir.Node) (found fhir.Node) {
	for i := range p.shape.Elements {
		if e := &p.shape.Elements[i]; e.Choice == p.steps[0].name || e.Name == p.steps[0].name {
			if n := from.Get(e.Name); n.Kind() > fhir.False {
				return n
			}
		}
	}
	return found
}

// each calls do with every value that the path finds below n, until do returns false; so does each then.
func (p *path) each(n fhir.Node, do func(fhir.Node) bool) bool {
	return p.from(0, n, do)
}

func (p *path) from(at int, n fhir.Node, do func(fhir.Node) bool) bool {
	if at == len(p.steps) {
		return do(n)
	}
	s := &p.steps[at]
	member := n.Get(s.name)
	if member.Kind() != fhir.Array {
		return !s.takes(member, 0) || p.from(at+1, member, do)
	}
	i := 0
	for item := member.First(); item.Exists(); item = item.Next() {
		if s.takes(item, i) && !p.from(at+1, item, do) {
			return false
		}
		i++
	}
	return true
}

// takes tells whether the i-th value of the member counts.
func (s *step) takes(n fhir.Node, i int) bool {
	return n.Kind() > fhir.Null && (s.item < 0 || s.item == i) && (s.is == "" || n.Get(s.where).Str() == s.is)
}
