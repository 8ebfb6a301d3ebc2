package naive

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// expression finds nodes, beginning at some and knowing the resource that they are in.
type expression func(from []node, resource node) []node

var lexeme = regexp.MustCompile(`'[^']*'|!=|[\w-]+|[.()\[\]|=$%]`)

// reader turns an expression's lexemes into functions, by recursive descent.
type reader struct {
	words []string
	bad   string // what could not be read
}

// parseExpression reads the part of FHIRPath that search parameters are written in.
func parseExpression(text string) (expression, error) {
	if rest := strings.TrimSpace(lexeme.ReplaceAllString(text, "")); rest != "" {
		return nil, fmt.Errorf("%q in the expression %q", rest, text)
	}
	r := &reader{words: lexeme.FindAllString(text, -1)}
	e := r.and()
	if r.bad == "" && len(r.words) > 0 {
		r.bad = r.words[0]
	}
	if r.bad != "" {
		return nil, fmt.Errorf("%q is out of place in the expression %q", r.bad, text)
	}
	return e, nil
}

// take takes the next word if it is this one.
func (r *reader) take(word string) bool {
	if len(r.words) == 0 || r.words[0] != word {
		return false
	}
	r.words = r.words[1:]
	return true
}

func (r *reader) need(word string) {
	if !r.take(word) && r.bad == "" {
		r.bad = "no " + word
	}
}

func (r *reader) next() string {
	if len(r.words) == 0 {
		r.need("more")
		return ""
	}
	word := r.words[0]
	r.words = r.words[1:]
	return word
}

func (r *reader) and() expression {
	e := r.compare()
	for r.take("and") {
		left, right := e, r.compare()
		e = func(from []node, resource node) []node { return both(left(from, resource), right(from, resource)) }
	}
	return e
}

func (r *reader) compare() expression {
	left := r.union()
	switch {
	case r.take("is"):
		name := r.next()
		return func(from []node, resource node) []node {
			var out []node
			for _, n := range left(from, resource) {
				out = append(out, boolean(n.typ == name))
			}
			return out
		}
	case r.take("="):
		right := r.union()
		return func(from []node, resource node) []node {
			return equal(left(from, resource), right(from, resource), true)
		}
	case r.take("!="):
		right := r.union()
		return func(from []node, resource node) []node {
			return equal(left(from, resource), right(from, resource), false)
		}
	}
	return left
}

func (r *reader) union() expression {
	e := r.path()
	for r.take("|") {
		left, right := e, r.path()
		e = func(from []node, resource node) []node {
			return append(left(from, resource), right(from, resource)...)
		}
	}
	return e
}

func (r *reader) path() expression {
	e := r.head()
	for {
		before := e
		switch {
		case r.take("."):
			after := r.step()
			e = func(from []node, resource node) []node { return after(before(from, resource), resource) }
		case r.take("["):
			place, err := strconv.Atoi(r.next())
			r.need("]")
			if err != nil {
				r.need("a place")
			}
			e = func(from []node, resource node) []node {
				if all := before(from, resource); place < len(all) {
					return all[place : place+1]
				}
				return nil
			}
		default:
			return e
		}
	}
}

func (r *reader) head() expression {
	switch {
	case r.take("("):
		e := r.and()
		r.need(")")
		return e
	case r.take("$"):
		r.need("this")
		return func(from []node, _ node) []node { return from }
	case r.take("%"):
		r.need("resource")
		return func(_ []node, resource node) []node { return []node{resource} }
	case len(r.words) > 0 && r.words[0][0] == '\'':
		text := strings.Trim(r.next(), "'")
		return func([]node, node) []node { return []node{{value: text, typ: "string"}} }
	case r.take("true"):
		return func([]node, node) []node { return []node{boolean(true)} }
	case r.take("false"):
		return func([]node, node) []node { return []node{boolean(false)} }
	}
	return r.step()
}

// step is a member's name, or a function.
func (r *reader) step() expression {
	name := r.next()
	if !r.take("(") {
		return each(func(n node) []node { return n.children(name) })
	}
	defer r.need(")")
	switch name {
	case "ofType":
		want := r.next()
		return each(func(n node) []node { return when(n.typ == want, n) })
	case "resolve":
		return each(func(n node) []node {
			typ := n.pointsAt()
			return when(typ != "", node{typ: typ})
		})
	case "where":
		condition := r.and()
		return func(from []node, resource node) []node {
			return each(func(n node) []node { return when(isTrue(condition([]node{n}, resource)), n) })(from, resource)
		}
	case "extension":
		url := strings.Trim(r.next(), "'")
		return each(func(n node) []node {
			return slices.DeleteFunc(n.children("extension"), func(e node) bool { return text(member(e.value, "url")) != url })
		})
	case "exists":
		return func(from []node, _ node) []node { return []node{boolean(len(from) > 0)} }
	}
	r.bad = name
	return nil
}

func each(do func(node) []node) expression {
	return func(from []node, _ node) []node {
		var out []node
		for _, n := range from {
			out = append(out, do(n)...)
		}
		return out
	}
}

func when(condition bool, n node) []node {
	if condition {
		return []node{n}
	}
	return nil
}

func boolean(b bool) node { return node{value: b, typ: "boolean"} }

func isTrue(list []node) bool { return len(list) == 1 && list[0].value == true }

// both is the and of FHIRPath: what is empty is neither true nor false.
func both(left, right []node) []node {
	isFalse := func(list []node) bool { return len(list) == 1 && list[0].value == false }
	switch {
	case isFalse(left) || isFalse(right):
		return []node{boolean(false)}
	case len(left) == 0 || len(right) == 0:
		return nil
	}
	return []node{boolean(isTrue(left) && isTrue(right))}
}

func equal(left, right []node, want bool) []node {
	if len(left) == 0 || len(right) == 0 {
		return nil
	}
	same := len(left) == 1 && len(right) == 1 && left[0].value == right[0].value
	return []node{boolean(same == want)}
}
