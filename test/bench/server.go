package bench

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a yitong process.
type server struct {
	cmd  *exec.Cmd
	addr string
}

// startServer runs a yitong as a server on a free port.
func startServer(ctx context.Context, program, db string, more ...string) (*server, error) {
	args := append([]string{"serve", "--addr", "127.0.0.1:0", "--db", db, "--log-level", "error", "--auth", "none"}, more...)
	return begin(exec.CommandContext(ctx, program, args...))
}

// begin starts a server that says on a line where it can be reached.
func begin(cmd *exec.Cmd) (*server, error) {
	s := &server{cmd: cmd}
	s.cmd.Stderr = os.Stderr
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = s.stop()
		return nil, fmt.Errorf("the server did not start: %w", err)
	}
	_, rest, _ := strings.Cut(line, "http://")
	s.addr, _, _ = strings.Cut(rest, "/")
	return s, nil
}

func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return s.cmd.Wait()
}

// memory is a line of the process's status, such as VmRSS or VmHWM, in bytes; 0 where the system has no such file.
func (s *server) memory(line string) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), line+":")
	kb, _ := strconv.ParseFloat(strings.Fields(rest + " 0")[0], 64)
	return kb * 1024
}

// settle lets what the last load has left behind come to its end.
func settle() { time.Sleep(300 * time.Millisecond) }
