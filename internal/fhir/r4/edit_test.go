package r4_test

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
	"yitong/internal/fhir/schema"
)

// place is a primitive element of a view.
type place struct {
	view  reflect.Value
	shape *schema.Shape // of the view
	e     *schema.Element
	above string // the path of the view
	under *place // the element that the view is of, or is an item of
}

func (p place) path() string { return p.above + "." + p.e.Name }

// node is the element's value as it stands.
func (p place) node() fhir.Node { return nodeOf(p.view).Get(p.e.Name) }

// read is what the view reads, "" where nothing is.
func (p place) read() string {
	out := method(p.view, "", p.e.Name).Call(nil)
	if len(out) == 2 && !out[1].Bool() {
		return ""
	}
	return fmt.Sprint(out[0].Interface())
}

// strings is the view of a repeating primitive.
func (p place) strings() r4.Strings {
	return call(method(p.view, "", p.e.Name)).Interface().(r4.Strings)
}

// places are the primitives of a view, there or not, and those of the views below it: all that are there, a new item of
// each array, and, where fresh, groups that are not there.
func places(view reflect.Value, s *schema.Shape, path string, under *place, fresh bool) (all []place) {
	node := nodeOf(view)
	for i := range s.Elements {
		e := &s.Elements[i]
		child, here := node.Get(e.Name), place{view, s, e, path, under}
		if e.Kind == schema.Primitive {
			all = append(all, here)
			continue
		}
		if e.Kind == schema.AnyResource || !child.Exists() && !fresh {
			continue
		}
		below := here.path()
		got := call(method(view, "", e.Name))
		if !e.Many {
			all = append(all, places(got, e.Shape, below, &here, child.Exists())...)
			continue
		}
		for i := range child.Len() {
			item := call(got.MethodByName("At"), i)
			all = append(all, places(item, e.Shape, fmt.Sprintf("%s[%d]", below, i), &here, true)...)
		}
		added := call(got.MethodByName("Add"))
		all = append(all, places(added, e.Shape, fmt.Sprintf("%s[%d]", below, child.Len()), &here, false)...)
	}
	return all
}

// draw makes a resource and chooses a place in it.
func draw(t *rapid.T, want func(place) bool) (place, *fhir.Doc) {
	name := rapid.SampledFrom(slices.Sorted(maps.Keys(views))).Draw(t, "type")
	doc, err := fhir.NewDoc([]byte(drawResource(t, name)))
	if err != nil {
		t.Fatal(err)
	}
	view, err := views[name](doc)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := schema.ShapeOf(name)
	all := places(reflect.ValueOf(view), s, name, nil, true)
	all = slices.DeleteFunc(all, func(p place) bool { return !want(p) })
	if len(all) == 0 {
		t.Skip("no such place")
	}
	there := slices.DeleteFunc(slices.Clone(all), func(p place) bool {
		return !p.node().Exists() && !nodeOf(p.view).Get("_"+p.e.Name).Exists()
	})
	if len(there) > 0 && rapid.Bool().Draw(t, "there") {
		all = there
	}
	return rapid.SampledFrom(all).Draw(t, "place"), doc
}

// leaf is a value without members or items, and where it is, by names alone: items move up when others are removed.
type leaf struct{ path, raw string }

var index = regexp.MustCompile(`\[\d+\]`)

// leaves are those of a text in its order, but for those whose paths, by the names of JSON, are left out.
func leaves(root fhir.Node, out func(path string) bool) (all []leaf) {
	var walk func(n fhir.Node, path string)
	walk = func(n fhir.Node, path string) {
		if out(path) {
			return
		}
		if n.Len() == 0 {
			all = append(all, leaf{index.ReplaceAllString(path, ""), string(n.Raw())})
		}
		i := 0
		for c := n.First(); c.Exists(); c = c.Next() {
			if n.Kind() == fhir.Array {
				walk(c, fmt.Sprintf("%s[%d]", path, i))
			} else {
				walk(c, path+"."+string(c.Name()))
			}
			i++
		}
	}
	walk(root, root.Path())
	return all
}

// rivals tells which paths are those of other types of a choice that the place is of or inside, or of what stands beside
// them.
func (p place) rivals(path string) bool {
	if p.under != nil && p.under.rivals(path) {
		return true
	}
	name, ok := strings.CutPrefix(path, p.above+".")
	e, known := p.shape.Element([]byte(strings.TrimPrefix(name, "_")))
	return ok && known && p.e.Choice != "" && e.Choice == p.e.Choice && e.Name != p.e.Name
}

// common is the number of bytes that the two texts have in common at their start and at their end.
func common(a, b string) (start, end int) {
	least := min(len(a), len(b))
	for start < least && a[start] == b[start] {
		start++
	}
	for end < least-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	return start, end
}

func same(t *rapid.T, before, after []leaf) {
	if !slices.Equal(before, after) {
		t.Fatalf("other values changed:\n%v\n%v", before, after)
	}
}

