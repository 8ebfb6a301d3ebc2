package durability

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"yitong/test/pgcluster"
)

// program is the yitong that is tested, built once.
var program string

// TestMain also plays the careless server.
func TestMain(m *testing.M) {
	if how := os.Getenv(carelessEnv); how != "" {
		beCareless(how, os.Getenv(carelessEnv+"_DB"))
	}
	dir, err := os.MkdirTemp("", "yitong-durability-")
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

// parallel lets a test run beside others, but not in the long form: what it holds then is too much for several at a time.
func parallel(t *testing.T) {
	if !long() {
		t.Parallel()
	}
}

// long tells whether the tests may take their time: they do with YITONG_FAULTS=long.
func long() bool { return os.Getenv("YITONG_FAULTS") == "long" }

// server is a server in a process of its own.
type server struct {
	cmd  *exec.Cmd
	base string
}

// yitong is the command that serves a database.
func yitong(db string) []string {
	return []string{program, "serve", "--addr", "127.0.0.1:0", "--db", db, "--log-level", "error", "--auth", "none"}
}

// serve starts a server, that tells its address in its first line. It is killed at the test's end at the latest.
func serve(t *testing.T, env []string, args ...string) *server {
	t.Helper()
	s := &server{cmd: exec.Command(args[0], args[1:]...)}
	s.cmd.Env = append(os.Environ(), env...)
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server did not start: %v", err)
	}
	s.base = strings.TrimSpace(line[strings.Index(line, "http://"):])
	return s
}

func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// stop ends a server in good order.
func (s *server) stop(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil || s.cmd.Wait() != nil {
		t.Errorf("the server did not stop in good order: %v", err)
	}
}

// write is a request that writes: one version of each resource that it names.
type write struct {
	text, method, path string
	names              []string // such as Patient/a
	marks              []string // of each, a text that occurs in this version of it and nowhere else
}

// mark is a text that no other version has. Its length is fixed, so that none is part of another.
func mark(client, n int, letter byte) string {
	return fmt.Sprintf("mark-%02d-%05d-%c", client, n, letter)
}

const (
	markShape = `mark-\d\d-\d{5}-[a-z]`
	member    = 3 // resources of a transaction
)

// draw makes the nth write of a client: a new resource, a new version of one of its own, or a transaction whose
// resources refer to each other, in turn.
func draw(client, n int) write {
	m := mark(client, n, 'a')
	switch n % 3 {
	case 0:
		return write{patient(m, m, ""), http.MethodPut, "/Patient/" + m, []string{"Patient/" + m}, []string{m}}
	case 1:
		id := fmt.Sprintf("again-%02d-%d", client, n%2)
		return write{patient(id, m, ""), http.MethodPut, "/Patient/" + id, []string{"Patient/" + id}, []string{m}}
	}
	w := write{method: http.MethodPost}
	var entries []string
	for i := range byte(member) {
		m, other := mark(client, n, 'a'+i), mark(client, n, 'a'+(i+1)%member)
		link := fmt.Sprintf(`,"link":[{"type":"seealso","other":{"reference":"Patient/%s"}}]`, other)
		entries = append(entries, fmt.Sprintf(`{"resource":%s,"request":{"method":"PUT","url":"Patient/%s"}}`, patient(m, m, link), m))
		w.names, w.marks = append(w.names, "Patient/"+m), append(w.marks, m)
	}
	w.text = `{"resourceType":"Bundle","type":"transaction","entry":[` + strings.Join(entries, ",") + `]}`
	return w
}

func patient(id, mark, more string) string {
	return fmt.Sprintf(`{"resourceType":"Patient","id":%q,"identifier":[{"system":"urn:example","value":%q}]%s}`, id, mark, more)
}

// send sends a write. An error means that there was no answer, and says nothing about whether it was stored.
func (s *server) send(client *http.Client, w write) (status int, etag string, err error) {
	r, err := http.NewRequest(w.method, s.base+w.path, strings.NewReader(w.text))
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("Content-Type", "application/fhir+json")
	answer, err := client.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, answer.Header.Get("ETag"), err
}

// clients lets several clients write at the same time; each goes on as long as do tells it to.
func clients(n int, do func(client *http.Client, number, turn int) bool) {
	var all sync.WaitGroup
	for number := range n {
		all.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for turn := 0; do(client, number, turn); turn++ {
			}
		})
	}
	all.Wait()
}

// write sends a number of writes from each of several clients, first of them the given one, and lists the marks of those
// that were answered; each should be.
func (s *server) write(t *testing.T, many, turns, first int) (answered []string) {
	t.Helper()
	var mu sync.Mutex
	clients(many, func(client *http.Client, number, turn int) bool {
		if turn == turns {
			return false
		}
		w := draw(first+number, turn)
		status, _, err := s.send(client, w)
		if err != nil || status >= 300 {
			t.Errorf("%s %s: %d %v", w.method, w.path, status, err)
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		answered = append(answered, w.marks...)
		return true
	})
	return answered
}

// readLetter ends the marks of reads. Those of writes have others.
const readLetter = "r"

// read reads from several clients, first of them the given one: what the client of that number has written, by a search, and what is
// not there, in turn. The trail knows each by a mark of its own, its request's id, and so does the answer. It lists them.
func (s *server) read(t *testing.T, many, turns, first int) (answered []string) {
	t.Helper()
	var mu sync.Mutex
	clients(many, func(client *http.Client, number, turn int) bool {
		if turn == turns {
			return false
		}
		m := mark(first+number, turn, readLetter[0])
		path := fmt.Sprintf("/Patient/again-%02d-1", first+number)
		want := http.StatusOK
		switch turn % 3 {
		case 1:
			path = "/Patient?identifier=urn:example|none"
		case 2:
			path, want = "/Patient/none", http.StatusNotFound
		}
		r, err := http.NewRequest(http.MethodGet, s.base+path, nil)
		if err != nil {
			t.Error(err)
			return false
		}
		r.Header.Set("X-Request-Id", m)
		answer, err := client.Do(r)
		if err != nil {
			t.Error(err)
			return false
		}
		defer answer.Body.Close()
		if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != want || answer.Header.Get("X-Request-Id") != m {
			t.Errorf("GET %s: %s %v", path, answer.Status, err)
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		answered = append(answered, m)
		return true
	})
	return answered
}
