package terminology

import "strings"

// maxName is how long a type or subtype may be (RFC 6838, 4.2).
const maxName = 127

// mediaType tells whether a code is a media type: type and subtype by RFC 6838, 4.2, and parameters by RFC 2045,
// 5.1. Whether the type is registered does not count. FHIR's own short forms are Unknown: they may stand in some
// elements that are bound to media types, such as CapabilityStatement.format, and not in others.
func mediaType(code string) Answer {
	if code == "xml" || code == "json" || code == "ttl" {
		return Unknown
	}
	name, parameters, more := strings.Cut(code, ";")
	top, sub, both := strings.Cut(strings.TrimRight(name, " "), "/")
	if !both || !restrictedName(top) || !restrictedName(sub) {
		return Out
	}
	for more {
		parameters = strings.Trim(parameters, " ")
		name := token(parameters)
		value, equals := strings.CutPrefix(parameters[len(name):], "=")
		if name == "" || !equals {
			return Out
		}
		n := len(token(value))
		if strings.HasPrefix(value, `"`) {
			n = quoted(value)
		}
		rest := strings.TrimLeft(value[n:], " ")
		if n == 0 || rest != "" && rest[0] != ';' {
			return Out
		}
		parameters, more = strings.CutPrefix(rest, ";")
	}
	return In
}

// restrictedName tells whether s begins with a letter or digit, and goes on with those and !#$&-^_.+ (RFC 6838, 4.2).
func restrictedName(s string) bool {
	return s != "" && len(s) <= maxName && (letter(s[0]) || digit(s[0])) && every(s, func(c byte) bool {
		return letter(c) || digit(c) || strings.IndexByte("!#$&-^_.+", c) >= 0
	})
}

// token gives the token at the front of s (RFC 2045, 5.1).
func token(s string) string {
	n := 0
	for n < len(s) && ' ' < s[n] && s[n] < 0x7f && strings.IndexByte(`()<>@,;:\"/[]?=`, s[n]) < 0 {
		n++
	}
	return s[:n]
}

// quoted gives the length of the quoted string at the front of s, 0 if it does not end.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}
