package notices

import (
	"regexp"
	"slices"
	"testing"

	"yitong/internal/notice"
)

// TestWords: every text that a page may ask for is there, in both languages, and none is there for nothing.
func TestWords(t *testing.T) {
	t.Parallel()
	asked := []string{"settings.title", "channel.inbox"}
	for _, g := range notice.Groups() {
		asked = append(asked, "group."+string(g))
	}
	for _, c := range notice.Channels() {
		asked = append(asked, "channel."+string(c))
	}
	for _, done := range []string{doChoose, doAsk, doUse, doDrop} {
		asked = append(asked, "done."+done)
	}
	for _, no := range []string{"settings.malformed", "settings.unprocessable", "settings.not-supported"} {
		asked = append(asked, "no."+no)
	}
	files, err := pageFiles.ReadDir("pages")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := pageFiles.ReadFile("pages/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\.T "([^"]+)"`).FindAllSubmatch(text, -1) {
			if key := string(m[1]); key != "frame.me" { // all pages have it
				asked = append(asked, key)
			}
		}
	}
	for _, key := range asked {
		if w := texts[key]; w.Zh == "" || w.En == "" {
			t.Errorf("there are no words for %s", key)
		}
	}
	for key := range texts {
		if !slices.Contains(asked, key) {
			t.Errorf("nobody asks for %s", key)
		}
	}
}
