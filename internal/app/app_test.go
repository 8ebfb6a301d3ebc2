package app_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yitong/internal/app"
	"yitong/internal/fault"
)

func settings(t *testing.T) app.Serve {
	return app.Serve{
		Record: app.Record{Database: app.Database{DB: "sqlite:" + filepath.Join(t.TempDir(), "record.db")}, References: "check"}, Addr: "127.0.0.1:0",
		Auth: "none", MaxBody: 1 << 20, Zone: "Asia/Shanghai", LogLevel: "error", Drain: 5 * time.Second,
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*app.Serve)
		code   fault.Code
		says   string
	}{
		"accounts nowhere":  {func(s *app.Serve) { s.Auth = "required" }, fault.Malformed, "--url is missing"},
		"accounts in clear": {func(s *app.Serve) { s.Auth, s.Addr = "required", "192.0.2.1:80" }, fault.Forbidden, "in the clear"},
		"a url in clear":    {func(s *app.Serve) { s.Auth, s.Accounts.URL = "required", "http://record.example" }, fault.Malformed, "https://"},
		"a url with a path": {func(s *app.Serve) { s.Auth, s.Accounts.URL = "required", "https://record.example/x" }, fault.Malformed, "without a path"},
		"an unknown proxy":  {func(s *app.Serve) { s.Auth, s.Accounts.URL = "required", "https://record.example" }, fault.Malformed, "--behind-proxy"},
		"no such key": {func(s *app.Serve) {
			s.Auth, s.Accounts.URL, s.KeyFile = "required", "http://127.0.0.1:8080", "/nowhere"
		}, fault.NotFound, "/nowhere"},
		"no such gateway":       {func(s *app.Serve) { s.Auth, s.Accounts.URL, s.SMS.SMS = "required", "http://127.0.0.1:8080", "ftp://x" }, fault.Malformed, "--sms"},
		"a database in clear":   {func(s *app.Serve) { s.DB = "postgres://yitong@db.example/record" }, fault.Forbidden, "sslmode=verify-full"},
		"perhaps in clear":      {func(s *app.Serve) { s.DB = "postgres://yitong@db.example/record?sslmode=prefer" }, fault.Forbidden, "sslmode=verify-full"},
		"a second one in clear": {func(s *app.Serve) { s.DB = "postgres://yitong@127.0.0.1,db.example/record" }, fault.Forbidden, "sslmode=verify-full"},
		"every address":         {func(s *app.Serve) { s.Addr = ":8080" }, fault.Forbidden, "not of this machine only"},
		"an outside address":    {func(s *app.Serve) { s.Addr = "192.0.2.1:8080" }, fault.Forbidden, "127.0.0.1"},
		"an outside profiler":   {func(s *app.Serve) { s.Pprof = "0.0.0.0:6060" }, fault.Forbidden, "0.0.0.0:6060"},
		"no address":            {func(s *app.Serve) { s.Addr = "8080" }, fault.Malformed, "127.0.0.1:8080"},
		"fewer than none":       {func(s *app.Serve) { s.MaxReqs = -1 }, fault.Malformed, "below 0"},
		"no database":           {func(s *app.Serve) { s.DB = "sqlite:" }, fault.Malformed, "sqlite:PATH"},
		"another database":      {func(s *app.Serve) { s.DB = "mysql://x" }, fault.Malformed, "sqlite:PATH"},
		"no such mode":          {func(s *app.Serve) { s.ValidateFor = map[string]string{"Basic": "lax"} }, fault.Malformed, "strict, warn or off"},
		"no such type":          {func(s *app.Serve) { s.ValidateFor = map[string]string{"Human": "off"} }, fault.Malformed, "Human"},
		"no client":             {func(s *app.Serve) { s.ValidateFor = map[string]string{"client:": "off"} }, fault.Malformed, "no client"},
		"no telephone":          {func(s *app.Serve) { s.HelpPhone = "javascript:1" }, fault.Malformed, "--help-phone"},
		"long hours":            {func(s *app.Serve) { s.HelpHours = strings.Repeat("8", 301) }, fault.Malformed, "--help-hours"},
		"no such zone":          {func(s *app.Serve) { s.Zone = "Asia/Yunxi" }, fault.Malformed, "Asia/Yunxi"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := settings(t)
			c.change(&s)
			a, err := app.New(t.Context(), s)
			if err == nil {
				a.Close()
				t.Fatal("it was taken")
			}
			if fault.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// serve starts an app and gives its address and a way to stop it.
func serve(t *testing.T, s app.Serve) (base string, stop func() error) {
	t.Helper()
	a, err := app.New(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	up, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- a.Listen(ctx, func(addr string) { up <- addr }) }()
	select {
	case addr := <-up:
		base = "http://" + addr
	case err := <-done:
		t.Fatal(err)
	}
	stopped := false
	stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		err := <-done
		if e := a.Close(); err == nil {
			err = e
		}
		return err
	}
	t.Cleanup(func() { _ = stop() })
	return base, stop
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(text)
}

func TestOperatorsAddresses(t *testing.T) {
	t.Parallel()
	base, _ := serve(t, settings(t))
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ok\n", "/": "Yitong", "/fhir/metadata": `"fhirVersion":"4.0.1"`} {
		if status, text := get(t, base+path); status != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("%s: %d %.200s", path, status, text)
		}
	}
	if _, text := get(t, base+"/metrics"); !strings.Contains(text, `yitong_request_seconds_count{interaction="capabilities",status="200"} 1`) {
		t.Errorf("the request is not counted: %.2000s", text)
	}
	if status, _ := get(t, base+"/debug/pprof/"); status != http.StatusNotFound {
		t.Errorf("the profiler is served beside the record: %d", status)
	}
}

