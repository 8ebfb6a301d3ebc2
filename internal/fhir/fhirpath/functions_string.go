package fhirpath

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"strings"
	"unicode/utf8"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// subject is the text that a string function works on; ok is false when there is none.
func (m *machine) subject(c *call, in span) (s string, ok bool, err error) {
	v, ok, err := m.oneOf(kindString, in, c.what)
	if ok {
		err = m.spend(len(v.text) / textStep)
	}
	return v.text, ok, err
}

// texts is the text that a string function works on and its first argument.
func (m *machine) texts(c *call, in span) (s, arg string, ok bool, err error) {
	s, ok, err = m.subject(c, in)
	if err != nil {
		return s, arg, false, err
	}
	v, has, err := m.argument(c, 0, kindString)
	return s, v.text, ok && has, err
}

func fnIndexOf(m *machine, c *call, in span) error     { return m.position(c, in, strings.Index) }
func fnLastIndexOf(m *machine, c *call, in span) error { return m.position(c, in, strings.LastIndex) }

// position finds a text in another; places are counted in characters.
func (m *machine) position(c *call, in span, find func(s, part string) int) error {
	s, part, ok, err := m.texts(c, in)
	if err != nil || !ok {
		return err
	}
	i := find(s, part)
	if i > 0 {
		i = utf8.RuneCountInString(s[:i])
	}
	return m.push(Value{kind: kindInteger, num: int64(i)})
}

func fnSubstring(m *machine, c *call, in span) error {
	s, ok, err := m.subject(c, in)
	if err != nil {
		return err
	}
	start, hasStart, err := m.argument(c, 0, kindInteger)
	if err != nil {
		return err
	}
	length, hasLength, err := m.argument(c, 1, kindInteger)
	if err != nil || !ok || !hasStart || start.num < 0 {
		return err
	}
	rest, there := after(s, start.num)
	if !there {
		return nil
	}
	if hasLength {
		if length.num <= 0 {
			return m.push(String(""))
		}
		tail, _ := after(rest, length.num)
		rest = rest[:len(rest)-len(tail)]
	}
	return m.push(String(rest))
}

