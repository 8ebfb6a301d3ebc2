//go:build conformance

package conformance

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"yitong/test/node"
)

// install is what installs the npm packages of this folder.
const install = "make conformance"

// startNode starts a program of Node's that reads resources, one a line, from a file, and then answers questions, a line
// each. needs is the npm package without which it cannot run.
func startNode(t *testing.T, needs, program string, resources []byte) (cmd *exec.Cmd, in io.WriteCloser, out *bufio.Scanner) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "resources.ndjson")
	if err := os.WriteFile(file, resources, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd = node.Command(t, needs, install, program, file)
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
