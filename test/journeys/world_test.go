package journeys

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/test/node"
)

// installs is what installs all that the journeys need.
const installs = "scripts/need browser"

// program is the yitong that is tested, built once.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "yitong-journeys-")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "yitong")
	if out, err := exec.Command("go", "build", "-o", program, "../../cmd/yitong").CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	endBrowser()
	_ = os.RemoveAll(dir) // what is left over goes with the machine's temporary files
	os.Exit(code)
}

// world is a server with a small record, and what a journey has to know of it.
type world struct {
	t    *testing.T
	dir  string
	tls  bool   // the server has a certificate
	zone string // of the region
	log  *errorLog
	// hidden are words that the log must not hold, beside those of the record and of all journeys.
	hidden []string

	Browser  string            // where it is reached
	Language string            // in which it asks for pages
	Issuer   string            // address of the server
	App      string            // address of the app's page, on another origin
	SMS      string            // file to which codes for phones are added
	Ahead    int               // hours that the region's clocks are ahead of UTC
	Opens    string            // file to which journeys add what opens something: cookies, codes, tokens, passwords
	Codes    map[string]string // by which accounts choose their passwords, by their names
	Seeds    map[string]string // secrets of one-time passwords, by the names of accounts that the test has enrolled
	Password string            // of all accounts of staff
	Phones   map[string]string // by which residents of the demo sign in, by their roles
	Secrets  map[string]string // of clients, by their ids
	Keys     map[string]any    // private keys in JWK
	Pictures string            // folder for those of pages at a failure
	Gallery  string            // folder for those of all pages; "" for none
}

// usualAhead is how many hours the clocks of the usual time zone are ahead of UTC.
const usualAhead = 8

// newMorning makes a record in a region where it is nine in the morning now, so that a day lies ahead at any hour.
func newMorning(t *testing.T, language string) *world {
	t.Helper()
	const nine, day = 9, 24
	ahead := (nine - time.Now().UTC().Hour() + day) % day
	if ahead > day/2 {
		ahead -= day
	}
	return newWorldIn(t, language, ahead, fmt.Sprintf("Etc/GMT%+d", -ahead)) // these names count to the west
}

// newWorld makes a record. Its server does not run yet: accounts and clients come first.
func newWorld(t *testing.T, language string) *world {
	t.Helper()
	return newWorldIn(t, language, usualAhead, "Asia/Shanghai")
}

// newWorldIn makes a record of a region by its time zone, whose clocks are so many hours ahead of UTC.
func newWorldIn(t *testing.T, language string, ahead int, zone string) *world {
	t.Helper()
	t.Parallel()
	w := &world{
		t: t, dir: t.TempDir(), zone: zone, Language: language, Ahead: ahead, Gallery: os.Getenv("YITONG_SCREENSHOTS"),
		Codes: map[string]string{}, Seeds: map[string]string{}, Secrets: map[string]string{}, Keys: map[string]any{}, Password: password, hidden: []string{password},
	}
	w.App, w.SMS, w.Pictures = serveApp(t), filepath.Join(w.dir, "sms"), pictures(t)
	w.Opens = filepath.Join(w.dir, "opens")
	w.yitong("import", "testdata/record.ndjson")
	return w
}

// serveApp serves the page of an app, with the stock client in it.
func serveApp(t *testing.T) string {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "app.html") })
	mux.HandleFunc("GET /fhir-client.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, "node_modules/fhirclient/build/fhir-client.min.js")
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/"
}

// pictures is a folder that stays where the test fails.
func pictures(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "yitong-journey-failed-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("pictures of the pages are in %s", dir)
			return
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// yitong runs a command on the record and gives what it says.
func (w *world) yitong(args ...string) string {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), program, append(args, "--db", w.db())...)
	cmd.Env = w.environment()
	said, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("yitong %s: %v\n%s", strings.Join(args, " "), err, said)
	}
	return string(said)
}

// environment is that of all commands on the record: what is sought there was put in order by its time zone.
func (w *world) environment() []string { return append(os.Environ(), "YITONG_ZONE="+w.zone) }

