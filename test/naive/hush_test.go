package naive

import (
	"encoding/json"
	"slices"
	"strings"

	"yitong/internal/gate"
)

// hushes tells whether references to a type say nothing in words where their target is not seen: not of residents, and not where
// everything of the type is seen whole.
func (s sight) hushes(typ string) bool {
	if !kept(typ) || typ == "Patient" || typ == "RelatedPerson" {
		return false
	}
	return slices.ContainsFunc(s.layers, func(layer []gate.Rule) bool {
		return !slices.ContainsFunc(layer, func(rule gate.Rule) bool {
			return (rule.Type == 0 || rule.Type.String() == typ) && rule.Query == "" && rule.Of.ID == "" && rule.Labels == gate.LabelsSelf && veilOf(rule).none()
		})
	})
}

// hushed are resources as they are shown to somebody who sees just them.
func (s sight) hushed(seen *Record) (shown []*Resource) {
	for _, res := range seen.all {
		copied := *res
		copied.shown = clone(res.Shown())
		if s.hush(seen, copied.shown) {
			delete(copied.shown, "text")
		}
		shown = append(shown, &copied)
	}
	return shown
}

// hush takes displays out of a value, at any depth, and tells whether any went.
func (s sight) hush(seen *Record, value any) (went bool) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			went = s.hush(seen, item) || went
		}
	case map[string]any:
		for _, item := range v {
			went = s.hush(seen, item) || went
		}
		typ, id, local := strings.Cut(text(v["reference"]), "/")
		id, _, _ = strings.Cut(id, "/_history/")
		if local && v["display"] != nil && slices.Contains(allTypes(), typ) && s.hushes(typ) && seen.Get(typ, id) == nil {
			delete(v, "display")
			went = true
		}
	}
	return went
}

func clone(body map[string]any) (copied map[string]any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	if err := decoder.Decode(&copied); err != nil {
		panic(err)
	}
	return copied
}

// quotes tells whether a search asks for what references say in words of what may be hidden: it is refused.
func (s sight) quotes(t tb, search string) bool {
	asked, err := s.Parse(search)
	check(t, err)
	for _, all := range asked.criteria {
		if slices.ContainsFunc(all, s.quoting) {
			return true
		}
	}
	return false
}

func (s sight) quoting(c criterion) bool {
	switch c := c.(type) {
	case own:
		targets := c.param.Targets
		if targets == nil {
			targets = allTypes()
		}
		return c.param.Kind == "reference" && c.modifier == "text" && slices.ContainsFunc(targets, s.hushes)
	case chain:
		for _, inner := range c.inner {
			if s.quoting(inner) {
				return true
			}
		}
	case has:
		return s.quoting(c.inner)
	}
	return false
}
