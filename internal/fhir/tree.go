package fhir

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Kind is the JSON kind of a value.
type Kind uint8

// The kinds; Absent is that of a [Node] that is not there.
const (
	Absent Kind = iota
	Null
	False
	True
	Number
	String
	Object
	Array
)

func (k Kind) String() string {
	return [...]string{"nothing", "null", "false", "true", "a number", "a string", "an object", "an array"}[k]
}

// Tree is a JSON text and the index of its values, in the order of the text.
type Tree struct {
	src   []byte
	nodes []node
}

// node is one value. Its first child, if any, is the next node of the tree.
type node struct {
	start, end uint32 // the value in the text, end exclusive
	key        uint32 // where the member's name starts, after its quote
	keyLen     uint16
	kind       Kind
	escaped    bool   // a string with escapes
	count      uint32 // children
	sibling    uint32 // the next child of the same parent, 0 for the last
	parent     uint32
}

// Node is a value of a tree. The zero Node is absent; every method may be called on it.
type Node struct {
	t *Tree
	i uint32
}

// Root is the outermost value.
func (t *Tree) Root() Node { return Node{t, 0} }

// Source is the whole text.
func (t *Tree) Source() []byte { return t.src }

// Exists tells whether the value is there; null counts as there.
func (n Node) Exists() bool { return n.t != nil }

// Kind is the JSON kind.
func (n Node) Kind() Kind {
	if n.t == nil {
		return Absent
	}
	return n.t.nodes[n.i].kind
}

// Len is the number of members or items.
func (n Node) Len() int {
	if n.t == nil {
		return 0
	}
	return int(n.t.nodes[n.i].count)
}

// Span is where the value stands in the text, end exclusive.
func (n Node) Span() (start, end int) {
	if n.t == nil {
		return 0, 0
	}
	v := &n.t.nodes[n.i]
	return int(v.start), int(v.end)
}

// Raw is the value as written.
func (n Node) Raw() []byte {
	if n.t == nil {
		return nil
	}
	v := &n.t.nodes[n.i]
	return n.t.src[v.start:v.end]
}

// Name is the name of the member whose value this is, nil for an item or the root.
func (n Node) Name() []byte {
	if n.t == nil {
		return nil
	}
	v := &n.t.nodes[n.i]
	if v.keyLen == 0 {
		return nil
	}
	return n.t.src[v.key : v.key+uint32(v.keyLen)]
}

// memberStart is where the member begins: its name's opening quote.
func (n Node) memberStart() int { return int(n.t.nodes[n.i].key) - 1 }

// First is the first member or item.
func (n Node) First() Node {
	if n.Len() == 0 {
		return Node{}
	}
	return Node{n.t, n.i + 1}
}

// Next is the member or item after this one.
func (n Node) Next() Node {
	if n.t == nil {
		return Node{}
	}
	if s := n.t.nodes[n.i].sibling; s != 0 {
		return Node{n.t, s}
	}
	return Node{}
}

// Get is the member of that name.
func (n Node) Get(name string) Node {
	if n.Kind() != Object {
		return Node{}
	}
	for c := n.First(); c.Exists(); c = c.Next() {
		if string(c.Name()) == name {
			return c
		}
	}
	return Node{}
}

// Item is the i-th item of an array.
func (n Node) Item(i int) Node {
	if n.Kind() != Array || i < 0 || i >= n.Len() {
		return Node{}
	}
	c := n.First()
	for ; i > 0; i-- {
		c = c.Next()
	}
	return c
}

// SameText tells whether both values stand in one text.
func (n Node) SameText(other Node) bool { return n.t == other.t }

// Str is the text of a string, "" for every other value.
func (n Node) Str() string {
	if n.Kind() != String {
		return ""
	}
	raw := n.Raw()
	raw = raw[1 : len(raw)-1]
	if !n.t.nodes[n.i].escaped {
		return string(raw)
	}
	return string(unescape(raw))
}

// Int is the value of a number that is an integer.
func (n Node) Int() (int64, bool) {
	if n.Kind() != Number {
		return 0, false
	}
	v, err := strconv.ParseInt(string(n.Raw()), 10, 64)
	return v, err == nil
}

// Contained is the resource of that id among those that the resource around the value contains.
func (n Node) Contained(id string) Node {
	for n.t != nil {
		for c := n.Get("contained").First(); c.Exists(); c = c.Next() {
			if c.Get("id").Str() == id {
				return c
			}
		}
		if n.i == 0 {
			break
		}
		n.i = n.t.nodes[n.i].parent
	}
	return Node{}
}

// unescape decodes the escapes of a JSON string that the reader has already checked.
func unescape(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		i++
		switch raw[i] {
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		case 'u':
			r := hex4(raw[i+1:])
			i += 4
			if utf16.IsSurrogate(r) {
				r = utf16.DecodeRune(r, hex4(raw[i+3:]))
				i += 6
			}
			out = utf8.AppendRune(out, r)
		default: // " \ /
			out = append(out, raw[i])
		}
	}
	return out
}

// hex4 reads four hexadecimal digits, -1 if they are not.
func hex4(b []byte) rune {
	if len(b) < 4 {
		return -1
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}
