// Package node starts programs of Node's in tests.
package node

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Command is a program of Node's in the folder of the test, with its arguments; it is killed when the test ends. What
// it writes to standard error is told with the test. The test fails where the npm package that it needs is not there,
// and says what installs it.
func Command(t *testing.T, needs, installs, program string, args ...string) *exec.Cmd {
	t.Helper()
	if _, err := os.Stat(filepath.Join("node_modules", filepath.FromSlash(needs))); err != nil {
		t.Fatalf("%s is not installed (%v): run %s", needs, err, installs)
	}
	cmd := exec.CommandContext(t.Context(), "node", append([]string{program}, args...)...)
	cmd.Stderr = t.Output()
	return cmd
}
