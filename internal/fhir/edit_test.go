package fhir

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// names are the member names of drawn values.
var names = []string{"a", "b", "c", "name", "ext~/x"}

// drawJSON draws a value with white space anywhere, as its author might have written it.
func drawJSON(t *rapid.T, depth int) string {
	space := rapid.SampledFrom([]string{"", "", " ", "\n", "\t "})
	kinds := 6
	if depth > 0 {
		kinds = 8
	}
	s := func() string { return space.Draw(t, "space") }
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return "null"
	case 1:
		return "true"
	case 2, 3:
		return rapid.SampledFrom([]string{"0", "1.00", "-0.0", "12345678901234567890", "1e-7", "1E+2", "3.140"}).Draw(t, "number")
	case 4, 5:
		return rapid.SampledFrom([]string{`""`, `"x"`, `"\u4f60好"`, `"a\\\"\/\n"`, `"\ud83d\ude00"`, `"{,}"`, `" ] "`}).Draw(t, "string")
	case 6:
		return drawObject(t, depth)
	}
	var items []string
	for range rapid.IntRange(0, 3).Draw(t, "items") {
		item := drawJSON(t, depth-1)
		if item[0] == '[' { // FHIR has no arrays in arrays
			item = `{"a":` + item + `}`
		}
		items = append(items, s()+item+s())
	}
	return "[" + strings.Join(items, ",") + strings.Repeat(" ", len(s())*min(1, len(items)+1)) + "]"
}

func drawObject(t *rapid.T, depth int) string {
	space := rapid.SampledFrom([]string{"", " ", "\n"})
	s := func() string { return space.Draw(t, "space") }
	var members []string
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 4, rapid.ID).Draw(t, "members") {
		members = append(members, fmt.Sprintf(`%s"%s"%s:%s%s%s`, s(), name, s(), s(), drawJSON(t, depth-1), s()))
	}
	return "{" + s() + strings.Join(members, ",") + s() + "}"
}

// decode reads a value as encoding/json does, numbers as they are written.
func decode(t interface{ Fatalf(string, ...any) }, text []byte) (v any) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// drawPath draws a path that leads to a value, by and large.
func drawPath(t *rapid.T, n Node) (path []Step) {
	for n.Len() > 0 && rapid.IntRange(0, 4).Draw(t, "deeper") > 0 {
		i := rapid.IntRange(0, n.Len()-1).Draw(t, "child")
		step := Step{Item: i}
		if n.Kind() == Object {
			c := n.First()
			for range i {
				c = c.Next()
			}
			step = Step{Name: string(c.Name())}
		}
		path = append(path, step)
		n = n.step(step)
	}
	return path
}

// TestDocEdits sets and removes values anywhere in random documents and compares with edits of the decoded value. All
// bytes before and behind the place stay.
func TestDocEdits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := " " + drawObject(t, 4) + "\n"
		d, err := NewDoc([]byte(text))
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		for edit := range rapid.IntRange(1, 4).Draw(t, "edits") {
			before := bytes.Clone(d.Bytes())
			value := decode(t, before)
			path := drawPath(t, d.Root())
			if rapid.Bool().Draw(t, "remove") {
				if err := d.Remove(path); err != nil {
					t.Fatalf("removing %v of %s: %v", path, before, err)
				}
				value = without(value, path)
				if !oneRun(d.Bytes(), before) {
					t.Fatalf("removing %v of %s changed more: %s", path, before, d.Bytes())
				}
			} else {
				raw := drawJSON(t, 2)
				if at := d.At(path); at.Kind() == Object && rapid.Bool().Draw(t, "new member") {
					path = append(path, Step{Name: fmt.Sprint("fresh", edit)}, Step{Item: 0}, Step{Name: "inner"})[:len(path)+rapid.SampledFrom([]int{1, 3}).Draw(t, "steps")]
				} else if at.Kind() == Array && rapid.Bool().Draw(t, "new item") {
					path = append(path, Step{Item: at.Len()})
				}
				start, end := -1, -1
				if at := d.At(path); at.Exists() {
					start, end = at.Span()
				}
				if err := d.Set(path, []byte(raw)); err != nil {
					t.Fatalf("setting %v of %s: %v", path, before, err)
				}
				if at := d.At(path); string(at.Raw()) != raw {
					t.Fatalf("%s stands at %v, want %s", at.Raw(), path, raw)
				}
				if start < 0 && !oneRun(before, d.Bytes()) || start >= 0 && string(d.Bytes()) != string(before[:start])+raw+string(before[end:]) {
					t.Fatalf("setting %v to %s changed more: %s to %s", path, raw, before, d.Bytes())
				}
				value = with(value, path, decode(t, []byte(raw)))
			}
			if got := decode(t, d.Bytes()); !reflect.DeepEqual(got, value) {
				t.Fatalf("%v of %s: got %s, want %v", path, before, d.Bytes(), value)
			}
		}
	})
}