// after is what is left of a text behind so many characters; false when it has no character more.
func after(s string, n int64) (string, bool) {
	for ; n > 0 && s != ""; n-- {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return s, n == 0 && s != ""
}

func fnStartsWith(m *machine, c *call, in span) error {
	return m.compareTexts(c, in, strings.HasPrefix)
}
func fnEndsWith(m *machine, c *call, in span) error { return m.compareTexts(c, in, strings.HasSuffix) }
func fnContains(m *machine, c *call, in span) error { return m.compareTexts(c, in, strings.Contains) }

func (m *machine) compareTexts(c *call, in span, has func(s, part string) bool) error {
	s, part, ok, err := m.texts(c, in)
	if err != nil || !ok {
		return err
	}
	return m.push(Boolean(has(s, part)))
}

func fnUpper(m *machine, c *call, in span) error { return m.change(c, in, strings.ToUpper) }
func fnLower(m *machine, c *call, in span) error { return m.change(c, in, strings.ToLower) }
func fnTrim(m *machine, c *call, in span) error  { return m.change(c, in, strings.TrimSpace) }

// change makes a text of another, of about the same length.
func (m *machine) change(c *call, in span, to func(string) string) error {
	s, ok, err := m.subject(c, in)
	if err != nil || !ok {
		return err
	}
	return m.pushText(to(s))
}

func fnReplace(m *machine, c *call, in span) error {
	s, old, ok, err := m.texts(c, in)
	if err != nil {
		return err
	}
	by, has, err := m.argument(c, 1, kindString)
	if err != nil || !ok || !has {
		return err
	}
	n := strings.Count(s, old)
	if err := m.room(len(s) + n*(len(by.text)-len(old))); err != nil {
		return err
	}
	return m.pushText(strings.ReplaceAll(s, old, by.text))
}

func fnLength(m *machine, c *call, in span) error {
	s, ok, err := m.subject(c, in)
	if err != nil || !ok {
		return err
	}
	return m.push(Value{kind: kindInteger, num: int64(utf8.RuneCountInString(s))})
}

func fnToChars(m *machine, c *call, in span) error {
	s, ok, err := m.subject(c, in)
	if err != nil || !ok {
		return err
	}
	for s != "" {
		_, size := utf8.DecodeRuneInString(s)
		if err := m.push(String(s[:size])); err != nil {
			return err
		}
		s = s[size:]
	}
	return nil
}

func fnSplit(m *machine, c *call, in span) error {
	s, separator, ok, err := m.texts(c, in)
	if err != nil || !ok {
		return err
	}
	for part := range strings.SplitSeq(s, separator) {
		if err := m.push(String(part)); err != nil {
			return err
		}
	}
	return nil
}

func fnJoin(m *machine, c *call, in span) error {
	separator, _, err := m.argument(c, 0, kindString)
	if err != nil || in.len() == 0 {
		return err
	}
	var b strings.Builder
	for i := in.from; i < in.to; i++ {
		v := m.items[i].system()
		if v.kind != kindString {
			return errType("join()", "Strings", &m.items[i])
		}
		if err := m.room(b.Len() + len(v.text) + len(separator.text)); err != nil {
			return err
		}
		if i > in.from {
			b.WriteString(separator.text)
		}
		b.WriteString(v.text)
	}
	return m.pushText(b.String())
}

func fnEncode(m *machine, c *call, in span) error {
	s, form, ok, err := m.texts(c, in)
	if err != nil || !ok {
		return err
	}
	if err := m.room(2 * len(s)); err != nil {
		return err
	}
	switch form {
	case "hex":
		return m.pushText(hex.EncodeToString([]byte(s)))
	case "base64":
		return m.pushText(base64.StdEncoding.EncodeToString([]byte(s)))
	case "urlbase64":
		return m.pushText(base64.URLEncoding.EncodeToString([]byte(s)))
	}
	return errForm(c, form, "hex, base64 or urlbase64")
}

func errForm(c *call, form, known string) error {
	return fault.New(fault.Unprocessable, "FHIRPath, %s: %s() knows no %q; use %s.", c.at, c.name, form, known)
}

// fnDecode is empty where the text is not in the form, or is no text when it is decoded.
func fnDecode(m *machine, c *call, in span) error {
	s, form, ok, err := m.texts(c, in)
	if err != nil || !ok {
		return err
	}
	var b []byte
	switch form {
	case "hex":
		b, err = hex.DecodeString(s)
	case "base64":
		b, err = base64.StdEncoding.DecodeString(s)
	case "urlbase64":
		b, err = base64.URLEncoding.DecodeString(s)
	default:
		return errForm(c, form, "hex, base64 or urlbase64")
	}
	if err != nil || !utf8.Valid(b) {
		return nil
	}
	return m.pushText(string(b))
}

func fnEscape(m *machine, c *call, in span) error {
	s, form, ok, err := m.texts(c, in)
	if err != nil || !ok {
		return err
	}
	if err := m.room(len(s)); err != nil {
		return err
	}
	switch form {
	case "html":
		return m.pushText(htmlEscapes.Replace(s))
	case "json":
		quoted := string(fhir.Quote(s))
		return m.pushText(quoted[1 : len(quoted)-1])
	}
	return errForm(c, form, "html or json")
}

var htmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

func fnUnescape(m *machine, c *call, in span) error {
	s, form, ok, err := m.texts(c, in)
	if err != nil || !ok {
		return err
	}
	switch form {
	case "html":
		return m.pushText(html.UnescapeString(s))
	case "json":
		var plain string
		if json.Unmarshal([]byte(`"`+s+`"`), &plain) != nil {
			return nil
		}
		return m.pushText(plain)
	}
	return errForm(c, form, "html or json")
}
