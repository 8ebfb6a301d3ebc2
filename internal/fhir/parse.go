package fhir

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"yitong/internal/fault"
)

// Limits of the reader.
const (
	MaxBytes   = 256 << 20 // of one text; servers set a smaller one for what they take
	MaxDepth   = 64        // objects and arrays inside each other
	MaxValues  = 5_000_000 // in one text; each takes 32 bytes of memory while it is read
	maxNameLen = 255       // of a member's name; the longest in R4 has 49 characters
)

// Parse reads a JSON text (RFC 8259) into a tree over src, which must not change afterwards. Beyond the grammar it
// refuses what a record must not keep: invalid UTF-8, two members of one name, escapes in names, unpaired surrogates,
// control characters that FHIR strings may not hold (R4, 2.24.0.1), nesting over [MaxDepth], a second value.
//
// The error is a *fault.Error, Malformed or TooLarge; its message names line and column, its expression the place.
func Parse(src []byte) (*Tree, error) {
	if len(src) > MaxBytes {
		return nil, fault.New(fault.TooLarge, "The text has %d bytes; at most %d are taken.", len(src), MaxBytes)
	}
	p := parser{Tree: Tree{src: src, nodes: make([]node, 0, len(src)/24+8)}}
	if !utf8.Valid(src) {
		p.pos = firstInvalid(src)
		return nil, p.fail("the bytes are not valid UTF-8; send the text as UTF-8")
	}
	if err := p.text(); err != nil {
		return nil, err
	}
	return &p.Tree, nil
}

