package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"yitong/internal/fault"
)

// TestWitnessSettings: a witness does not start without a key of its own that others cannot read, nor for logs that are
// none.
func TestWitnessSettings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, open, none := filepath.Join(dir, "good"), filepath.Join(dir, "open"), filepath.Join(dir, "none")
	public, err := NewWitnessKey(good, "w")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewWitnessKey(open, "w"); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(none, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		set  Witness
		want fault.Code
	}{
		"no key":              {Witness{KeyFile: filepath.Join(dir, "x")}, fault.NotFound},
		"a key for all":       {Witness{KeyFile: open}, fault.Forbidden},
		"a key that is none":  {Witness{KeyFile: none}, fault.Malformed},
		"a log that is none":  {Witness{KeyFile: good, Logs: []string{"x"}}, fault.Malformed},
		"a witness for a log": {Witness{KeyFile: good, Logs: []string{public}}, fault.Malformed},
		"no address":          {Witness{KeyFile: good, State: filepath.Join(dir, "s"), Listen: "?"}, fault.Unavailable},
		"a file for a folder": {Witness{KeyFile: good, State: none}, fault.Unavailable},
	} {
		if err := c.set.Serve(t.Context(), slog.New(slog.DiscardHandler), func(string) {}); fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
