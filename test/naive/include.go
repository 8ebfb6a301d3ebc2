package naive

import (
	"slices"
	"strings"
)

// include is one _include or _revinclude.
type include struct {
	iterate bool
	reverse bool
	typ     string // of what refers; "" for *
	param   string // "*" for each
	target  string // "" for any
}

// include reads Type:parameter, Type:parameter:Target or *.
func (f *Facts) include(name, value string) (include, error) {
	name, modifier, modified := strings.Cut(name, ":")
	i := include{iterate: modifier == "iterate", reverse: name == "_revinclude", param: "*"}
	if modified && !i.iterate {
		return i, refuse("%s takes no modifier %s", name, modifier)
	}
	if value == "*" {
		return i, nil
	}
	parts := strings.Split(value, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return i, refuse("%s is not Type:parameter:Target", value)
	}
	i.typ, i.param = parts[0], parts[1]
	if len(parts) == 3 {
		i.target = parts[2]
	}
	if p := f.parameter(i.typ, i.param); i.param != "*" && (p == nil || p.Kind != "reference") {
		return i, refuse("%s has no reference %s", i.typ, i.param)
	}
	return i, nil
}

// Include gives the names of what comes along with matches, here those on one page, without these themselves.
func (s *Search) Include(page []string) []string {
	var now []*Resource
	for _, res := range s.record.all {
		if slices.Contains(page, res.Name()) {
			now = append(now, res)
		}
	}
	seen := slices.Clone(now)
	for first := true; len(now) > 0; first = false {
		var next []*Resource
		for _, i := range s.includes {
			for _, res := range now {
				if !first && !i.iterate {
					continue
				}
				for _, more := range s.record.along(i, res) {
					if !slices.Contains(seen, more) {
						seen, next = append(seen, more), append(next, more)
					}
				}
			}
		}
		now = next
	}
	var names []string
	for _, res := range seen {
		if !slices.Contains(page, res.Name()) {
			names = append(names, res.Name())
		}
	}
	return names
}

// along is what one include adds for one resource.
func (r *Record) along(i include, res *Resource) (out []*Resource) {
	if !i.reverse {
		return r.included(i, res)
	}
	for _, other := range r.all {
		if slices.Contains(r.included(i, other), res) {
			out = append(out, other)
		}
	}
	return out
}

// included is where the references lead that an include is about, of one resource.
func (r *Record) included(i include, res *Resource) (out []*Resource) {
	if i.typ != "" && i.typ != res.Type {
		return nil
	}
	for _, of := range []string{res.Type, "Resource"} {
		for name, p := range r.facts.Parameters[of] {
			if p.Kind != "reference" || i.param != "*" && i.param != name {
				continue
			}
			for _, target := range r.targets(p, res) {
				if i.target == "" || i.target == target.Type {
					out = append(out, target)
				}
			}
		}
	}
	return out
}
