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
	asked := []string{"settings.title", "outbox.title", "fail.title", "channel.inbox", "frame.other.choice"}
	for _, g := range notice.Groups() {
		asked = append(asked, "group."+string(g))
	}
	for _, c := range notice.Channels() {
		asked = append(asked, "channel."+string(c))
	}
	for _, s := range []string{"ready", "sending", "sent", "dropped", "failed"} {
		asked = append(asked, "state."+s)
	}
	for _, done := range []string{"choose", "ask", "confirm", "drop"} {
		asked = append(asked, "done."+done)
	}
	for _, no := range []string{"malformed", "unprocessable", "too-often", "not-supported", "forbidden", "stale", "other"} {
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
			asked = append(asked, string(m[1]))
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
