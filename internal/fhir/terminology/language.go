package terminology

import (
	"strings"

	"golang.org/x/text/language"
)

// grandfathered are the irregular tags of RFC 5646, 2.1: those that its grammar does not make. The regular ones it
// does make, but some of their primary subtags are no languages.
var grandfathered = map[string]bool{
	"en-gb-oed": true, "i-ami": true, "i-bnn": true, "i-default": true, "i-enochian": true, "i-hak": true,
	"i-klingon": true, "i-lux": true, "i-mingo": true, "i-navajo": true, "i-pwn": true, "i-tao": true, "i-tay": true,
	"i-tsu": true, "sgn-be-fr": true, "sgn-be-nl": true, "sgn-ch-de": true,
	"art-lojban": true, "cel-gaulish": true, "no-bok": true, "no-nyn": true, "zh-guoyu": true, "zh-hakka": true,
	"zh-min": true, "zh-min-nan": true, "zh-xiang": true,
}

// maxTag is how long a language tag may be; RFC 5646, 4.4.1, asks implementations for 35 at least.
const maxTag = 255

// languageTag tells whether a tag is well formed by RFC 5646, 2.1, and its language, script and region are registered.
// Variants and extensions count by their form.
func languageTag(tag string) Answer {
	if len(tag) > maxTag || strings.HasSuffix(tag, "-") || strings.Contains(tag, "--") {
		return Out // empty subtags would look like the end
	}
	if _, ok := lookup(grandfathered, tag, true); ok {
		return In
	}
	t := tagReader{rest: tag}
	t.next()
	if is(t.sub, "x") {
		return answer(t.private())
	}
	return answer(t.language() && t.script() && t.region() && t.variants() && t.extensions() &&
		(t.sub == "" || t.private()))
}

// tagReader reads a tag subtag by subtag. Each of its methods takes what it knows from the front and says false if that
// is wrong.
type tagReader struct {
	sub, rest string // the subtag that is next, "" at the end, and what follows
}

func (t *tagReader) next() { t.sub, t.rest, _ = strings.Cut(t.rest, "-") }

// language takes the primary subtag and up to three extended ones.
func (t *tagReader) language() bool {
	if n := len(t.sub); n < 2 || n > 3 || !letters(t.sub) {
		return false // of four letters and more none are registered
	}
	if _, err := language.ParseBase(t.sub); err != nil {
		return false
	}
	t.next()
	for n := 0; n < 3 && len(t.sub) == 3 && letters(t.sub); n++ {
		if _, err := language.ParseBase(t.sub); err != nil {
			return false
		}
		t.next()
	}
	return true
}

func (t *tagReader) script() bool {
	if len(t.sub) != 4 || !letters(t.sub) {
		return true
	}
	_, err := language.ParseScript(t.sub)
	t.next()
	return err == nil
}

func (t *tagReader) region() bool {
	if !(len(t.sub) == 2 && letters(t.sub)) && !(len(t.sub) == 3 && digits(t.sub)) {
		return true
	}
	_, err := language.ParseRegion(t.sub)
	t.next()
	return err == nil
}

// variants takes any number of 5 to 8 letters and digits, or 4 that begin with a digit.
func (t *tagReader) variants() bool {
	for alphanumeric(t.sub) && (len(t.sub) >= 5 && len(t.sub) <= 8 || len(t.sub) == 4 && digit(t.sub[0])) {
		t.next()
	}
	return true
}

// extensions takes singletons, none of them twice, each with subtags of 2 to 8.
func (t *tagReader) extensions() bool {
	var seen [256]bool
	for len(t.sub) == 1 && alphanumeric(t.sub) && !is(t.sub, "x") {
		c := t.sub[0] | 0x20
		if seen[c] {
			return false
		}
		seen[c] = true
		t.next()
		n := 0
		for ; len(t.sub) >= 2 && len(t.sub) <= 8 && alphanumeric(t.sub); n++ {
			t.next()
		}
		if n == 0 {
			return false
		}
	}
	return true
}

// private takes x and subtags of 1 to 8, to the end.
func (t *tagReader) private() bool {
	if !is(t.sub, "x") {
		return false
	}
	n := 0
	for t.next(); len(t.sub) <= 8 && alphanumeric(t.sub); n++ {
		t.next()
	}
	return n > 0 && t.sub == ""
}

func is(subtag, lower string) bool { return strings.EqualFold(subtag, lower) }
