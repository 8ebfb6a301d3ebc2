//go:build unix

package pgcluster

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// own starts a cluster that listens on TCP too, with a database in it.
func own(t *testing.T) (c *Cluster, dsn string) {
	t.Helper()
	c, err := Start("", Options{TCP: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	dsn, addr, err := c.NewTCPDatabase("own")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(dsn, addr) || !strings.HasPrefix(addr, "127.0.0.1:") {
		t.Errorf("%s is not at %s", dsn, addr)
	}
	return c, dsn
}

func TestRestartKeepsAddressAndData(t *testing.T) {
	t.Parallel()
	c, dsn := own(t)
	if _, err := connect(t, dsn).Exec(t.Context(), "CREATE TABLE kept (n int)"); err != nil {
		t.Fatal(err)
	}
	for _, how := range []os.Signal{Fast, Immediate} {
		before := connect(t, dsn)
		if err := c.Restart(how); err != nil {
			t.Fatal(err)
		}
		if err := before.Ping(t.Context()); err == nil {
			t.Error("a connection outlives the restart")
		}
		if _, err := connect(t, dsn).Exec(t.Context(), "INSERT INTO kept VALUES (1)"); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Up(); err != nil {
		t.Errorf("a server that is up: %v", err)
	}
}

func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	c, dsn := own(t)
	conn, other := connect(t, dsn), connect(t, dsn)
	if err := c.Pause(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := conn.Exec(ctx, "SELECT 1"); err == nil {
		t.Error("a paused server answers")
	}
	if err := c.Resume(); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Exec(t.Context(), "SELECT 1"); err != nil {
		t.Errorf("after the pause: %v", err)
	}
	if err := c.Pause(); err != nil {
		t.Fatal(err)
	}
	pids, err := c.children()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := c.Stop(); err != nil || time.Since(began) >= stopLimit {
		t.Errorf("a paused server was stopped in %s: %v", time.Since(began), err)
	}
	end(t, pids)
}

func TestPausedClusterOfAKilledProcessDies(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), orphanEnv+"=paused")
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err := errors.Join(err, cmd.Process.Kill()); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	var pids []int
	for word := range strings.FieldsSeq(line) {
		pid, err := strconv.Atoi(word)
		if err != nil {
			t.Fatal(line)
		}
		pids = append(pids, pid)
	}
	end(t, pids)
}

// end waits until none of the processes is left.
func end(t *testing.T, pids []int) {
	t.Helper()
	if len(pids) == 0 {
		t.Error("there were no processes")
	}
	for _, pid := range pids {
		for n := 0; syscall.Kill(pid, 0) == nil; n++ {
			if n > 2000 {
				t.Fatalf("process %d outlives its cluster", pid)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}
