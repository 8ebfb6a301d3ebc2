package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"yitong/internal/app"
	"yitong/internal/platform"
)

// TestReference fails when docs/reference no longer tells what the program declares, or has a page of a module or a process that is gone.
func TestReference(t *testing.T) {
	t.Parallel()
	k, err := parser(t.Context(), &cli{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := pages(k)
	if err != nil {
		t.Fatal(err)
	}
	const root = "../../docs/reference/"
	for name, want := range all {
		got, err := os.ReadFile(root + name)
		if err != nil || string(got) != want {
			t.Errorf("docs/reference/%s is stale: run go run ./cmd/yitong docs (%v)", name, err)
		}
	}
	there, err := filepath.Glob(root + "*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range there {
		if _, declared := all[strings.TrimPrefix(file, root)]; !declared {
			t.Errorf("%s is of no module and no process: run go run ./cmd/yitong docs", file)
		}
	}
}

// TestTypes fails when the types of the browser app no longer tell what the program declares.
func TestTypes(t *testing.T) {
	t.Parallel()
	want, err := app.Types()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../web/src/api/declared.ts")
	if err != nil || string(got) != want {
		t.Errorf("web/src/api/declared.ts is stale: run go run ./cmd/yitong docs (%v)", err)
	}
}

// TestEverySettingHasHelp: every command that people are shown, on every level, says what it does, and so does all that it takes.
func TestEverySettingHasHelp(t *testing.T) {
	t.Parallel()
	k, err := parser(t.Context(), &cli{})
	if err != nil {
		t.Fatal(err)
	}
	below := 0
	for _, c := range k.Model.Children {
		below += helpful(t, c)
	}
	if below == 0 {
		t.Error("no commands below commands were looked at")
	}
}

// helpful holds that a command and those below it have help, and tells how many these are.
func helpful(t *testing.T, c *kong.Node) (below int) {
	t.Helper()
	if c.Hidden {
		return 0
	}
	if c.Help == "" {
		t.Errorf("%s has no help", path(c))
	}
	for _, f := range c.Flags {
		if f.Help == "" && !f.Hidden {
			t.Errorf("%s --%s has no help", path(c), f.Name)
		}
	}
	for _, p := range c.Positional {
		if p.Help == "" {
			t.Errorf("%s %s has no help", path(c), strings.ToUpper(p.Name))
		}
	}
	for _, child := range c.Children {
		below += 1 + helpful(t, child)
	}
	return below
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
	if s := c.Serve; s.Zone != "UTC" || s.Addr != "127.0.0.1:2" || s.LogLevel != "debug" || s.Auth != "required" {
		t.Errorf("got %+v", s.Serve)
	}
}

// TestWhereToLoadInto: a flag counts more than the environment; the flags exclude each other.
func TestWhereToLoadInto(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		args []string
		db   string
		to   string
	}{
		"nothing said":            {nil, nil, "sqlite:yitong.db", ""},
		"a database":              {nil, []string{"--db", "sqlite:a"}, "sqlite:a", ""},
		"the environment's":       {map[string]string{"YITONG_DB": "sqlite:e"}, nil, "sqlite:e", ""},
		"a server":                {nil, []string{"--to", "http://a/fhir"}, "sqlite:yitong.db", "http://a/fhir"},
		"a server over it":        {map[string]string{"YITONG_DB": "sqlite:e"}, []string{"--to", "http://a/fhir"}, "sqlite:e", "http://a/fhir"},
		"a database over it":      {map[string]string{"YITONG_TO": "http://e/fhir"}, []string{"--db", "sqlite:a"}, "sqlite:a", ""},
		"both in the environment": {map[string]string{"YITONG_DB": "sqlite:e", "YITONG_TO": "http://e/fhir"}, nil, "sqlite:e", "http://e/fhir"},
	} {
		t.Run(name, func(t *testing.T) {
			for k, v := range c.env {
				t.Setenv(k, v)
			}
			var got cli
			k, err := parser(t.Context(), &got)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := k.Parse(append([]string{"import", "x.json"}, c.args...)); err != nil {
				t.Fatal(err)
			}
			if got.Import.DB != c.db || got.Import.To != c.to {
				t.Errorf("into %q, %q; want %q, %q", got.Import.DB, got.Import.To, c.db, c.to)
			}
		})
	}
	k, err := parser(t.Context(), &cli{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Parse([]string{"import", "x.json", "--db", "sqlite:a", "--to", "http://a/fhir"}); err == nil || !strings.Contains(err.Error(), "exclude each other") {
		t.Errorf("both flags: %v", err)
	}
}

// TestWhoAnswersForALoad: a load into a database can name an institution; one to a server has that of its client.
func TestWhoAnswersForALoad(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		says string // "" for nothing against it
	}{
		{[]string{"--custodian", "Organization/a"}, ""},
		{[]string{"--custodian", "Organization/a", "--db", "sqlite:a"}, ""},
		{[]string{"--custodian", "Organization/a", "--to", "http://a/fhir"}, "exclude each other"},
		{[]string{"--custodian", "Practitioner/a"}, "an institution"},
		{[]string{"--custodian", "Organization/a/_history/2"}, "an institution"},
		{[]string{"--custodian", "a"}, "an institution"},
	} {
		var got cli
		k, err := parser(t.Context(), &got)
		if err != nil {
			t.Fatal(err)
		}
		_, err = k.Parse(append([]string{"import", "x.json"}, c.args...))
		if c.says == "" && (err != nil || got.Import.Custodian != "Organization/a") || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%v: %v, want %q", c.args, err, c.says)
		}
	}
}

// TestOrigins: of each setting it is known where it came from; those that hold secrets are files.
func TestOrigins(t *testing.T) {
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
	command, err := k.Parse([]string{"--config", file, "serve", "--log-level", "debug"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]platform.Origin{
		"config": platform.ByFlag, "zone": platform.ByFile, "addr": platform.ByEnvironment, "log-level": platform.ByFlag,
	}
	if got := origins(command); !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	for _, f := range command.Selected().Flags {
		if holds := regexp.MustCompile(`password|token|secret|key`).MatchString(f.Name); holds && f.PlaceHolder != "FILE" {
			t.Errorf("--%s should name a file: what is in a setting others on the machine can read", f.Name)
		}
	}
}
