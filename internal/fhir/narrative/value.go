package narrative

import (
	"strings"
	"unicode/utf8"

	"yitong/internal/fhir/primitive"
)

// checkValue checks the value of an attribute, in which references still stand.
func checkValue(a attribute, element, value string) *primitive.Problem {
	if a > longdesc {
		return nil
	}
	value = resolved(value)
	switch a {
	case xmlns:
		if value != namespace {
			return &notXHTML
		}
	case style:
		if !plainStyle(value) {
			return &noSuchStyle
		}
	default:
		if !link(value) && !(a == src && element == "img" && image(value) == len(value)) {
			return &noSuchLink
		}
	}
	return nil
}

// resolved puts characters in the place of the references to them, which have been checked.
func resolved(value string) string {
	if strings.IndexByte(value, '&') < 0 {
		return value
	}
	var text strings.Builder
	text.Grow(len(value))
	for i := 0; i < len(value); {
		if value[i] != '&' {
			text.WriteByte(value[i])
			i++
			continue
		}
		r, size := reference(value[i:])
		text.WriteRune(r)
		i += size
	}
	return text.String()
}

// link tells whether a URL is relative or of a scheme that loads or acts no more than a page does. Whatever stands
// before the first colon, unless the colon is in a path, a query or a fragment, must be one of the schemes. Browsers
// drop control characters from a URL, so "java\nscript:" is a script; here it is none of the list.
func link(url string) bool {
	url = strings.Trim(url, " \t\n\r")
	i := strings.IndexAny(url, ":/?#")
	if i < 0 || url[i] != ':' {
		return true
	}
	for _, scheme := range []string{"http", "https", "mailto", "ftp", "tel", "urn"} {
		if strings.EqualFold(url[:i], scheme) {
			return true
		}
	}
	return false
}

// image is the length of the data URL of an image at the start of s, 0 if there is none. Only images of pixels count:
// SVG may hold scripts. R4's examples have a blank after data:.
func image(s string) int {
	rest, ok := cutFold(s, "data:")
	if !ok {
		return 0
	}
	rest, ok = cutFold(strings.TrimLeft(rest, " "), "image/")
	if !ok {
		return 0
	}
	for _, format := range []string{"png", "jpeg", "jpg", "gif", "bmp", "webp"} {
		data, ok := cutFold(rest, format)
		if ok {
			data, ok = cutFold(data, ";base64,")
		}
		if !ok {
			continue
		}
		n := 0
		for n < len(data) && base64(data[n]) {
			n++
		}
		return len(s) - len(data) + n
	}
	return 0
}

// base64 tells whether the byte may stand in base64, in which lines may be broken.
func base64(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '=' ||
		c == ' ' || c == '\t' || c == '\n' || c == '\r'
}

// cutFold cuts an ASCII prefix off, in capitals or not.
func cutFold(s, prefix string) (rest string, ok bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// plainStyle tells whether a style only says what things look like. It knows no grammar: what could load, run or
// overlay needs an at-rule, the word position or a function, and escapes could hide one of these.
func plainStyle(css string) bool {
	if strings.ContainsAny(css, `\@`) || positioned(css) {
		return false
	}
	for {
		open := strings.IndexByte(css, '(')
		if open < 0 {
			return true
		}
		name, rest := function(css[:open]), css[open+1:]
		if strings.EqualFold(name, "url") {
			var ok bool
			if rest, ok = background(rest); !ok {
				return false
			}
		} else if !colour(name) {
			return false
		}
		css = rest
	}
}

// function is the name at the end of s.
func function(s string) string {
	s = strings.TrimRight(s, " \t\n\r\f")
	start := len(s)
	for start > 0 && word(s[start-1]) {
		start--
	}
	return s[start:]
}

// word tells whether the byte belongs to a name of CSS; those of XML have points and colons besides.
func word(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c >= utf8.RuneSelf
}

func colour(name string) bool {
	for _, known := range []string{"rgb", "rgba", "hsl", "hsla"} {
		if strings.EqualFold(name, known) {
			return true
		}
	}
	return false
}

// background reads what stands in url() up to its end, an image's data with or without quotes.
func background(s string) (rest string, ok bool) {
	s = strings.TrimLeft(s, " ")
	quote := ""
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		quote = s[:1]
		s = s[1:]
	}
	n := image(s)
	if n == 0 {
		return s, false
	}
	s, ok = strings.CutPrefix(s[n:], quote)
	s = strings.TrimLeft(s, " ")
	return strings.TrimPrefix(s, ")"), ok && strings.HasPrefix(s, ")")
}

// positioned finds the property position, which is not background-position or list-style-position.
func positioned(css string) bool {
	const property = "position"
	for i := 0; i+len(property) <= len(css); i++ {
		if css[i]|0x20 != 'p' || !strings.EqualFold(css[i:i+len(property)], property) {
			continue
		}
		before := i > 0 && word(css[i-1])
		after := i+len(property) < len(css) && word(css[i+len(property)])
		if !before && !after {
			return true
		}
	}
	return false
}
