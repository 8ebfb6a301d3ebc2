package faults

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"yitong/test/pgcluster"
)

// program is the yitong that is tested, built once.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "yitong-faults-")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "yitong")
	if out, err := exec.Command("go", "build", "-o", program, "../../cmd/yitong").CombinedOutput(); err != nil {
		panic(string(out))
	}
	defer os.RemoveAll(dir)
	pgcluster.Run(m)
}

// TestFaultKill kills the server at a random moment under load, several times, and looks for every write that was
// answered, and for transactions that were stored in part.
func TestFaultKill(t *testing.T) {
	t.Parallel()
	for name, db := range map[string]string{
		"sqlite":   "sqlite:" + filepath.Join(t.TempDir(), "record.db"),
		"postgres": pgcluster.Shared(t),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all ledger
			for range rounds() {
				s := start(t, db)
				all.check(t, s)
				stop := all.load(t, s)
				time.Sleep(time.Duration(100+rand.IntN(400)) * time.Millisecond)
				if err := s.cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				s.cmd.Wait() //nolint:errcheck // it was killed
				stop()
			}
			s := start(t, db)
			all.check(t, s)
			if len(all.answered) < 50 {
				t.Errorf("only %d writes were answered; the test shows too little", len(all.answered))
			}
			if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil || s.cmd.Wait() != nil {
				t.Errorf("the server did not stop in good order: %v", err)
			}
		})
	}
}

// rounds is how often the server is killed: a few times in every test run, often with YITONG_FAULTS=long.
func rounds() int {
	if os.Getenv("YITONG_FAULTS") == "long" {
		return 40
	}
	return 3
}

type server struct {
	cmd  *exec.Cmd
	base string
}

func start(t *testing.T, db string) *server {
	t.Helper()
	s := &server{cmd: exec.Command(program, "serve", "--addr", "127.0.0.1:0", "--db", db, "--log-level", "error")}
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server did not start again: %v", err)
	}
	s.base = strings.TrimSpace(line[strings.Index(line, "http://"):])
	return s
}

// ledger holds the writes that were answered: per id the newest version, and the pairs that were sent as one.
type ledger struct {
	mu       sync.Mutex
	answered map[string]int
	pairs    [][2]string
}

// load keeps writing until the server is gone: versions of single resources, and pairs that refer to each other.
func (l *ledger) load(t *testing.T, s *server) (wait func()) {
	if l.answered == nil {
		l.answered = map[string]int{}
	}
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("%d-%d", w, n%5)
				if n%3 == 0 {
					if !l.pair(s, fmt.Sprintf("%d-%d-%d", w, n, time.Now().UnixNano())) {
						return
					}
					continue
				}
				version, ok := put(s, id)
				if !ok {
					return
				}
				l.mu.Lock()
				l.answered["Patient/"+id] = max(version, l.answered["Patient/"+id])
				l.mu.Unlock()
			}
		})
	}
	return wg.Wait
}

// put writes a version and tells which it is, once that has been answered.
func put(s *server, id string) (version int, ok bool) {
	body := fmt.Sprintf(`{"resourceType":"Patient","id":%q,"language":"zh"}`, id)
	r, err := http.NewRequest(http.MethodPut, s.base+"/Patient/"+id, strings.NewReader(body))
	if err != nil {
		return 0, false
	}
	r.Header.Set("Content-Type", "application/fhir+json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, false
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode >= 500 {
		return 0, err == nil
	}
	fmt.Sscanf(answer.Header.Get("ETag"), `W/"%d"`, &version) //nolint:errcheck // 0 fails the check
	return version, true
}

// pair writes two resources that refer to each other in one transaction.
func (l *ledger) pair(s *server, id string) (ok bool) {
	body := fmt.Sprintf(`{"resourceType":"Bundle","type":"transaction","entry":[`+
		`{"resource":{"resourceType":"Patient","id":"a%[1]s","link":[{"type":"seealso","other":{"reference":"Patient/b%[1]s"}}]},"request":{"method":"PUT","url":"Patient/a%[1]s"}},`+
		`{"resource":{"resourceType":"Patient","id":"b%[1]s","link":[{"type":"seealso","other":{"reference":"Patient/a%[1]s"}}]},"request":{"method":"PUT","url":"Patient/b%[1]s"}}]}`, id)
	l.mu.Lock()
	l.pairs = append(l.pairs, [2]string{"Patient/a" + id, "Patient/b" + id})
	l.mu.Unlock()
	answer, err := http.Post(s.base, "application/fhir+json", strings.NewReader(body))
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return false
	}
	if answer.StatusCode == http.StatusOK {
		l.mu.Lock()
		l.answered["Patient/a"+id], l.answered["Patient/b"+id] = 1, 1
		l.mu.Unlock()
	}
	return true
}

// check looks for everything that was answered: the version itself, every version before it, and both of each pair.
func (l *ledger) check(t *testing.T, s *server) {
	t.Helper()
	for name, version := range l.answered {
		if got := history(t, s, name); len(got) < version {
			t.Errorf("%s: version %d was answered, but there are only %v", name, version, got)
		}
	}
	for _, p := range l.pairs {
		if a, b := history(t, s, p[0]), history(t, s, p[1]); len(a) != len(b) {
			t.Errorf("half a transaction was stored: %v %v, %v %v", p[0], a, p[1], b)
		}
	}
}

// history lists the versions of a resource, which must run from the newest to 1 without a gap.
func history(t *testing.T, s *server, name string) (versions []int) {
	t.Helper()
	answer, err := http.Get(s.base + "/" + name + "/_history?_count=1000")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(answer.Body); err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode == http.StatusNotFound {
		return nil
	}
	var bundle struct {
		Entry []struct {
			Resource struct{ Meta struct{ VersionID string } }
		}
	}
	if err := json.Unmarshal(text.Bytes(), &bundle); err != nil {
		t.Fatalf("%v in %s", err, text.Bytes())
	}
	for i, e := range bundle.Entry {
		var v int
		fmt.Sscan(e.Resource.Meta.VersionID, &v) //nolint:errcheck // 0 fails the next line
		if v != len(bundle.Entry)-i {
			t.Errorf("%s has version %d where %d should be", name, v, len(bundle.Entry)-i)
		}
		versions = append(versions, v)
	}
	return versions
}
