package fhirpath

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"yitong/internal/fault"
)

// position is a place in the text, counted from 1.
type position struct{ line, column int }

func (p position) String() string { return fmt.Sprintf("line %d, column %d", p.line, p.column) }

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenName
	tokenQuoted // a name in backticks
	tokenText   // a text in single quotes
	tokenNumber
	tokenDate // a date or time
	tokenSymbol
)

// token is one word of an expression.
type token struct {
	kind tokenKind
	text string // of names, texts and numbers as meant; of symbols as written
	v    Value  // of dates and times
	pos  int
}

// lexer takes an expression apart.
type lexer struct {
	src string
	pos int

	known  int      // a byte whose place is known, so that places are found in one pass over the text
	placed position // its place
}

// at is the place of a byte, with the column in characters.
func (l *lexer) at(pos int) position {
	if pos < l.known || l.placed.line == 0 {
		l.known, l.placed = 0, position{1, 1}
	}
	passed := l.src[l.known:pos]
	if i := strings.LastIndexByte(passed, '\n'); i >= 0 {
		l.placed = position{l.placed.line + strings.Count(passed, "\n"), 1}
		passed = passed[i+1:]
	}
	l.placed.column += utf8.RuneCountInString(passed)
	l.known = pos
	return l.placed
}

func (l *lexer) fail(pos int, format string, args ...any) error {
	return fault.New(fault.Malformed,
		"The FHIRPath expression cannot be read at %s: %s.", l.at(pos), fmt.Sprintf(format, args...))
}

// blank skips white space and comments.
func (l *lexer) blank() error {
	for l.pos < len(l.src) {
		rest := l.src[l.pos:]
		switch {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			l.pos++
		case strings.HasPrefix(rest, "//"):
			if i := strings.IndexAny(rest, "\r\n"); i >= 0 {
				l.pos += i
			} else {
				l.pos = len(l.src)
			}
		case strings.HasPrefix(rest, "/*"):
			i := strings.Index(rest[2:], "*/")
			if i < 0 {
				return l.fail(l.pos, "the comment is not closed; */ was expected")
			}
			l.pos += i + 4
		default:
			return nil
		}
	}
	return nil
}

// next reads a token.
func (l *lexer) next() (token, error) {
	if err := l.blank(); err != nil {
		return token{}, err
	}
	t := token{pos: l.pos}
	if l.pos == len(l.src) {
		return t, nil
	}
	var err error
	switch c := l.src[l.pos]; {
	case isLetter(c):
		t.kind, t.text = tokenName, l.name()
	case isDigit(l.src[l.pos:]):
		t.kind, t.text = tokenNumber, l.number()
	case c == '`':
		t.kind = tokenQuoted
		t.text, err = l.quoted()
	case c == '\'', c == '"':
		t.kind = tokenText
		t.text, err = l.quoted()
	case c == '@':
		t.kind = tokenDate
		t.v, err = l.date()
	default:
		t.kind = tokenSymbol
		t.text, err = l.symbol()
	}
	return t, err
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }

func (l *lexer) name() string {
	start := l.pos
	for l.pos < len(l.src) && (isLetter(l.src[l.pos]) || isDigit(l.src[l.pos:])) {
		l.pos++
	}
	return l.src[start:l.pos]
}

func (l *lexer) number() string {
	start := l.pos
	l.digits()
	if rest := l.src[l.pos:]; len(rest) > 1 && rest[0] == '.' && isDigit(rest[1:]) {
		l.pos++
		l.digits()
	}
	return l.src[start:l.pos]
}

func (l *lexer) digits() {
	for isDigit(l.src[l.pos:]) {
		l.pos++
	}
}

// symbols, the longer ones first.
var symbols = [...]string{"<=", ">=", "!=", "!~", "{", "}", "(", ")", "[", "]", ".", ",",
	"+", "-", "*", "/", "&", "|", "<", ">", "=", "~", "%", "$"}

func (l *lexer) symbol() (string, error) {
	for _, s := range symbols {
		if strings.HasPrefix(l.src[l.pos:], s) {
			l.pos += len(s)
			return s, nil
		}
	}
	r, _ := utf8.DecodeRuneInString(l.src[l.pos:])
	return "", l.fail(l.pos, "%q has no meaning here", r)
}

// date reads what stands behind @.
func (l *lexer) date() (Value, error) {
	rest := l.src[l.pos+1:]
	var v Value
	var after string
	ok := false
	if strings.HasPrefix(rest, "T") {
		v, after, ok = scanTime(rest[1:])
	} else {
		if v, after, ok = scanDateTime(rest); ok && strings.HasPrefix(after, "T") {
			after = after[1:] // a DateTime without a time: @2015T
		} else if v.prec <= precisionDay {
			v.kind = kindDate
		}
	}
	if !ok {
		return v, l.fail(l.pos, "a date or time was expected, such as @2026-11-22, @2026-11-22T08:30 or @T08:30")
	}
	l.pos = len(l.src) - len(after)
	return v, nil
}

// quoted reads a text or name up to the quote that it begins with.
func (l *lexer) quoted() (string, error) {
	start, quote := l.pos, l.src[l.pos]
	l.pos++
	var b strings.Builder
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; c {
		case quote:
			l.pos++
			return b.String(), nil
		case '\\':
			r, err := l.escape()
			if err != nil {
				return "", err
			}
			b.WriteRune(r)
		default:
			b.WriteByte(c)
			l.pos++
		}
	}
	return "", l.fail(start, "the text is not closed; %c was expected", quote)
}

func (l *lexer) escape() (rune, error) {
	if l.pos+1 == len(l.src) {
		return 0, l.fail(l.pos, "the text is not closed")
	}
	c := l.src[l.pos+1]
	if c == 'u' {
		return l.unicode()
	}
	i := strings.IndexByte("\\/'\"`nrtf", c)
	if i < 0 {
		return 0, l.fail(l.pos, "\\%c is no escape; write \\\\ for a backslash", c)
	}
	l.pos += 2
	return rune("\\/'\"`\n\r\t\f"[i]), nil
}

// unicode reads \uXXXX, or the two of a surrogate pair.
func (l *lexer) unicode() (rune, error) {
	hex := func(s string) (rune, bool) {
		if len(s) < 6 || s[:2] != `\u` {
			return 0, false
		}
		n, err := strconv.ParseUint(s[2:6], 16, 16)
		return rune(n), err == nil
	}
	r, ok := hex(l.src[l.pos:])
	if !ok {
		return 0, l.fail(l.pos, "\\u should be followed by four hexadecimal digits")
	}
	l.pos += 6
	if utf16.IsSurrogate(r) {
		low, _ := hex(l.src[l.pos:])
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			return 0, l.fail(l.pos-6, "half of a surrogate pair stands without its other half")
		}
		l.pos += 6
	}
	return r, nil
}