func firstInvalid(src []byte) int {
	for i := 0; ; {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
}

type parser struct {
	Tree
	pos  int
	open []uint32 // the objects and arrays around pos
}

func (p *parser) text() error {
	if bytes.HasPrefix(p.src, []byte("\xef\xbb\xbf")) {
		return p.fail("the text starts with a byte order mark; leave it out")
	}
	p.space()
	if err := p.value(0, 0, 0); err != nil {
		return err
	}
	p.space()
	if p.pos != len(p.src) {
		return p.fail("there is text after the end of the value")
	}
	return nil
}

func (p *parser) space() {
	for p.pos < len(p.src) {
		switch p.src[p.pos] {
		case ' ', '\n', '\r', '\t':
			p.pos++
		default:
			return
		}
	}
}

// value reads one value and appends its node, for the member whose name is src[key:key+keyLen].
func (p *parser) value(parent, key uint32, keyLen uint16) error {
	at := uint32(len(p.nodes))
	if at == MaxValues {
		return fault.New(fault.TooLarge, "The text holds more than %d values; send it in parts.", MaxValues)
	}
	p.nodes = append(p.nodes, node{start: uint32(p.pos), key: key, keyLen: keyLen, parent: parent})
	if p.pos == len(p.src) {
		return p.fail("the text ends where a value should stand")
	}
	var err error
	kind := Number
	switch c := p.src[p.pos]; c {
	case '{':
		kind = Object
		p.nodes[at].kind = kind
		err = p.object(at)
	case '[':
		kind = Array
		p.nodes[at].kind = kind
		err = p.array(at)
	case '"':
		kind = String
		p.nodes[at].escaped, err = p.string()
	case 't':
		kind, err = True, p.word("true")
	case 'f':
		kind, err = False, p.word("false")
	case 'n':
		kind, err = Null, p.word("null")
	default:
		err = p.number()
	}
	p.nodes[at].kind = kind
	p.nodes[at].end = uint32(p.pos)
	return err
}

func (p *parser) enter(at uint32) error {
	p.pos++
	if len(p.open) == MaxDepth {
		return p.fail("objects and arrays stand inside each other more than %d deep", MaxDepth)
	}
	p.open = append(p.open, at)
	p.space()
	return nil
}

func (p *parser) leave() { p.pos++; p.open = p.open[:len(p.open)-1] }

// link counts a child that starts at the next node and hangs it behind the one before.
func (p *parser) link(at uint32, last *uint32) {
	next := uint32(len(p.nodes))
	if *last != 0 {
		p.nodes[*last].sibling = next
	}
	*last = next
	p.nodes[at].count++
}

func (p *parser) object(at uint32) error {
	if err := p.enter(at); err != nil {
		return err
	}
	if p.at('}') {
		p.leave()
		return nil
	}
	var last uint32
	for {
		if !p.at('"') {
			return p.fail("a member's name in double quotes should stand here")
		}
		start := p.pos + 1
		if err := p.memberName(); err != nil {
			return err
		}
		keyLen := uint16(p.pos - 1 - start)
		p.space()
		if !p.at(':') {
			return p.fail("a colon should stand after the member's name")
		}
		p.pos++
		p.space()
		p.link(at, &last)
		if err := p.value(at, uint32(start), keyLen); err != nil {
			return err
		}
		p.space()
		if p.at('}') {
			if err := p.distinct(at); err != nil {
				return err
			}
			p.leave()
			return nil
		}
		if !p.at(',') {
			return p.fail("a comma or a closing brace should stand here")
		}
		p.pos++
		p.space()
	}
}

func (p *parser) array(at uint32) error {
	if err := p.enter(at); err != nil {
		return err
	}
	if p.at(']') {
		p.leave()
		return nil
	}
	var last uint32
	for {
		p.link(at, &last)
		if err := p.value(at, 0, 0); err != nil {
			return err
		}
		p.space()
		if p.at(']') {
			p.leave()
			return nil
		}
		if !p.at(',') {
			return p.fail("a comma or a closing bracket should stand here")
		}
		p.pos++
		p.space()
	}
}

func (p *parser) at(c byte) bool { return p.pos < len(p.src) && p.src[p.pos] == c }

// memberName reads a name. Names of FHIR need no escapes; without them two equal names have equal bytes.
func (p *parser) memberName() error {
	start := p.pos
	escaped, err := p.string()
	switch {
	case err != nil:
		return err
	case escaped:
		p.pos = start
		return p.fail("a member's name holds an escape; write it plainly")
	case p.pos-start-2 > maxNameLen:
		p.pos = start
		return p.fail("a member's name has more than %d bytes", maxNameLen)
	case p.pos-start == 2:
		p.pos = start
		return p.fail("a member's name is empty")
	}
	return nil
}

// distinct refuses two members of one name: readers disagree on which of them counts.
func (p *parser) distinct(at uint32) error {
	obj := Node{&p.Tree, at}
	if obj.Len() > 24 {
		return p.distinctMany(obj)
	}
	for a := obj.First(); a.Exists(); a = a.Next() {
		for b := a.Next(); b.Exists(); b = b.Next() {
			if bytes.Equal(a.Name(), b.Name()) {
				return p.twice(b)
			}
		}
	}
	return nil
}

func (p *parser) distinctMany(obj Node) error {
	seen := make(map[string]struct{}, obj.Len())
	for c := obj.First(); c.Exists(); c = c.Next() {
		if _, ok := seen[string(c.Name())]; ok {
			return p.twice(c)
		}
		seen[string(c.Name())] = struct{}{}
	}
	return nil
}

func (p *parser) twice(n Node) error {
	p.pos = n.memberStart()
	return p.failAt(n.Path(), "the member %q stands twice in one object", clip(n.Name()))
}

// fail makes the error for what stands at pos, in the innermost value that has been begun.
func (p *parser) fail(format string, args ...any) error { return p.failAt(p.place(), format, args...) }

func (p *parser) failAt(place, format string, args ...any) error {
	before := p.src[:min(p.pos, len(p.src))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	what := fmt.Sprintf(format, args...)
	f := fault.New(fault.Malformed, "The JSON cannot be read at line %d, column %d: %s.", line, column, what).At(place)
	return f.Because(&Unreadable{line, column, what})
}

// Unreadable is the cause of the error of a text that cannot be read: where, from 1, and what is wrong.
type Unreadable struct {
	Line, Column int
	What         string
}

func (e *Unreadable) Error() string { return "unreadable JSON" }

// place is the path of the newest value of the innermost object or array around pos.
func (p *parser) place() string {
	if len(p.nodes) == 0 {
		return "$this"
	}
	var at uint32
	if len(p.open) > 0 {
		at = p.open[len(p.open)-1]
		for c := (Node{&p.Tree, at}).First(); c.Exists(); c = c.Next() {
			at = c.i
		}
	}
	return Node{&p.Tree, at}.Path()
}

// clip shortens what an error quotes.
func clip(b []byte) string {
	if len(b) > 60 {
		return strings.ToValidUTF8(string(b[:60]), "") + "…"
	}
	return string(b)
}
