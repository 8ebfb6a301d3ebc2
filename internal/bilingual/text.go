// Package bilingual has texts for people in the two languages of the platform (mission A23).
package bilingual

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The languages, by their tags.
const (
	Chinese = "zh-CN"
	English = "en"
)

// Text is a text in both languages. In JSON and YAML its members are zh and en.
type Text struct {
	Zh string `json:"zh,omitempty" yaml:"zh"`
	En string `json:"en,omitempty" yaml:"en"`
}

// In is the text in a language; the other one where there is none.
func (t Text) In(language string) string {
	if language == English && t.En != "" || t.Zh == "" {
		return t.En
	}
	return t.Zh
}

// Both are the two texts after each other, Chinese first.
func (t Text) Both() string { return strings.TrimSpace(t.Zh + " " + t.En) }

// Put puts values into both texts, as fmt does. Of a value that is a Text itself each gets its own language.
func (t Text) Put(values ...any) Text {
	in := func(language, format string) string {
		if format == "" {
			return ""
		}
		own := make([]any, len(values))
		for i, v := range values {
			own[i] = v
			if text, is := v.(Text); is {
				own[i] = text.In(language)
			}
		}
		return fmt.Sprintf(format, own...)
	}
	return Text{Zh: in(Chinese, t.Zh), En: in(English, t.En)}
}

// Whole tells whether there are both texts.
func (t Text) Whole() bool { return t.Zh != "" && t.En != "" }

// Within tells whether there are both texts, of at most so many characters.
func (t Text) Within(most int) bool {
	return t.Whole() && utf8.RuneCountInString(t.Zh) <= most && utf8.RuneCountInString(t.En) <= most
}

// Code is one of a list of codes, and what it means.
type Code struct {
	Code  string
	Words Text
}
