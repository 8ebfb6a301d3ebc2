package narrative

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a narrative.
const (
	MaxBytes = 4 << 20 // HL7 has one of 1.8 MB
	MaxDepth = 64      // elements inside each other; R4's examples have at most 17
)

// longestReference is how far after & its ; is looked for, so that many & without one take no longer.
const longestReference = 32

// Check tells what is wrong with the XHTML of a narrative, the string after JSON's escapes have been read; nil if
// nothing. It reads up to the first problem.
func Check(xhtml string) *Problem {
	if len(xhtml) > MaxBytes {
		return problem(MaxBytes, tooLong, "")
	}
	if i := firstForeign(xhtml); i >= 0 {
		return problem(i, notCharacter, "")
	}
	s := scanner{text: xhtml}
	return s.document()
}

// firstForeign finds what is no character of XML 1.0; -1 if there is nothing. Where it finds none, the text is UTF-8.
func firstForeign(text string) int {
	for i := 0; i < len(text); {
		if c := text[i]; c >= ' ' && c < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 || !character(r) {
			return i
		}
		i += size
	}
	return -1
}

// character tells whether XML 1.0 has the character (production 2).
func character(r rune) bool {
	if r < ' ' {
		return r == '\t' || r == '\n' || r == '\r'
	}
	return r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 && r <= unicode.MaxRune
}

// scanner reads the text once from start to end.
type scanner struct {
	text    string
	pos     int
	open    [MaxDepth]string // names of the elements around pos
	depth   int
	content bool // something to read or see has been found
}

func (s *scanner) document() *Problem {
	s.space()
	if start := s.pos; !s.at("<div") {
		return problem(start, notDiv, "")
	}
	for first := true; first || s.depth > 0; first = false {
		if p := s.markup(); p != nil {
			return p
		}
		if s.depth > 0 {
			if p := s.words(); p != nil {
				return p
			}
		}
	}
	s.space()
	switch {
	case s.pos < len(s.text):
		return problem(s.pos, notDiv, "")
	case !s.content:
		return problem(0, empty, "")
	}
	return nil
}

// words reads the text up to the next markup, which is there as long as an element is open.
func (s *scanner) words() *Problem {
	n := strings.IndexByte(s.text[s.pos:], '<')
	if n < 0 {
		return problem(len(s.text), notClosed, s.open[s.depth-1])
	}
	words := s.text[s.pos : s.pos+n]
	if i := strings.Index(words, "]]>"); i >= 0 {
		return problem(s.pos+i, notText, "")
	}
	end := s.pos + n
	for s.pos < end {
		plain := strings.IndexByte(s.text[s.pos:end], '&')
		if plain < 0 {
			plain = end - s.pos
		}
		s.content = s.content || strings.ContainsFunc(s.text[s.pos:s.pos+plain], visible)
		if s.pos += plain; s.pos == end {
			break
		}
		r, size := reference(s.text[s.pos:end])
		if size == 0 {
			return problem(s.pos, notReference, "")
		}
		s.content = s.content || visible(r)
		s.pos += size
	}
	return nil
}

func visible(r rune) bool { return !unicode.IsSpace(r) }

// markup reads a tag or a comment.
func (s *scanner) markup() *Problem {
	switch {
	case s.at("</"):
		return s.endTag()
	case s.at("<!--"):
		return s.comment()
	case s.at("<!"), s.at("<?"):
		return problem(s.pos, declaration, "")
	}
	return s.startTag()
}

// comment reads one that XML and HTML end at the same place.
func (s *scanner) comment() *Problem {
	start := s.pos
	s.pos += len("<!--")
	if s.at(">") || s.at("->") {
		return problem(start, notComment, "")
	}
	n := strings.Index(s.text[s.pos:], "--")
	if n < 0 {
		return problem(start, notComment, "")
	}
	if s.pos += n; !s.at("-->") {
		return problem(start, notComment, "")
	}
	s.pos += len("-->")
	return nil
}

func (s *scanner) endTag() *Problem {
	start := s.pos
	s.pos += len("</")
	name := s.name()
	s.space()
	if name == "" || !s.at(">") {
		return problem(start, notTag, "")
	}
	s.pos++
	if name != s.open[s.depth-1] {
		return problem(start, notOpen, name)
	}
	s.depth--
	return nil
}

func (s *scanner) startTag() *Problem {
	start := s.pos
	s.pos++
	name := s.name()
	switch {
	case name == "":
		return problem(start, notTag, "")
	case !element(name):
		return problem(start, noSuchElement, name)
	case s.depth == MaxDepth:
		return problem(start, tooDeep, "")
	}
	seen, p := s.attributes(name)
	if p != nil {
		return p
	}
	if s.depth == 0 && !seen.has(xmlns) {
		return problem(start, notXHTML, "")
	}
	if name == "img" && seen.has(src) {
		s.content = true
	}
	if s.at("/>") {
		s.pos += len("/>")
		return nil
	}
	if !s.at(">") {
		return problem(s.pos, notAttribute, "")
	}
	s.pos++
	s.open[s.depth] = name
	s.depth++
	return nil
}

// name reads what can be a name, with any prefix and character that XML allows, so that messages name it in full.
func (s *scanner) name() string {
	start := s.pos
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case word(c), c == '.', c == ':':
			s.pos++
		default:
			return s.text[start:s.pos]
		}
	}
	return s.text[start:]
}

// space skips white space of XML and tells whether there was any.
func (s *scanner) space() bool {
	start := s.pos
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
			continue
		}
		break
	}
	return s.pos > start
}

func (s *scanner) at(what string) bool { return strings.HasPrefix(s.text[s.pos:], what) }

// reference reads one of XML's own five entities or a number; size 0 if it is neither.
func reference(s string) (r rune, size int) {
	end := strings.IndexByte(s[:min(len(s), longestReference)], ';')
	if end < 0 {
		return 0, 0
	}
	switch name := s[1:end]; name {
	case "amp":
		r = '&'
	case "lt":
		r = '<'
	case "gt":
		r = '>'
	case "quot":
		r = '"'
	case "apos":
		r = '\''
	default:
		r = numeric(name)
	}
	if !character(r) {
		return 0, 0
	}
	return r, end + 1
}

// numeric reads the number of a character, decimal or hexadecimal; 0 if it is none.
func numeric(s string) (r rune) {
	base, digits := rune(10), ""
	switch {
	case strings.HasPrefix(s, "#x"):
		base, digits = 16, s[2:]
	case strings.HasPrefix(s, "#"):
		digits = s[1:]
	}
	for _, c := range []byte(digits) {
		d := rune(unicode.MaxRune)
		switch {
		case c >= '0' && c <= '9':
			d = rune(c - '0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			d = rune(c|0x20-'a') + 10
		}
		if d >= base || r > unicode.MaxRune {
			return 0
		}
		r = r*base + d
	}
	return r
}