// value draws what a setter takes, and its JSON.
func value(t *rapid.T, e *schema.Element) (v any, raw string) {
	switch v, raw := sample(e); v.(type) {
	case bool:
		b := rapid.Bool().Draw(t, "value")
		return b, fmt.Sprint(b)
	case int:
		i := rapid.Int().Draw(t, "value")
		return i, fmt.Sprint(i)
	default:
		if raw[0] != '"' {
			d := rapid.StringMatching(`-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,5})?(e[+-]?[0-9]{1,2})?`).Draw(t, "value")
			return d, d
		}
		s := rapid.StringMatching(`[ -~\n\t李晓明😀]{1,9}`).Draw(t, "value")
		_ = v
		return s, string(fhir.Quote(s))
	}
}

// Setting one element changes its value and no other byte; another type of the same choice goes.
func TestSetLeavesTheRest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at, doc := draw(t, func(p place) bool { return !p.e.Many })
		v, raw := value(t, at.e)
		before, old := string(doc.Bytes()), at.node()
		others := func(path string) bool { return path == at.path() || at.rivals(path) }
		itself := func(path string) bool { return path == at.path() }
		rest := leaves(doc.Root(), others)
		rivals := len(rest) < len(leaves(doc.Root(), itself))
		unchanged := old.Kind() == fhir.String && old.Str() == v

		call(method(at.view, "Set", at.e.Name), v)

		after := string(doc.Bytes())
		if got := at.read(); got != fmt.Sprint(v) {
			t.Fatalf("%s reads %q after it was set to %q: %s", at.path(), got, v, after)
		}
		same(t, rest, leaves(doc.Root(), others))
		if len(rest) < len(leaves(doc.Root(), itself)) {
			t.Fatalf("other types of the choice of %s stayed: %s", at.path(), after)
		}
		switch {
		case unchanged:
			if after != before {
				t.Fatalf("the same value was written anew:\n%s\n%s", before, after)
			}
		case old.Exists():
			if from, to := old.Span(); after != before[:from]+raw+before[to:] {
				t.Fatalf("%s set to %s:\n%s\n%s", at.path(), raw, before, after)
			}
		case !rivals:
			start, end := common(before, after)
			if start+end < len(before) || !strings.Contains(after[start:], raw) {
				t.Fatalf("%s set to %s changed more than one place:\n%s\n%s", at.path(), raw, before, after)
			}
		}
	})
}

// Removing one element takes it, and what it leaves empty, and no other byte.
func TestRemoveLeavesTheRest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at, doc := draw(t, func(p place) bool { return !p.e.Many && p.node().Exists() })
		before := string(doc.Bytes())
		rest := leaves(doc.Root(), func(path string) bool { return path == at.path() })

		if remove := method(at.view, "Remove", at.e.Name); remove.IsValid() {
			call(remove)
		} else {
			call(method(at.view, "Set", at.e.Name), "")
		}

		after := string(doc.Bytes())
		same(t, rest, leaves(doc.Root(), func(string) bool { return false }))
		if start, end := common(before, after); start+end < len(after) || len(after) >= len(before) {
			t.Fatalf("removing %s changed more than one place:\n%s\n%s", at.path(), before, after)
		}
	})
}

// item is a value of a repeating primitive with what stands beside it.
type item struct{ value, beside string }

func items(at place) []item {
	array, beside := at.node(), nodeOf(at.view).Get("_"+at.e.Name)
	all := make([]item, max(array.Len(), beside.Len()))
	for i := range all {
		all[i].value = array.Item(i).Str()
		if n := beside.Item(i); n.Kind() != fhir.Null {
			all[i].beside = string(n.Raw())
		}
	}
	return all
}

// Edits of a repeating primitive move its items as a list would, each with what stands beside it, and nothing else.
func TestStringsLeaveTheRest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at, doc := draw(t, func(p place) bool { return p.e.Many })
		others := func(path string) bool {
			return path == at.path() || path == at.above+"._"+at.e.Name || at.rivals(path)
		}
		rest := leaves(doc.Root(), others)
		want, list := items(at), at.strings()
		i := rapid.IntRange(0, len(want)).Draw(t, "i")
		switch op := rapid.SampledFrom([]string{"add", "set", "remove"}).Draw(t, "op"); {
		case op == "remove" && i < len(want):
			list.Remove(i)
			want = slices.Delete(want, i, i+1)
		case op == "set" && i < len(want):
			list.Set(i, "新")
			want[i].value = "新"
		default:
			list.Add("新", "newer")
			want = append(want, item{"新", ""}, item{"newer", ""})
		}
		if got := items(at); len(want) > 0 && !slices.Equal(got, want) {
			t.Fatalf("%s is %v, want %v: %s", at.path(), got, want, doc.Bytes())
		}
		if len(want) > 0 {
			same(t, rest, leaves(doc.Root(), others))
			return
		}
		same(t, rest, leaves(doc.Root(), func(string) bool { return false }))
	})
}
