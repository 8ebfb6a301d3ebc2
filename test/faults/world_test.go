package faults

import (
	"bufio"
	"bytes"
	"context"
	"flag"
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
	"time"

	"github.com/rs/zerolog"

	"yitong/test/pgcluster"
)

// program is the yitong that is tested, built once.
var program string

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "4"); err != nil { // they wait more than they work
		panic(err)
	}
	zerolog.SetGlobalLevel(zerolog.Disabled) // of the proxy
	dir, err := os.MkdirTemp("", "yitong-faults-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	let, err := lifeline(`rm -rf "$1"`, dir)
	if err != nil {
		panic(err)
	}
	defer let()
	program = filepath.Join(dir, "yitong")
	if out, err := exec.Command("go", "build", "-o", program, "../../cmd/yitong").CombinedOutput(); err != nil {
		panic(string(out))
	}
	pgcluster.Run(m)
}

// long tells that there is time for many rounds (make faults); otherwise each fault comes a few times.
func long() bool { return os.Getenv("YITONG_FAULTS") == "long" }

// rounds is how often a fault comes.
func rounds(short, many int) int {
	if long() {
		return many
	}
	return short
}

// whole stops the servers in good order and looks at what they leave: versions, feed, index, places.
func whole(t *testing.T, db string, servers ...*server) {
	t.Helper()
	for _, s := range servers {
		s.stop(t)
	}
	if out, err := exec.Command(program, "check", "--db", db).CombinedOutput(); err != nil {
		t.Errorf("the record is not whole: %v\n%s", err, out)
	}
}

// soon is how long anything that should happen may take on a slow and busy machine.
const soon = time.Minute

// until waits for something that the server or another process brings about.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(soon); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("within %s it did not come about that %s", soon, what)
		}
	}
}

// lifeline has a shell carry a script out if this process ends before it lets go, however it ends.
func lifeline(script string, args ...string) (let func(), err error) {
	cmd := exec.Command("/bin/sh", append([]string{"-c", "read -r _\n" + script, "lifeline"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // away from the signals that end this process
	in, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	return func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
		in.Close()
	}, err
}

// guard is a lifeline of a test.
func guard(t *testing.T, script string, args ...string) {
	t.Helper()
	let, err := lifeline(script, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(let)
}

// server is a running yitong serve.
type server struct {
	cmd    *exec.Cmd
	root   string // http://host:port
	base   string // of FHIR
	client *http.Client
	said   said
	gone   chan struct{}
}

// start runs a server on a database until the end of the test, if nothing else ends it.
func start(t *testing.T, db string, flags ...string) *server {
	t.Helper()
	args := append([]string{"serve", "--addr", "127.0.0.1:0", "--db", db, "--log-level", "error", "--auth", "none"}, flags...)
	s := &server{cmd: exec.Command(program, args...), gone: make(chan struct{})}
	s.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1000, DisableCompression: true}, Timeout: 2 * soon}
	s.cmd.Stderr = &s.said
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	guard(t, `kill -9 "$1"`, fmt.Sprint(s.cmd.Process.Pid))
	line, err := bufio.NewReader(out).ReadString('\n')
	go func() {
		_ = s.cmd.Wait()
		close(s.gone)
	}()
	t.Cleanup(func() {
		s.kill()
		s.client.CloseIdleConnections()
		if t.Failed() {
			t.Logf("the end of what the server said:\n%s", s.said.end())
		}
	})
	if err != nil {
		t.Fatalf("the server did not start: %v\n%s", err, s.said.end())
	}
	s.base = strings.TrimSpace(line[strings.Index(line, "http://"):])
	s.root = strings.TrimSuffix(s.base, "/fhir")
	return s
}

// kill ends the server without a chance to do anything more.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may be gone already
	<-s.gone
}

// stop asks the server to end in good order.
func (s *server) stop(t *testing.T) {
	t.Helper()
	s.client.CloseIdleConnections()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Errorf("the server ended by itself: %v", err)
	}
	select {
	case <-s.gone:
	case <-time.After(soon):
		t.Error("the server does not stop")
		s.kill()
	}
	if !s.cmd.ProcessState.Success() {
		t.Errorf("the server did not stop in good order: %s", s.cmd.ProcessState)
	}
}

