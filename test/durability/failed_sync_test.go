package durability

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/store/sqlite"
)

// TestFaultFailedSyncs lets syncs fail under a server that writes to SQLite: every third of each of its threads. A write is
// answered with success only if a sync of its own has succeeded, and what was answered is there when the server has been
// killed.
func TestFaultFailedSyncs(t *testing.T) {
	parallel(t)
	needTracer(t)
	db, trace := filepath.Join(t.TempDir(), "record.db"), filepath.Join(t.TempDir(), "trace")
	s := serve(t, nil, yitong("sqlite:"+db)...)
	wait := attach(t, s, trace)
	turns := 12
	if long() {
		turns = 40
	}
	var p past
	var refused atomic.Int64
	done := 0
	clients(8, func(client *http.Client, number, turn int) bool {
		if turn == turns {
			return false
		}
		w := draw(number, turn)
		p.send(w)
		status, etag, err := s.send(client, w)
		switch {
		case err != nil:
			t.Error(err)
			return false
		case status < 300:
			p.answered(w, etag, 0, &done)
		default:
			refused.Add(1)
		}
		return true
	})
	s.kill()
	wait()
	if done == 0 || refused.Load() == 0 {
		t.Errorf("%d writes were answered and %d refused; the test shows too little", done, refused.Load())
	}
	file, err := os.Open(trace)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	moments, err := parseTrace(file)
	if err != nil {
		t.Fatal(err)
	}
	log := newSQLiteLogOf(8192)
	a, err := examine(moments, log)
	if err != nil {
		t.Fatal(err)
	}
	var marks []string
	for _, f := range p.facts {
		marks = append(marks, f.mark)
	}
	a.clean(t, marks)
	left, err := sqlite.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer left.Close()
	if _, err := p.check(left, 0); err != nil {
		t.Error(err)
	}
	if err := goOn(left, p.facts[0].name, "Patient/after"); err != nil {
		t.Error(err)
	}
}

// attach lets strace trace a server that runs, and its syncs fail. Wait waits for strace.
func attach(t *testing.T, s *server, trace string) (wait func()) {
	t.Helper()
	pid := s.cmd.Process.Pid
	args := []string{"-p", fmt.Sprint(pid)}
	for _, a := range tracer(trace)[2:] { // without the name, and without stepping aside
		if a != "--seccomp-bpf" { // which must be there from the start
			args = append(args, strings.Replace(a, "delay_enter=2000", "delay_enter=2000:error=EIO:when=3+3", 1))
		}
	}
	cmd := exec.Command("strace", args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	wait = func() { <-ended }
	t.Cleanup(func() { _ = cmd.Process.Kill(); wait() })
	for !traced(pid, cmd.Process.Pid) {
		select {
		case <-ended:
			t.Skip("Nothing is shown here about syncs that fail: strace may not trace a process that runs.")
		case <-time.After(10 * time.Millisecond):
		}
	}
	return wait
}

// traced tells whether a process is traced by another, in all its threads.
func traced(pid, by int) bool {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid)) // the only error is that of a bad pattern
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err == nil && !strings.Contains(string(text), fmt.Sprintf("TracerPid:\t%d\n", by)) {
			return false
		}
	}
	return len(files) > 0
}