// oneRun tells whether one text is the other with one run of bytes put in.
func oneRun(shorter, longer []byte) bool {
	head, tail := 0, 0
	for head < min(len(shorter), len(longer)) && shorter[head] == longer[head] {
		head++
	}
	for tail < min(len(shorter), len(longer)) && shorter[len(shorter)-1-tail] == longer[len(longer)-1-tail] {
		tail++
	}
	return head+tail >= len(shorter)
}

// with is a decoded value with another at a path.
func with(v any, path []Step, to any) any {
	if len(path) == 0 {
		return to
	}
	s := path[0]
	if s.Name != "" {
		m, _ := v.(map[string]any)
		m = maps.Clone(m)
		if m == nil {
			m = map[string]any{}
		}
		m[s.Name] = with(m[s.Name], path[1:], to)
		return m
	}
	a, _ := v.([]any)
	a = slices.Clone(a)
	if s.Item == len(a) {
		a = append(a, nil)
	}
	a[s.Item] = with(a[s.Item], path[1:], to)
	return a
}

// without is a decoded value less what stands at a path and what that leaves empty.
func without(v any, path []Step) any {
	if len(path) == 0 {
		return v
	}
	switch v := v.(type) {
	case map[string]any:
		m := maps.Clone(v)
		child := without(m[path[0].Name], path[1:])
		if m[path[0].Name] = child; len(path) == 1 || empty(child) {
			delete(m, path[0].Name)
		}
		return m
	case []any:
		a := slices.Clone(v)
		child := without(a[path[0].Item], path[1:])
		if a[path[0].Item] = child; len(path) == 1 || empty(child) {
			a = slices.Delete(a, path[0].Item, path[0].Item+1)
		}
		return a
	}
	return v
}

func empty(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}

func TestEditsApply(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		edits    Edits
		from, to int
		mark     int
		want     string
		moved    int
	}{
		{"none", nil, 0, 10, 4, "0123456789", 4},
		{"a part", nil, 2, 8, 4, "234567", 2},
		{"in any order", Edits{{7, 8, []byte("x")}, {1, 3, nil}}, 0, 10, 9, "03456x89", 7},
		{"behind the mark", Edits{{5, 5, []byte("xx")}}, 0, 10, 4, "01234xx56789", 4},
		{"at the mark", Edits{{4, 4, []byte("a")}, {4, 4, []byte("b")}}, 0, 10, 4, "0123ab456789", 6},
		{"in a part", Edits{{2, 3, []byte("abc")}}, 2, 8, 5, "abc34567", 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, moved := c.edits.Apply([]byte("0123456789"), c.from, c.to, c.mark)
			if string(got) != c.want || moved != c.moved {
				t.Errorf("got %q, mark %d; want %q, %d", got, moved, c.want, c.moved)
			}
		})
	}
}

func TestDocSetFails(t *testing.T) {
	t.Parallel()
	const text = `{"a":1,"l":[1]}`
	for name, path := range map[string][]Step{
		"in a number": {{Name: "a"}, {Name: "b"}}, "behind the place behind the last": {{Name: "l"}, {Item: 2}},
		"item of an object": {{Item: 0}}, "member of an array": {{Name: "l"}, {Name: "x"}}, "new array, second item": {{Name: "x"}, {Item: 1}},
	} {
		d, err := NewDoc([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Set(path, []byte("true")); err == nil || string(d.Bytes()) != text {
			t.Errorf("%s: %v, %s", name, err, d.Bytes())
		}
	}
	d, _ := NewDoc([]byte(text))
	if err := d.Set([]Step{{Name: "a"}}, []byte(`1,"b":`)); err == nil || string(d.Bytes()) != text {
		t.Errorf("a value that is none: %v, %s", err, d.Bytes())
	}
}
