package app

import (
	"context"
	"crypto/tls"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestListenByTLS: the whole server, by HTTP/2, with the headers on whatever it answers, until it is told to stop.
func TestListenByTLS(t *testing.T) {
	t.Parallel()
	p := newPair(t, t.TempDir())
	s := Serve{
		Record: Record{Database: Database{DB: "sqlite:" + filepath.Join(t.TempDir(), "record.db")}, References: "check"}, Edge: p.edge(),
		Addr: "127.0.0.1:0", Auth: "none", MaxBody: 1 << 20, Zone: "Asia/Shanghai", LogLevel: "error", Drain: 5 * time.Second,
	}
	s.Redirect = "127.0.0.1:0"
	a, err := New(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	up, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- a.Listen(ctx, func(addr string) { up <- addr }) }()
	var addr string
	select {
	case addr = <-up:
	case err := <-ended:
		t.Fatal(err)
	}
	client := browser(t, &tls.Config{RootCAs: p.roots()})
	for path, status := range map[string]int{
		"/": 200, "/healthz": 200, "/fhir/metadata": 200, "/fhir/Patient/none": 404, "/fhir/Nothing": 404, "/nothing": 404,
	} {
		answer, err := client.Get("https://" + addr + path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != status || answer.ProtoMajor != 2 {
			t.Errorf("%s: %d by %s", path, answer.StatusCode, answer.Proto)
		}
		for _, header := range hardened {
			if got := answer.Header.Values(header[0]); len(got) != 1 || !strings.Contains(got[0], header[1]) {
				t.Errorf("%s: %s is %q", path, header[0], got)
			}
		}
		if got := answer.Header.Get("Strict-Transport-Security"); got != strictTransport {
			t.Errorf("%s: browsers may come back in the clear: %q", path, got)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := http.Get("https://" + addr); err == nil {
		t.Error("it still serves")
	}
}

// TestListenWithoutPair: what is wrong with the certificate is told when the server starts.
func TestListenWithoutPair(t *testing.T) {
	t.Parallel()
	s := Serve{
		Record: Record{Database: Database{DB: "sqlite:" + filepath.Join(t.TempDir(), "record.db")}, References: "check"},
		Edge:   Edge{TLSCert: "none.pem", TLSKey: "none.pem"},
		Addr:   "127.0.0.1:0", Auth: "none", MaxBody: 1 << 20, Zone: "Asia/Shanghai", LogLevel: "error",
	}
	a, err := New(t.Context(), s)
	if err == nil {
		defer a.Close()
		err = a.Listen(t.Context(), func(string) { t.Error("it is up") })
	}
	if err == nil || !strings.Contains(err.Error(), "--tls-cert") {
		t.Errorf("got %v", err)
	}
}
