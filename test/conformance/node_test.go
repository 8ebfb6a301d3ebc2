//go:build conformance

package conformance

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// startNode starts a program of Node's that reads resources, one a line, from a file, and then answers questions, a line
// each. installed is the folder without which it cannot run.
func startNode(t *testing.T, installed, program string, resources []byte) (cmd *exec.Cmd, in io.WriteCloser, out *bufio.Scanner) {
	t.Helper()
	if _, err := os.Stat(installed); err != nil {
		t.Fatalf("%s is not installed (%v): run make conformance", installed, err)
	}
	file := filepath.Join(t.TempDir(), "resources.ndjson")
	if err := os.WriteFile(file, resources, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd = exec.CommandContext(t.Context(), "node", program, file)
	cmd.Stderr = t.Output()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	answers, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out = bufio.NewScanner(answers)
	out.Buffer(nil, lineMost)
	return cmd, in, out
}
