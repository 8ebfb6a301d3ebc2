package main

import (
	"bytes"
	"os"
	"path/filepath"
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

// TestWhichSettingCounts holds the order: a flag before the environment, the environment before the file.
func TestWhichSettingCounts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "yitong.json")
	if err := os.WriteFile(file, []byte(`{"zone": "UTC", "addr": "127.0.0.1:1", "log-level": "warn"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("YITONG_ADDR", "127.0.0.1:2")
	t.Setenv("YITONG_LOG_LEVEL", "error")
	var c cli
	k, err := parser(t.Context(), &c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Parse([]string{"--config", file, "serve", "--log-level", "debug"}); err != nil {
		t.Fatal(err)
	}
	if s := c.Serve; s.Zone != "UTC" || s.Addr != "127.0.0.1:2" || s.LogLevel != "debug" || s.Auth != "none" {
		t.Errorf("got %+v", s.Serve)
	}
}
