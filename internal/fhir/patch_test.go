package fhir

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/fault"
)

// plainPatch does a JSON Patch on decoded values, the simple way.
func plainPatch(doc any, op, path, from string, value any) (any, error) {
	switch op {
	case "remove":
		return plainRemove(doc, tokens(path))
	case "test":
		at, err := plainGet(doc, tokens(path))
		if err == nil && !plainEqual(at, value) {
			err = errors.New("another value")
		}
		return doc, err
	case "replace":
		if _, err := plainGet(doc, tokens(path)); err != nil {
			return nil, err
		}
		return plainPut(doc, tokens(path), value, false)
	case "move", "copy":
		at, err := plainGet(doc, tokens(from))
		if err != nil {
			return nil, err
		}
		if op == "move" {
			if strings.HasPrefix(path, from+"/") {
				return nil, errors.New("into itself")
			}
			if doc, err = plainRemove(doc, tokens(from)); err != nil {
				return nil, err
			}
		}
		value = at
	}
	return plainPut(doc, tokens(path), value, true)
}

func tokens(pointer string) []string {
	if pointer == "" {
		return nil
	}
	list := strings.Split(pointer[1:], "/")
	for i := range list {
		list[i] = strings.ReplaceAll(strings.ReplaceAll(list[i], "~1", "/"), "~0", "~")
	}
	return list
}

func plainIndex(token string, most int) (int, error) {
	i, err := strconv.Atoi(token)
	if err != nil || i < 0 || i > most || strconv.Itoa(i) != token {
		return 0, errors.New("no place " + token)
	}
	return i, nil
}

func plainGet(v any, path []string) (any, error) {
	for _, token := range path {
		switch x := v.(type) {
		case map[string]any:
			inner, ok := x[token]
			if !ok {
				return nil, errors.New("no member " + token)
			}
			v = inner
		case []any:
			i, err := plainIndex(token, len(x)-1)
			if err != nil {
				return nil, err
			}
			v = x[i]
		default:
			return nil, errors.New("nothing inside")
		}
	}
	return v, nil
}

// plainPut puts a value at a path; in arrays it inserts or replaces.
func plainPut(v any, path []string, value any, insert bool) (any, error) {
	if len(path) == 0 {
		return value, nil
	}
	last := len(path) == 1
	switch x := v.(type) {
	case map[string]any:
		x = maps.Clone(x)
		inner, ok := x[path[0]]
		if !ok && !last || last && path[0] == "" {
			return nil, errors.New("no member " + path[0])
		}
		put, err := plainPut(inner, path[1:], value, insert)
		x[path[0]] = put
		return x, err
	case []any:
		x = slices.Clone(x)
		if last && insert {
			i, err := len(x), error(nil)
			if path[0] != "-" {
				i, err = plainIndex(path[0], len(x))
			}
			if err != nil {
				return nil, err
			}
			return slices.Insert(x, i, value), nil
		}
		i, err := plainIndex(path[0], len(x)-1)
		if err != nil {
			return nil, err
		}
		x[i], err = plainPut(x[i], path[1:], value, insert)
		return x, err
	}
	return nil, errors.New("nothing inside")
}

func plainRemove(v any, path []string) (any, error) {
	if len(path) == 0 {
		return nil, errors.New("the whole")
	}
	if _, err := plainGet(v, path); err != nil {
		return nil, err
	}
	parent, _ := plainGet(v, path[:len(path)-1])
	switch x := parent.(type) {
	case map[string]any:
		x = maps.Clone(x)
		delete(x, path[len(path)-1])
		return plainPut(v, path[:len(path)-1], x, false)
	case []any:
		i, _ := plainIndex(path[len(path)-1], len(x)-1)
		return plainPut(v, path[:len(path)-1], slices.Delete(slices.Clone(x), i, i+1), false)
	}
	return nil, errors.New("nothing inside")
}

func plainEqual(a, b any) bool {
	switch x := a.(type) {
	case json.Number:
		y, ok := b.(json.Number)
		m, _ := new(big.Rat).SetString(x.String())
		if !ok {
			return false
		}
		n, _ := new(big.Rat).SetString(y.String())
		return m.Cmp(n) == 0
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && maps.EqualFunc(x, y, plainEqual)
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, plainEqual)
	}
	return reflect.DeepEqual(a, b)
}

