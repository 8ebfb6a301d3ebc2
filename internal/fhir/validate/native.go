package validate

import (
	"bytes"
	"strings"

	"yitong/internal/fhir"
)

// native is an invariant in Go, which holds for just the values for which the expression holds.
type native struct {
	expression string
	holds      func(*walk, value) bool
}

// natives are the invariants of R4 that stand on almost every element.
var natives = map[string]native{
	"ele-1": {"hasValue() or (children().count() > id.count())", hasValueOrChildren},
	"ext-1": {"extension.exists() != value.exists()", valueOrExtensions},
	"txt-1": {"htmlChecks()", alreadyChecked},
	"txt-2": {"htmlChecks()", alreadyChecked},
}

// hasValueOrChildren is ele-1: hasValue() or (children().count() > id.count()).
func hasValueOrChildren(w *walk, x value) bool {
	switch {
	case x.n.Exists() && x.n.Kind() != fhir.Object:
		return true
	case w.options.Kept && x.of != nil && x.of.Type == "Meta" && len(w.way) == 2 && w.self == w.root:
		return true
	}
	return hasMore(x.n) || hasMore(x.side)
}

func hasMore(n fhir.Node) bool {
	for c := n.First(); c.Exists(); c = c.Next() {
		if string(c.Name()) != "id" {
			return true
		}
	}
	return false
}

// valueOrExtensions is ext-1: extension.exists() != value.exists().
func valueOrExtensions(_ *walk, x value) bool {
	var extension, val bool
	for c := x.n.First(); c.Exists(); c = c.Next() {
		name := bytes.TrimPrefix(c.Name(), []byte("_"))
		extension = extension || string(name) == "extension"
		val = val || bytes.HasPrefix(name, []byte("value"))
	}
	return extension != val
}

// alreadyChecked stands for txt-1 and txt-2, which package narrative checks wherever an element is xhtml.
func alreadyChecked(*walk, value) bool { return true }

// distinct tells whether no value of a member stands twice among the items of a list and of the lists within them.
func distinct(list, member string) func(*walk, value) bool {
	return func(_ *walk, x value) bool {
		seen := map[string]bool{}
		var look func(n fhir.Node) bool
		look = func(n fhir.Node) bool {
			for c := n.Get(list).First(); c.Exists(); c = c.Next() {
				if text := c.Get(member).Str(); text != "" {
					if seen[text] {
						return false
					}
					seen[text] = true
				}
				if !look(c) {
					return false
				}
			}
			return true
		}
		return look(x.n)
	}
}

// logical tells whether the resource is the definition of a logical model.
func (w *walk) logical() bool { return w.self.Get("kind").Str() == "logical" }

// pathsBelow tells whether the paths of all elements but the first begin with another and a dot.
func pathsBelow(n fhir.Node, path string) bool {
	for e := n.Get("element").First().Next(); e.Exists(); e = e.Next() {
		if !strings.HasPrefix(e.Get("path").Str(), path+".") {
			return false
		}
	}
	return true
}
