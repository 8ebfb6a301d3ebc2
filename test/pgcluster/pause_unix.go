//go:build unix

package pgcluster

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// Pause makes all processes of the server stand still, until Resume. Connections stay, but nothing answers on them. It
// needs Linux's /proc.
func (c *Cluster) Pause() error {
	if err := c.server.Process.Signal(syscall.SIGSTOP); err != nil { // first, so that it starts no more of them
		return fmt.Errorf("pgcluster: %w", err)
	}
	return c.signalChildren(syscall.SIGSTOP)
}

// Resume lets a paused server go on.
func (c *Cluster) Resume() error {
	err := c.signalChildren(syscall.SIGCONT)
	if e := c.server.Process.Signal(syscall.SIGCONT); e != nil && !errors.Is(e, os.ErrProcessDone) {
		err = errors.Join(err, e)
	}
	return err
}

// signalChildren reaches each by itself, for each is in a session of its own.
func (c *Cluster) signalChildren(sig syscall.Signal) error {
	pids, err := c.children()
	for _, pid := range pids {
		if e := syscall.Kill(pid, sig); e != nil && !errors.Is(e, syscall.ESRCH) {
			err = errors.Join(err, fmt.Errorf("pgcluster: %w", e))
		}
	}
	return err
}

// children are the processes that the server has started.
func (c *Cluster) children() (pids []int, err error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		return nil, errors.Join(errors.New("pgcluster: /proc does not tell which processes there are"), err)
	}
	parent := []byte(strconv.Itoa(c.server.Process.Pid))
	for _, stat := range stats {
		text, err := os.ReadFile(stat) // pid (name) state parent …
		_, behind, ok := bytes.Cut(text, []byte(") "))
		fields := bytes.Fields(behind)
		if err != nil || !ok || len(fields) < 2 || !bytes.Equal(fields[1], parent) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(stat))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}