// drawPointer draws a pointer that leads somewhere in the value, by and large.
func drawPointer(t *rapid.T, v any, label string) string {
	var b strings.Builder
	for rapid.IntRange(0, 4).Draw(t, label+" deeper") > 0 {
		token := rapid.SampledFrom([]string{"-", "0", "fresh", "01", "9", ""}).Draw(t, label+" odd")
		odd := rapid.IntRange(0, 9).Draw(t, label+" is odd") == 0
		switch x := v.(type) {
		case map[string]any:
			if keys := slices.Sorted(maps.Keys(x)); len(keys) > 0 && !odd {
				token = rapid.SampledFrom(keys).Draw(t, label+" member")
			}
			v = x[token]
		case []any:
			if len(x) > 0 && !odd {
				i := rapid.IntRange(0, len(x)-1).Draw(t, label+" item")
				token, v = strconv.Itoa(i), x[i]
				break
			}
			v = nil
		default:
			if !odd {
				return b.String()
			}
			v = nil
		}
		b.WriteString("/" + strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1"))
	}
	return b.String()
}

// TestPatchAgainstPlain does random patches and compares with a plain implementation. What one operation does not
// name keeps its bytes.
func TestPatchAgainstPlain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(drawObject(t, 4))
		want := decode(t, text)
		for range rapid.IntRange(1, 4).Draw(t, "operations") {
			op := rapid.SampledFrom([]string{"add", "add", "remove", "replace", "move", "copy", "test"}).Draw(t, "op")
			path, from := drawPointer(t, want, "path"), drawPointer(t, want, "from")
			raw := drawJSON(t, 1)
			if at, err := plainGet(want, tokens(path)); op == "test" && err == nil && rapid.Bool().Draw(t, "right") {
				same, _ := json.Marshal(at)
				raw = string(same)
			}
			patch, err := ParsePatch(fmt.Appendf(nil, `[{"op":%q,"path":%s,"from":%s,"value":%s}]`, op, Quote(path), Quote(from), raw))
			if err != nil {
				t.Fatal(err)
			}
			after, got := patch.Apply(text)
			next, expected := plainPatch(want, op, path, from, decode(t, []byte(raw)))
			if (got == nil) != (expected == nil) {
				t.Fatalf("%s %q from %q value %s in %s: %v, the plain one %v", op, path, from, raw, text, got, expected)
			}
			if got != nil {
				if fault.CodeOf(got) != fault.Unprocessable {
					t.Fatal(got)
				}
				continue
			}
			if !plainEqual(decode(t, after), next) {
				t.Fatalf("%s %q from %q value %s in %s: got %s, want %v", op, path, from, raw, text, after, next)
			}
			untouched(t, op, path, raw, text, after)
			text, want = after, decode(t, after)
		}
	})
}

func untouched(t *rapid.T, op, path, raw string, before, after []byte) {
	old, _ := Parse(before)
	d := &Doc{old}
	named, err := patchOperation{}.find(d, tokens(path))
	ok := true
	switch {
	case op == "test":
		ok = bytes.Equal(before, after)
	case op == "remove":
		ok = oneRun(after, before)
	case op == "replace":
		start, end := named.Span()
		ok = string(after) == string(before[:start])+raw+string(before[end:])
	case (op == "add" || op == "copy") && err != nil:
		ok = oneRun(before, after)
	}
	if !ok {
		t.Fatalf("%s %s %s in %s changed more: %s", op, path, raw, before, after)
	}
}

// FuzzPatch applies patches that come from anywhere: what comes out is JSON, as the plain implementation has it, or
// an error that says why; the source is as it was.
func FuzzPatch(f *testing.F) {
	const doc = `{"a":[1.00, {"b":"x"}],"c":{"d/e":null,"m~n":[[]]}}`
	for _, s := range []string{
		`[]`, `[{"op":"add","path":"/a/-","value":2}]`, `[{"op":"remove","path":"/a/0"}]`, `[{"op":"replace","path":"/a/1/b","value":{}}]`,
		`[{"op":"move","from":"/a","path":"/c/m~0n/0"}]`, `[{"op":"copy","from":"/c/d~1e","path":"/x"}]`, `[{"op":"test","path":"/a/0","value":1}]`,
		`[{"op":"move","from":"/a","path":"/a/0"}]`, `[{"op":"add","path":"","value":1}]`, `[{"op":"remove","path":""}]`, `[{"op":"add","path":"/c/","value":1}]`,
		`[{"op":"copy","from":"","path":"/a/0"},{"op":"move","from":"/a/0","path":"/a/1"}]`, `[{"op":"add","path":"/c/\"","value":1}]`,
	} {
		f.Add([]byte(doc), []byte(s))
	}
	f.Fuzz(func(t *testing.T, src, text []byte) {
		patch, err := ParsePatch(text)
		if err != nil {
			if code := fault.CodeOf(err); code != fault.Malformed && code != fault.TooLarge {
				t.Fatal(err)
			}
			return
		}
		if _, err := Parse(src); err != nil || len(patch) > 8 {
			return
		}
		before := bytes.Clone(src)
		got, failed := patch.Apply(src)
		if !bytes.Equal(before, src) {
			t.Fatal("the source was changed")
		}
		if failed != nil {
			switch fault.CodeOf(failed) {
			case fault.Unprocessable, fault.Malformed, fault.TooLarge:
				return
			}
			t.Fatal(failed)
		}
		want := decode(t, src)
		for _, op := range patch {
			var value any
			if op.value.Exists() {
				value = decode(t, op.value.Raw())
			}
			if want, err = plainPatch(want, op.op, joined(op.path), joined(op.from), value); err != nil {
				t.Fatalf("%s on %s: the plain one fails: %v", text, src, err)
			}
		}
		if !plainEqual(decode(t, got), want) {
			t.Fatalf("%s on %s: got %s, want %v", text, src, got, want)
		}
	})
}

func joined(path []string) string {
	var b strings.Builder
	for _, token := range path {
		b.WriteString("/" + strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1"))
	}
	return b.String()
}

// TestPatchDoesNotGrow refuses a small patch that would make a huge document by copies of copies.
func TestPatchDoesNotGrow(t *testing.T) {
	t.Parallel()
	var ops []string
	for range 40 {
		ops = append(ops, `{"op":"copy","from":"/a","path":"/a/-"}`)
	}
	patch, err := ParsePatch([]byte("[" + strings.Join(ops, ",") + "]"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = patch.Apply([]byte(`{"a":["` + strings.Repeat("x", 1000) + `"]}`))
	if code := fault.CodeOf(err); code != fault.TooLarge {
		t.Errorf("got %v", err)
	}
}