func TestForeignHostsAreRefusedEverywhere(t *testing.T) {
	t.Parallel()
	base, _ := serve(t, settings(t))
	if _, text := get(t, base+"/metrics"); !strings.Contains(text, "\nyitong_feed_waiting_changes 0\n") || !strings.Contains(text, "\nyitong_outbox_jobs 0\n") {
		t.Error("the metrics do not tell of the feed and the jobs")
	}
	for _, path := range []string{"/", "/metrics", "/healthz", "/readyz", "/fhir/metadata"} {
		for header, value := range map[string]string{"Host": "evil.example", "Origin": "http://evil.example"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if r.Header.Set(header, value); header == "Host" {
				r.Host = value
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != http.StatusForbidden {
				t.Errorf("%s with %s %s: %d", path, header, value, answer.StatusCode)
			}
		}
	}
}

// TestStopWaits sends half a request, stops the server, and sends the rest: it must still be answered, and stored.
func TestStopWaits(t *testing.T) {
	t.Parallel()
	s := settings(t)
	base, stop := serve(t, s)
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := `{"resourceType":"Patient","id":"late"}`
	fmt.Fprintf(conn, "PUT /fhir/Patient/late HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nContent-Length: %d\r\n\r\n%s", len(body), body[:10])
	time.Sleep(50 * time.Millisecond) // the server must have begun to read
	done := make(chan error, 1)
	go func() { done <- stop() }()
	time.Sleep(50 * time.Millisecond) // the stop must have begun
	fmt.Fprint(conn, body[10:])
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.Contains(string(answer), "201 Created") {
		t.Errorf("the request was not answered: %v %s", err, answer)
	}
	if err := <-done; err != nil {
		t.Errorf("stopping: %v", err)
	}
	again, _ := serve(t, s)
	if status, _ := get(t, again+"/fhir/Patient/late"); status != http.StatusOK {
		t.Errorf("what was answered is gone: %d", status)
	}
}

func TestAddressInUse(t *testing.T) {
	t.Parallel()
	base, _ := serve(t, settings(t))
	s := settings(t)
	s.Addr = strings.TrimPrefix(base, "http://")
	a, err := app.New(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.Listen(t.Context(), func(string) {}); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
}
