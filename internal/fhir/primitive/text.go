package primitive

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Limits of R4 (2.24.0.1).
const (
	MaxCharacters = 1 << 20 // of a string, markdown or code
	MaxID         = 64      // characters of an id
)

// text checks the content of a string in which JSON's escapes still stand. Control characters never come here: the
// reader refuses them. Text of nothing but white space is discouraged, not forbidden.
func text(s []byte) *Problem {
	switch {
	case len(s) == 0:
		return emptyText
	case len(s) > MaxCharacters && characters(s) > MaxCharacters:
		return longText
	}
	return nil
}

// characters counts those that s stands for. The halves of a pair \ud83d\ude00 are one.
func characters(s []byte) (n int) {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c < utf8.RuneSelf && c != '\\':
			i++
		case c != '\\':
			_, size := utf8.DecodeRune(s[i:])
			i += size
		case s[i+1] != 'u':
			i += len(`\n`)
		case s[i+2]|0x20 == 'd' && s[i+3] >= '8':
			i += len(`\ud83d\ude00`)
		default:
			i += len(`\u4e00`)
		}
		n++
	}
	return n
}

func code(s []byte) *Problem {
	if len(s) == 0 || len(s) > MaxCharacters && utf8.RuneCount(s) > MaxCharacters {
		return codeForm
	}
	blank := true // the character before was one
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c > ' ' && c < utf8.RuneSelf:
			blank = false
			i++
		case c == ' ' && !blank:
			blank = true
			i++
		default:
			r, size := utf8.DecodeRune(s[i:])
			if unicode.IsSpace(r) {
				return codeForm
			}
			blank = false
			i += size
		}
	}
	if blank {
		return codeForm
	}
	return nil
}

func id(s []byte) *Problem {
	if len(s) == 0 || len(s) > MaxID {
		return idForm
	}
	for _, c := range s {
		if letter := c|0x20 >= 'a' && c|0x20 <= 'z'; !letter && !digit(c) && c != '-' && c != '.' {
			return idForm
		}
	}
	return nil
}

// uri takes relative URIs as well as absolute ones: R4 does for uri and url, and its examples have relative canonicals.
func uri(s []byte) *Problem {
	if len(s) == 0 {
		return uriForm
	}
	for i := 0; i < len(s); {
		if c := s[i]; c > ' ' && c < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(s[i:])
		if unicode.IsSpace(r) {
			return uriForm
		}
		i += size
	}
	return nil
}

// canonical is URI|VERSION#FRAGMENT, of which the version and the fragment may be missing (R4,
// references.html#canonical).
func canonical(s []byte) *Problem {
	bar := bytes.IndexByte(s, '|')
	if bar < 0 {
		return uri(s)
	}
	version := s[bar+1:]
	if bar == 0 || len(version) == 0 || version[0] == '#' || bytes.IndexByte(version, '|') >= 0 {
		return canonicalForm
	}
	return uri(s)
}

func oid(s []byte) *Problem {
	const prefix = "urn:oid:"
	if len(s) < len(prefix+"0.0") || string(s[:len(prefix)]) != prefix {
		return oidForm
	}
	s = s[len(prefix):]
	if s[0] < '0' || s[0] > '2' {
		return oidForm
	}
	for s = s[1:]; len(s) > 0; {
		n := 1
		for n < len(s) && digit(s[n]) {
			n++
		}
		if s[0] != '.' || n == 1 || s[1] == '0' && n > 2 {
			return oidForm
		}
		s = s[n:]
	}
	return nil
}

func uuid(s []byte) *Problem {
	const prefix, pattern = "urn:uuid:", "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
	if len(s) != len(prefix+pattern) || string(s[:len(prefix)]) != prefix {
		return uuidForm
	}
	for i, c := range s[len(prefix):] {
		hexadecimal := digit(c) || c|0x20 >= 'a' && c|0x20 <= 'f'
		if pattern[i] == '-' && c != '-' || pattern[i] == 'x' && !hexadecimal {
			return uuidForm
		}
	}
	return nil
}
