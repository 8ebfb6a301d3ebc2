package accessquestion_test

import (
	"os"
	"strings"
	"testing"
)

// TestHandbook: the pieces of code in the handbook's page on modules stand in the files that it names.
func TestHandbook(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/handbook/writing-a-module.md")
	if err != nil {
		t.Fatal(err)
	}
	pieces := strings.Split(string(page), "```go ")[1:]
	if len(pieces) == 0 {
		t.Error("the page has no code")
	}
	for _, piece := range pieces {
		name, rest, _ := strings.Cut(piece, "\n")
		code, _, _ := strings.Cut(rest, "```")
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(file), code) {
			t.Errorf("%s has no\n%s", name, code)
		}
	}
}