func (w *world) db() string { return "sqlite:" + filepath.Join(w.dir, "record.db") }

var indented = regexp.MustCompile(`(?m)^ {4}(\S+)$`) // how codes and secrets are printed

// staff makes an account of staff.
func (w *world) staff(name string, flags ...string) {
	w.t.Helper()
	said := w.yitong(append([]string{"account", "create", name}, flags...)...)
	code := indented.FindStringSubmatch(said)
	if code == nil {
		w.t.Fatalf("no code is printed: %s", said)
	}
	w.Codes[name] = code[1]
}

// client registers a client for a year.
func (w *world) client(id string, c account.Client, flags ...string) {
	w.t.Helper()
	c.Institution, c.Expires = "Organization/county-hospital", time.Now().AddDate(1, 0, 0)
	text, err := json.Marshal(c)
	if err != nil {
		w.t.Fatal(err)
	}
	file := filepath.Join(w.dir, id+".json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		w.t.Fatal(err)
	}
	said := w.yitong(append([]string{"client", "register", file, "--id", id}, flags...)...)
	if secret := indented.FindStringSubmatch(said); secret != nil {
		w.Secrets[id] = secret[1]
	}
}

// walk starts the server and sends a journey through it.
func (w *world) walk(journey string) {
	w.t.Helper()
	w.serve()
	w.send(journey)
}

// send sends a journey through the server that runs.
func (w *world) send(journey string) {
	w.t.Helper()
	w.Browser = browser(w.t)
	file := filepath.Join(w.dir, "world.json")
	text, err := json.Marshal(w)
	if err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	said, err := node.Command(w.t, "playwright-core", installs, journey+".mjs", file).Output()
	w.t.Logf("%s", said)
	if err != nil {
		w.t.Errorf("the journey %s: %v", journey, err)
	}
	if text, err := os.ReadFile(w.Opens); err != nil || len(bytes.Fields(text)) == 0 {
		w.t.Errorf("the journey %s has put nothing aside that the log must not hold: %v", journey, err)
	}
}

// starts is how often a server is started before it is given up: its port, which is part of its own address and so
// must be known before, may be taken by another program in between.
const starts = 3

// serve starts the server.
func (w *world) serve() {
	w.t.Helper()
	for range starts {
		if w.start(freePort(w.t)) {
			return
		}
	}
	w.t.Fatal("the server does not start")
}

// start starts the server on a port and tells whether it runs. It is reached as localhost, where browsers take passkeys
// without TLS.
func (w *world) start(port int) bool {
	w.t.Helper()
	scheme, certificate := "http", []string(nil)
	if w.tls {
		cert, key := newCertificate(w.t, w.dir)
		scheme, certificate = "https", []string{"--tls-cert", cert, "--tls-key", key}
	}
	w.Issuer = fmt.Sprintf("%s://localhost:%d", scheme, port)
	cmd := exec.Command(program, "serve", "--auth", "required", "--db", w.db(), "--log-level", "debug",
		"--addr", fmt.Sprintf("127.0.0.1:%d", port), "--url", w.Issuer, "--sms", "file:"+w.SMS, "--mail-host", "localhost", "--mail-from", "notices@health.example.cn")
	cmd.Args = append(cmd.Args, certificate...)
	cmd.Env = w.environment()
	log := &errorLog{t: w.t}
	w.log = log
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended by itself
		_ = cmd.Wait()
		log.check()
		w.silent(log.said())
	})
	_, err = bufio.NewReader(out).ReadString('\n')
	return err == nil
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// errorLog is what a server writes to standard error.
type errorLog struct {
	t    *testing.T
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes what the server writes.
func (l *errorLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// said is what the server has written.
func (l *errorLog) said() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// check holds that the server has met no error of its own.
func (l *errorLog) check() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if text := l.text.String(); strings.Contains(text, `"level":"ERROR"`) {
		l.t.Errorf("the server has logged an error:\n%s", text)
	} else if l.t.Failed() {
		l.t.Logf("the server's log:\n%s", text)
	}
}
