package bilingual_test

import (
	"strings"
	"testing"

	"yitong/internal/bilingual"
)

// TestText: a text is told in the language that is asked for, and in the other where there is none.
func TestText(t *testing.T) {
	t.Parallel()
	whole, chinese, english := bilingual.Text{Zh: "甲", En: "A"}, bilingual.Text{Zh: "甲"}, bilingual.Text{En: "A"}
	for _, c := range []struct {
		text   bilingual.Text
		zh, en string
		both   string
	}{{whole, "甲", "A", "甲 A"}, {chinese, "甲", "甲", "甲"}, {english, "A", "A", "A"}, {bilingual.Text{}, "", "", ""}} {
		zh, en := c.text.In(bilingual.Chinese), c.text.In(bilingual.English)
		if zh != c.zh || en != c.en || c.text.Both() != c.both || c.text.Whole() != (c.text == whole) {
			t.Errorf("%+v: %q, %q, %q", c.text, zh, en, c.text.Both())
		}
	}
	filled := bilingual.Text{Zh: "第 %d 行：%s", En: "row %d: %s"}.Put(3, whole)
	if want := (bilingual.Text{Zh: "第 3 行：甲", En: "row 3: A"}); filled != want {
		t.Errorf("values put in: %+v, want %+v", filled, want)
	}
	if got := chinese.Put(); got != chinese {
		t.Errorf("a language that is not there: %+v", got)
	}
	long := bilingual.Text{Zh: strings.Repeat("字", 3), En: "abc"}
	if !long.Within(3) || long.Within(2) || chinese.Within(3) {
		t.Error("characters are counted, in both languages")
	}
}
