package durability

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// tracer is the command that runs another under strace and steps aside, so that the other is the child that we know. The
// trace goes to a file, one line a call, with the paths of files, the data in hexadecimal and times in nanoseconds.
//
// Every sync is held up for two milliseconds before it begins. So there are groups to see, and an answer that did not wait
// for its sync has that long to be seen before it.
func tracer(trace string) []string {
	return []string{"strace", "-D", "-f", "-q", "--seccomp-bpf", "--absolute-timestamps=unix,ns", "--syscall-times=ns", "-y", "-xx",
		"-s", "1048576", "-e", "signal=none", "-e", "trace=write,pwrite64,fsync,fdatasync",
		"-e", "inject=fsync,fdatasync:delay_enter=2000", "-o", trace}
}

// needTracer skips a test where nothing can be traced.
func needTracer(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	path := filepath.Join(t.TempDir(), "trace")
	args := append(tracer(path), "true")
	out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput()
	for err == nil && ctx.Err() == nil { // strace may come to its end after the program
		if text, _ := os.ReadFile(path); bytes.Contains(text, []byte("+++ exited with 0 +++")) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Skipf("Nothing is shown here about syncs: strace is missing, too old or not allowed (%v %s). `make test` installs it.", err, out)
}

// call is a system call, from the moment that it was begun to the one at which it returned.
type call struct {
	name, path string
	data       []byte
	offset     int64
	begin, end int64 // nanoseconds; the call happened between them
	result     int64 // -1 where it failed
	returned   bool
	covers     int // what a sync will have made durable
}

func (c *call) sync() bool { return c.name == "fsync" || c.name == "fdatasync" }

// moment is the begin or the end of a call. The moments of a trace stand in the order in which strace let things happen:
// a thread goes on behind the begin or the end of a call only after strace has noted it. So what was done because a sync
// had ended is noted behind its end, and a sync that is noted behind an answer had not ended when the answer was begun.
type moment struct {
	*call
	done bool
}

func (m moment) at() int64 {
	if m.done {
		return m.end
	}
	return m.begin
}

// readTrace reads the trace of a program that is ending, once it is complete: its last line tells that the process has
// ended.
func readTrace(t *testing.T, path string, pid int) []moment {
	t.Helper()
	ended := regexp.MustCompile(fmt.Sprintf(`\n%d +\d+\.\d+ \+\+\+ [^\n]*\n$`, pid))
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for end := time.Now().Add(time.Minute); !ended.Match(tail(t, file)); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the trace of %d does not end", pid)
		}
	}
	moments, err := parseTrace(file)
	if err != nil {
		t.Fatal(err)
	}
	return moments
}

// tail is the end of a file. A trace is long: it is never held as a whole.
func tail(t *testing.T, file *os.File) []byte {
	t.Helper()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	text := make([]byte, min(200, info.Size()))
	if _, err := file.ReadAt(text, info.Size()-int64(len(text))); err != nil {
		t.Fatal(err)
	}
	return text
}

var (
	traceLine = regexp.MustCompile(`^(\d+) +(\d+)\.(\d{9}) (?:<\.\.\. \w+ resumed>)?(.*)$`)
	traceCall = regexp.MustCompile(`^(\w+)\(\d+<([^>]*)>(?:, "([^"]*)"(\.\.\.)?, \d+(?:, (\d+))?)?\) += (-?\d+|\?)[^<]*(?:<(?:(\d+)\.(\d{9})|unavailable)>)?$`)
)

// parseTrace reads what strace has written. It refuses what it does not understand: a call that is overlooked could be the
// one that matters.
func parseTrace(r io.Reader) (moments []moment, err error) {
	begun := map[string]*call{} // per thread the call that it is in
	first := map[string]string{}
	lines := bufio.NewReaderSize(r, 1<<20)
	for {
		text, err := lines.ReadString('\n')
		if err == io.EOF {
			return moments, nil
		}
		line := traceLine.FindStringSubmatch(strings.TrimSuffix(text, "\n"))
		if err != nil || line == nil {
			return nil, fmt.Errorf("not a line of a trace: %.200q (%v)", text, err)
		}
		thread, rest := line[1], line[4]
		if strings.HasPrefix(rest, "+++ ") || strings.HasPrefix(rest, "--- ") || strings.HasPrefix(rest, "???(") {
			continue // a thread has ended, or strace cannot say what it was at when it came to it or the thread was killed
		}
		c := begun[thread]
		if c == nil {
			c = &call{begin: nanoseconds(line[2], line[3]), result: -1}
			moments = append(moments, moment{c, false})
		}
		if head, unfinished := cutEnd(rest); unfinished {
			begun[thread], first[thread] = c, head
			if err := c.read(head + ") = ?"); err != nil {
				return nil, err
			}
			continue
		}
		if err := c.read(first[thread] + rest); err != nil {
			return nil, err
		}
		if begun[thread] != nil {
			c.end = nanoseconds(line[2], line[3])
		}
		delete(begun, thread)
		delete(first, thread)
		if c.returned {
			moments = append(moments, moment{c, true})
		}
	}
}

// cutEnd tells whether a call has not returned on its line, or never will because its thread was killed.
func cutEnd(text string) (head string, unfinished bool) {
	if head, unfinished = strings.CutSuffix(text, " <unfinished ...>"); unfinished {
		return head, true
	}
	return strings.CutSuffix(text, " <detached ...>")
}

// read takes up the text of a call.
func (c *call) read(text string) error {
	m := traceCall.FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("not a call: %.200q", text)
	}
	path, err := unhex(m[2])
	if err != nil {
		return err
	}
	c.name, c.path = m[1], string(path)
	if c.data, err = unhex(m[3]); err != nil {
		return err
	}
	if m[4] != "" && c.name == "pwrite64" {
		return fmt.Errorf("the trace has only the begin of %d bytes of %s", len(c.data), c.path)
	}
	if m[5] != "" {
		c.offset, _ = strconv.ParseInt(m[5], 10, 64) // they are digits
	}
	if logs := (*sqliteLog)(nil).holds(c.path) || (*postgresLog)(nil).holds(c.path); !logs && !bytes.HasPrefix(c.data, []byte("HTTP/")) {
		c.data = nil // neither a log nor an answer: gigabytes, when syncs fail
	}
	if n, err := strconv.ParseInt(m[6], 10, 64); err == nil {
		c.result, c.returned = n, true
	}
	if m[7] != "" {
		c.end = c.begin + nanoseconds(m[7], m[8])
	}
	return nil
}

// unhex reads \x00\x01…, and takes texts that are not written so as they are.
func unhex(text string) ([]byte, error) {
	if !strings.HasPrefix(text, `\x`) {
		return []byte(text), nil
	}
	return hex.DecodeString(strings.ReplaceAll(text, `\x`, ""))
}

func nanoseconds(seconds, fraction string) int64 {
	n, _ := strconv.ParseInt(seconds+fraction, 10, 64) // they are digits, and fit until 2262
	return n
}

// merge puts the moments of two traces in the order of the clock, and leaves those of each as they are. strace reads the
// clock before it lets a thread go on, so what one program did because of another is later by the clock, too.
func merge(a, b []moment) (all []moment) {
	for len(a) > 0 && len(b) > 0 {
		if a[0].at() <= b[0].at() {
			all, a = append(all, a[0]), a[1:]
		} else {
			all, b = append(all, b[0]), b[1:]
		}
	}
	return append(append(all, a...), b...)
}
