package fhir

import (
	"fmt"
	"strconv"
	"strings"

	"yitong/internal/fault"
)

// Limits of one patch: each operation reads the document anew, and copies of copies grow quickly.
const (
	MaxPatchOperations = 500
	MaxPatched         = 16 << 20 // bytes of the document between operations
	MaxPatchWork       = 64 << 20 // bytes of the document, times operations
)

// Patch is a JSON Patch (RFC 6902) that has been read and checked.
type Patch []patchOperation

type patchOperation struct {
	op         string
	path, from []string // reference tokens of the pointers
	value      Node
	place      string // of the operation, for errors
}

// ParsePatch reads a JSON Patch document.
func ParsePatch(src []byte) (Patch, error) {
	tree, err := Parse(src)
	if err != nil {
		return nil, err
	}
	return ReadPatch(tree.Root())
}

// ReadPatch reads a JSON Patch from a tree.
func ReadPatch(root Node) (Patch, error) {
	if root.Kind() != Array {
		return nil, fault.New(fault.Malformed, "A JSON Patch is an array of operations, but this is %s.", root.Kind())
	}
	if root.Len() > MaxPatchOperations {
		return nil, fault.New(fault.TooLarge, "The patch has %d operations; at most %d are taken.", root.Len(), MaxPatchOperations)
	}
	patch := make(Patch, 0, root.Len())
	for c := root.First(); c.Exists(); c = c.Next() {
		op, err := readOperation(c, "operation "+strconv.Itoa(len(patch)+1))
		if err != nil {
			return nil, err
		}
		patch = append(patch, op)
	}
	return patch, nil
}

func readOperation(n Node, place string) (op patchOperation, err error) {
	op = patchOperation{op: n.Get("op").Str(), value: n.Get("value"), place: place}
	switch op.op {
	case "add", "replace", "test":
		if !op.value.Exists() {
			return op, fault.New(fault.Malformed, "The %s of the patch (%s) has no value.", place, op.op)
		}
	case "move", "copy":
		if op.from, err = pointer(n.Get("from"), place, "from"); err != nil {
			return op, err
		}
	case "remove":
	default:
		return op, fault.New(fault.Malformed, "The %s of the patch has no op of add, remove, replace, move, copy, test.", place)
	}
	op.path, err = pointer(n.Get("path"), place, "path")
	return op, err
}

// pointer takes a JSON Pointer (RFC 6901) apart.
func pointer(n Node, place, name string) ([]string, error) {
	s := n.Str()
	if n.Kind() != String || s != "" && s[0] != '/' {
		return nil, fault.New(fault.Malformed, "The %s of the patch has no %s that is a JSON Pointer, such as /name/0/family.", place, name)
	}
	if s == "" {
		return nil, nil
	}
	tokens := strings.Split(s[1:], "/")
	for i, t := range tokens {
		tokens[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(t)
	}
	return tokens, nil
}

// Len is the number of operations.
func (p Patch) Len() int { return len(p) }

// Apply makes the changes on a copy of src and returns it; all of them or none. Bytes that no operation names stay.
// Its error is Unprocessable where the document does not fit the patch, and says which operation.
func (p Patch) Apply(src []byte) ([]byte, error) {
	d, err := NewDoc(src)
	if err != nil {
		return nil, err
	}
	work := 0
	for _, op := range p {
		if work += len(d.Bytes()); work > MaxPatchWork {
			return nil, fault.New(fault.TooLarge, "The patch has too many operations (%d) on a resource of %d bytes; send fewer at once.", len(p), len(d.Bytes()))
		}
		if err := op.apply(d); err != nil {
			return nil, err
		}
		if size := len(d.Bytes()); size > MaxPatched {
			return nil, fault.New(fault.TooLarge, "The %s of the patch makes a resource of %d bytes; at most %d are taken.", op.place, size, MaxPatched)
		}
	}
	return d.Bytes(), nil
}

func (op patchOperation) apply(d *Doc) error {
	raw := op.value.Raw()
	switch op.op {
	case "test":
		n, err := op.find(d, op.path)
		if err == nil && !Equal(n, op.value) {
			err = op.fail("the value there is another")
		}
		return err
	case "remove":
		return op.remove(d, op.path)
	case "replace":
		n, err := op.find(d, op.path)
		if err != nil {
			return err
		}
		var e Edits
		e.replace(n, raw)
		return d.edit(e)
	case "copy", "move":
		n, err := op.find(d, op.from)
		if err != nil {
			return err
		}
		raw = n.Raw()
		if op.op == "move" {
			if err := op.moveAway(d); err != nil {
				return err
			}
		}
	}
	return op.add(d, raw)
}

func (op patchOperation) moveAway(d *Doc) error {
	if len(op.path) > len(op.from) && strings.Join(op.path[:len(op.from)], "/") == strings.Join(op.from, "/") {
		return op.fail("a value cannot be moved into itself")
	}
	return op.remove(d, op.from)
}

func (op patchOperation) remove(d *Doc, path []string) error {
	if len(path) == 0 {
		return op.fail("the whole resource cannot be removed")
	}
	n, err := op.find(d, path)
	if err != nil {
		return err
	}
	parent, err := op.find(d, path[:len(path)-1])
	if err != nil {
		return err
	}
	var e Edits
	e.remove(parent, func(c Node) bool { return c == n })
	return d.edit(e)
}

func (op patchOperation) add(d *Doc, raw []byte) error {
	var e Edits
	if len(op.path) == 0 {
		e.replace(d.Root(), raw)
		return d.edit(e)
	}
	parent, err := op.find(d, op.path[:len(op.path)-1])
	if err != nil {
		return err
	}
	last := op.path[len(op.path)-1]
	switch parent.Kind() {
	case Object:
		if old := parent.Get(last); old.Exists() {
			e.replace(old, raw)
		} else if last == "" || len(Quote(last)) != len(last)+2 {
			return op.fail("%q is not the name of an element", last)
		} else {
			e.insertMember(parent, last, raw)
		}
	case Array:
		i, ok := index(last, parent.Len())
		switch {
		case !ok:
			return op.fail("%q is not a place in an array of %d", last, parent.Len())
		case i == parent.Len():
			e.insertLast(parent, raw)
		default:
			e.insertBefore(parent.Item(i), raw)
		}
	default:
		return op.fail("%s is %s", parent.Path(), parent.Kind())
	}
	return d.edit(e)
}

// find is the value that a pointer names.
func (op patchOperation) find(d *Doc, path []string) (Node, error) {
	n := d.Root()
	for _, token := range path {
		at := n
		switch n.Kind() {
		case Object:
			n = n.Get(token)
		case Array:
			i, ok := index(token, n.Len()-1)
			if !ok || token == "-" {
				return Node{}, op.fail("%s has no item %q", at.Path(), token)
			}
			n = n.Item(i)
		default:
			n = Node{}
		}
		if !n.Exists() {
			return Node{}, op.fail("%s has no %q", at.Path(), token)
		}
	}
	return n, nil
}

// index reads an array's index, at most most; "-" is the place behind the last.
func index(token string, most int) (int, bool) {
	if token == "-" {
		return most, true
	}
	i, err := strconv.Atoi(token)
	return i, err == nil && i >= 0 && i <= most && strconv.Itoa(i) == token
}

func (op patchOperation) fail(format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	return fault.New(fault.Unprocessable, "The %s of the patch (%s /%s) does not fit: %s.", op.place, op.op, strings.Join(op.path, "/"), what).WithIssue("processing")
}
