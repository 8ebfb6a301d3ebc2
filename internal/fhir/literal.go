package fhir

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// string reads a string and tells whether it holds escapes.
func (p *parser) string() (escaped bool, err error) {
	start := p.pos
	p.pos++
	for {
		p.plain()
		if p.pos == len(p.src) {
			p.pos = start
			return escaped, p.fail("a string is not closed")
		}
		switch c := p.src[p.pos]; {
		case c == '"':
			p.pos++
			return escaped, nil
		case c == '\\':
			escaped = true
			if err := p.escape(); err != nil {
				return true, err
			}
		case c < 0x20:
			return escaped, p.fail("a string holds the control character U+%04X; only tab, line feed and carriage return are allowed, written \\t, \\n and \\r", c)
		default:
			p.pos++
		}
	}
}

// plain skips ahead, eight bytes at a time, over bytes that are no quote, backslash or control character.
func (p *parser) plain() {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for p.pos+8 <= len(p.src) {
		x := binary.LittleEndian.Uint64(p.src[p.pos:])
		quote, slash := x^(ones*'"'), x^(ones*'\\')
		hit := ((quote - ones) &^ quote) | ((slash - ones) &^ slash) | ((x - ones*0x20) &^ x)
		if hit &= highs; hit != 0 {
			p.pos += bits.TrailingZeros64(hit) / 8
			return
		}
		p.pos += 8
	}
}

func (p *parser) escape() error {
	if p.pos+1 == len(p.src) {
		return p.fail("a string is not closed")
	}
	switch p.src[p.pos+1] {
	case '"', '\\', '/', 'n', 'r', 't':
		p.pos += 2
		return nil
	case 'b', 'f':
		return p.fail("a string holds a control character; only \\t, \\n and \\r are allowed")
	case 'u':
		return p.unicode()
	}
	return p.fail("an escape is not one of JSON's")
}

func (p *parser) unicode() error {
	r := hex4(p.src[p.pos+2:])
	switch {
	case r < 0:
		return p.fail("\\u should be followed by four hexadecimal digits")
	case r < 0x20 && r != '\t' && r != '\n' && r != '\r':
		return p.fail("a string holds the control character U+%04X", r)
	case !utf16.IsSurrogate(r):
		p.pos += 6
		return nil
	}
	rest := p.src[p.pos+6:]
	if bytes.HasPrefix(rest, []byte(`\u`)) && utf16.DecodeRune(r, hex4(rest[2:])) != utf8.RuneError {
		p.pos += 12
		return nil
	}
	return p.fail("\\u%04X is half of a surrogate pair without its other half", r)
}

func (p *parser) word(w string) error {
	if !bytes.HasPrefix(p.src[p.pos:], []byte(w)) {
		return p.fail("a value should stand here")
	}
	p.pos += len(w)
	return nil
}

func (p *parser) number() error {
	start := p.pos
	if p.at('-') {
		p.pos++
	}
	if p.at('0') {
		p.pos++
		if n := p.pos; p.digits() > 0 {
			p.pos = n
			return p.fail("a number may not start with a zero")
		}
	} else if p.digits() == 0 {
		if p.pos = start; p.at('-') {
			return p.fail("a digit should follow the minus sign")
		}
		return p.fail("a value should stand here")
	}
	if p.at('.') {
		p.pos++
		if p.digits() == 0 {
			return p.fail("a digit should follow the decimal point")
		}
	}
	if p.at('e') || p.at('E') {
		p.pos++
		if p.at('+') || p.at('-') {
			p.pos++
		}
		if p.digits() == 0 {
			return p.fail("a digit should follow the exponent's sign")
		}
	}
	return nil
}

func (p *parser) digits() (n int) {
	for p.pos < len(p.src) && p.src[p.pos]-'0' <= 9 {
		p.pos++
		n++
	}
	return n
}