// up fails the test if the server has ended.
func (s *server) up(t *testing.T) {
	t.Helper()
	select {
	case <-s.gone:
		t.Fatalf("the server has ended: %s\n%s", s.cmd.ProcessState, s.said.end())
	default:
	}
}

// answer is what came back for a request.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// send makes a request and reads its answer to the end.
func (s *server) send(ctx context.Context, method, address, body string, headers ...string) (answer, error) {
	if !strings.HasPrefix(address, "http") {
		address = s.base + address
	}
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Content-Type", "application/fhir+json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := s.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	return answer{got.StatusCode, got.Header, text}, err
}

// get reads what must be there.
func (s *server) get(t *testing.T, address string) []byte {
	t.Helper()
	a, err := s.send(t.Context(), http.MethodGet, address, "")
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("GET %s: %v %d %s", address, err, a.status, a.body)
	}
	return a.body
}

// readsOrRefuses reads while there may be no room for the line that the trail has of it: then nothing is answered.
func (s *server) readsOrRefuses(t *testing.T, address string) {
	t.Helper()
	a, err := s.send(t.Context(), http.MethodGet, address, "")
	if err != nil || a.status != http.StatusOK && (a.status != http.StatusServiceUnavailable || !strings.Contains(string(a.body), "on record")) {
		t.Fatalf("GET %s: %v %d %s", address, err, a.status, a.body)
	}
}

// gauge reads a number that the server tells of itself.
func (s *server) gauge(t *testing.T, name string) float64 {
	t.Helper()
	for line := range strings.Lines(string(s.get(t, s.root+"/metrics"))) {
		var value float64
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			if _, err := fmt.Sscan(rest, &value); err != nil {
				t.Fatal(err)
			}
			return value
		}
	}
	t.Fatalf("the server does not tell its %s", name)
	return 0
}

// goroutines are those of the server when no client is connected but this question's.
func (s *server) goroutines(t *testing.T) int {
	t.Helper()
	s.client.CloseIdleConnections()
	return int(s.gauge(t, "go_goroutines"))
}

// settled is how many goroutines the server has once all that works beside requests has begun: the queue of jobs does some
// seconds after the start, when it has found out that it leads.
func (s *server) settled(t *testing.T) (most int) {
	t.Helper()
	since := time.Now()
	until(t, "no goroutine begins any more", func() bool {
		if n := s.goroutines(t); n > most {
			most, since = n, time.Now()
		}
		return time.Since(since) > 10*time.Second
	})
	return most
}

// memory is what the server holds of the machine's, in bytes, and the most that it has held.
func (s *server) memory(t *testing.T) (now, most int64) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		t.Skipf("this system does not tell what a process holds: %v", err)
	}
	for line := range strings.Lines(string(text)) {
		fmt.Sscanf(line, "VmRSS: %d kB", &now)  //nolint:errcheck // other lines
		fmt.Sscanf(line, "VmHWM: %d kB", &most) //nolint:errcheck // other lines
	}
	return now << 10, most << 10
}

// works waits until the server carries out writes, reads and searches again, many in a row.
func (s *server) works(t *testing.T) {
	t.Helper()
	until(t, "the server works again", func() bool {
		s.up(t)
		for i := range 20 {
			mark := fmt.Sprintf("works-%d", i)
			body := fmt.Sprintf(`{"resourceType":"Basic","id":%q,"code":{"text":"x"},"identifier":[{"value":%[1]q}]}`, mark)
			for _, a := range [][3]string{{"PUT", "/Basic/" + mark, body}, {"GET", "/Basic/" + mark, ""}, {"GET", "/Basic?identifier=" + mark, ""}} {
				got, err := s.send(t.Context(), a[0], a[1], a[2])
				if err != nil || got.status >= 300 {
					return false
				}
			}
		}
		return true
	})
}

// said keeps the end of what a process writes.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.text.Len() > 1<<20 {
		s.text.Next(s.text.Len() / 2)
	}
	return s.text.Write(p)
}

func (s *said) end() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.text.Bytes()
	return string(text[max(0, len(text)-3000):])
}
