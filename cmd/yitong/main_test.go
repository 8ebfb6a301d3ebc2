package main

import (
	"bytes"
	"os"
	"testing"
)

// TestSettingsPage fails when docs/reference/settings.md no longer tells what the program declares.
func TestSettingsPage(t *testing.T) {
	t.Parallel()
	k, err := parser(t.Context(), &cli{})
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	writeSettings(&want, k.Model)
	got, err := os.ReadFile("../../docs/reference/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Error("docs/reference/settings.md is stale: run make generate")
	}
}

func TestEverySettingHasHelp(t *testing.T) {
	t.Parallel()
	k, err := parser(t.Context(), &cli{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range k.Model.Children {
		for _, f := range c.Flags {
			if f.Help == "" {
				t.Errorf("yitong %s --%s has no help", c.Name, f.Name)
			}
		}
	}
}
