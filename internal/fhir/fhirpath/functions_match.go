package fhirpath

import (
	"regexp"
	"strings"

	"yitong/internal/fault"
)

// maxPattern is the longest pattern of matches and its like, in bytes. Go's engine takes time proportional to the
// pattern and to the text.
const maxPattern = 2048

// matchStep is how many bytes of text, times those of the pattern, count as a step.
const matchStep = 16

// pattern is a compiled pattern with what it was made of, which a call remembers.
type pattern struct {
	flags, text string
	re          *regexp.Regexp
}

func fnMatches(m *machine, c *call, in span) error { return m.matches(c, in, "", "") }

func fnMatchesFull(m *machine, c *call, in span) error { return m.matches(c, in, `\A(?:`, `)\z`) }

func (m *machine) matches(c *call, in span, before, behind string) error {
	s, text, ok, err := m.texts(c, in)
	if err != nil {
		return err
	}
	flags, _, err := m.argument(c, 1, kindString)
	if err != nil || !ok {
		return err
	}
	re, err := m.pattern(c, flags.text, before, text, behind)
	if err != nil {
		return err
	}
	if err := m.spend(len(s) * (len(text) + 1) / matchStep); err != nil {
		return err
	}
	return m.push(Boolean(re.MatchString(s)))
}

// pattern compiles a pattern: the dot takes line ends too, and the flags i and m mean what they do in Go.
func (m *machine) pattern(c *call, flags, before, text, behind string) (*regexp.Regexp, error) {
	if p := c.memo.Load(); p != nil && p.flags == flags && p.text == text {
		return p.re, nil
	}
	if len(text) > maxPattern {
		return nil, fault.New(fault.TooLarge,
			"FHIRPath, %s: the pattern has more than %d bytes; make it shorter.", c.at, maxPattern)
	}
	if strings.Trim(flags, "im") != "" {
		return nil, errForm(c, flags, "the flags i and m")
	}
	if err := m.spend(len(text)); err != nil {
		return nil, err
	}
	re, err := regexp.Compile("(?s" + flags + ")" + before + text + behind)
	if err != nil {
		return nil, fault.New(fault.Unprocessable,
			"FHIRPath, %s: %q is not a regular expression that can be used here.", c.at, text).Because(err)
	}
	c.memo.Store(&pattern{strings.Clone(flags), strings.Clone(text), re})
	return re, nil
}

// fnReplaceMatches leaves the text as it is when the pattern is empty.
func fnReplaceMatches(m *machine, c *call, in span) error {
	s, text, ok, err := m.texts(c, in)
	if err != nil {
		return err
	}
	by, has, err := m.argument(c, 1, kindString)
	if err != nil {
		return err
	}
	flags, _, err := m.argument(c, 2, kindString)
	if err != nil || !ok || !has {
		return err
	}
	if text == "" {
		return m.pushText(s)
	}
	re, err := m.pattern(c, flags.text, "", text, "")
	if err != nil {
		return err
	}
	if err := m.spend(len(s) * (len(text) + 1) / matchStep); err != nil {
		return err
	}
	return m.replaceAll(re, s, template(by.text))
}

// replaceAll makes the text piece by piece, so that one that grows too long ends early.
func (m *machine) replaceAll(re *regexp.Regexp, s, template string) error {
	var out []byte
	last := 0
	for _, at := range re.FindAllStringSubmatchIndex(s, -1) {
		out = append(out, s[last:at[0]]...)
		out = re.ExpandString(out, template, s, at)
		last = at[1]
		if err := m.room(len(out)); err != nil {
			return err
		}
	}
	return m.pushText(string(append(out, s[last:]...)))
}

// template writes $1 as Go wants it, ${1}: a group's number ends with its digits.
func template(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteByte(s[i])
		if s[i] != '$' || !isDigit(s[i+1:]) {
			continue
		}
		end := i + 1
		for isDigit(s[end:]) {
			end++
		}
		b.WriteString("{" + s[i+1:end] + "}")
		i = end - 1
	}
	return b.String()
}
