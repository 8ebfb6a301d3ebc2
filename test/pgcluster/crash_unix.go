//go:build unix

package pgcluster

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// Kill ends every process of the server at once, as a power cut does, and waits until the last is gone. The folder stays
// until Stop. It needs Linux.
func (c *Cluster) Kill() error {
	server := c.server.Process.Pid
	if err := syscall.Kill(server, syscall.SIGSTOP); err != nil {
		return err
	}
	if err := await(func() bool { return stopped(server) }); err != nil { // then it starts no more of them
		return err
	}
	children, err := childrenOf(server)
	for _, pid := range append(children, server) {
		if e := syscall.Kill(pid, syscall.SIGKILL); e != syscall.ESRCH { // it may have ended by itself
			err = errors.Join(err, e)
		}
	}
	if err != nil {
		return err
	}
	<-c.exited
	if err := await(func() bool { return !slices.ContainsFunc(children, runs) }); err != nil {
		return err
	}
	// Its number may soon be another process's, which the watchdog must not end.
	return os.Remove(filepath.Join(c.data(), "postmaster.pid"))
}

// await waits until something has happened to the processes of a server that is being killed.
func await(happened func() bool) error {
	for end := time.Now().Add(stopLimit); !happened(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			return fmt.Errorf("processes of the server are still there after %s", stopLimit)
		}
	}
	return nil
}

// childrenOf lists the processes that a process has started, as Linux tells them.
func childrenOf(parent int) (pids []int, err error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("there is no /proc to find the server's processes in")
	}
	for _, file := range files {
		state, ppid := stat(file)
		if state == 0 || ppid != parent {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			return nil, err
		}
		pids = append(pids, pid)
	}
	return pids, err
}

// runs tells whether a process may still do something. Who started one that has ended may not have asked after it yet.
func runs(pid int) bool {
	state, _ := stat(fmt.Sprintf("/proc/%d/stat", pid))
	return state != 0 && state != 'Z' && state != 'X'
}

// stopped tells whether a process does nothing until it is told to go on, or has ended.
func stopped(pid int) bool {
	state, _ := stat(fmt.Sprintf("/proc/%d/stat", pid))
	return state == 'T' || state == 't' || !runs(pid)
}

// stat reads a process's state, 0 where there is none, and who started it.
func stat(file string) (state byte, parent int) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, 0
	}
	_, rest, _ := bytes.Cut(text[bytes.LastIndexByte(text, ')')+1:], []byte(" ")) // the name before it may hold anything
	if _, err := fmt.Sscanf(string(rest), "%c %d", &state, &parent); err != nil {
		return 0, 0
	}
	return state, parent
}
