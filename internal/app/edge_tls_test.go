package app

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"yitong/internal/fault"
)

// pair is a certificate for localhost in files, signed by itself.
type pair struct {
	cert, key string
	parsed    *x509.Certificate
}

func (p pair) edge() Edge { return Edge{TLSCert: p.cert, TLSKey: p.key} }

func (p pair) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(p.parsed)
	return pool
}

func newPair(t testing.TB, dir string) pair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return writePair(t, dir, key, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
}

func writePair(t testing.TB, dir string, key crypto.Signer, from, to time.Time) pair {
	t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "localhost"}, NotBefore: from, NotAfter: to,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(cert)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	p := pair{filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), parsed}
	write(t, p.cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}))
	write(t, p.key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
	return p
}

func write(t testing.TB, file string, text []byte) {
	t.Helper()
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

// take is what has been written since it was called last.
func (j *journal) take() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	defer j.text.Reset()
	return j.text.String()
}

func (j *journal) logger() *slog.Logger { return slog.New(slog.NewTextHandler(j, nil)) }

var quiet = slog.New(slog.DiscardHandler)

// opened serves a handler at an edge until the test ends, and gives its addresses.
func opened(t *testing.T, e Edge, h http.Handler) (addrs []string) {
	t.Helper()
	doors, keep, err := e.doors("127.0.0.1:0", h, quiet)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, len(doors)+1)
	go func() { keep(ctx); ended <- nil }()
	for _, d := range doors {
		go func() { ended <- d.serve() }()
		addrs = append(addrs, d.addr())
	}
	t.Cleanup(func() {
		cancel()
		for _, d := range doors {
			d.server.Close()
		}
		for range cap(ended) {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
	return addrs
}

// browser is a client that believes in roots, and follows no redirects.
func browser(t *testing.T, c *tls.Config) *http.Client {
	transport := &http.Transport{TLSClientConfig: c, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func TestServedByTLS(t *testing.T) {
	t.Parallel()
	p := newPair(t, t.TempDir())
	addr := opened(t, p.edge(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }))[0]
	for _, c := range []struct {
		version uint16
		http2   bool
	}{{tls.VersionTLS13, true}, {tls.VersionTLS12, true}, {tls.VersionTLS13, false}} {
		client := browser(t, &tls.Config{RootCAs: p.roots(), MaxVersion: c.version})
		client.Transport.(*http.Transport).ForceAttemptHTTP2 = c.http2
		answer, err := client.Get("https://" + addr)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if want := map[bool]string{true: "HTTP/2.0", false: "HTTP/1.1"}[c.http2]; string(text) != want || answer.TLS.Version != c.version {
			t.Errorf("%s by %s, want %s by %s", text, tls.VersionName(answer.TLS.Version), want, tls.VersionName(c.version))
		}
		if got := answer.Header.Get("Strict-Transport-Security"); got != strictTransport {
			t.Errorf("browsers may come back in the clear: %q", got)
		}
	}
	answer, err := http.Get("http://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusBadRequest {
		t.Errorf("in the clear: %d", answer.StatusCode)
	}
}

// TestHandshakes: what a client may offer, and what comes of it, with keys of both kinds.
func TestHandshakes(t *testing.T) {
	t.Parallel()
	for name, newKey := range map[string]func() (crypto.Signer, error){
		"ECDSA": func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) },
		"RSA":   func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key, err := newKey()
			if err != nil {
				t.Fatal(err)
			}
			p := writePair(t, t.TempDir(), key, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
			addr := opened(t, p.edge(), http.NotFoundHandler())[0]
			handshake := func(c *tls.Config) (state tls.ConnectionState, err error) {
				c.RootCAs = p.roots()
				conn, err := (&tls.Dialer{Config: c}).DialContext(t.Context(), "tcp", addr)
				if err != nil {
					return state, err
				}
				return conn.(*tls.Conn).ConnectionState(), conn.Close()
			}
			for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
				if _, err := handshake(&tls.Config{MinVersion: version, MaxVersion: version}); err == nil {
					t.Errorf("%s is taken", tls.VersionName(version))
				}
			}
			taken := 0
			for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
				if suite.SupportedVersions[0] == tls.VersionTLS13 {
					continue
				}
				_, err := handshake(&tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite.ID}})
				aead := strings.HasPrefix(suite.Name, "TLS_ECDHE_"+name+"_") && (strings.Contains(suite.Name, "_GCM_") || strings.Contains(suite.Name, "_POLY1305"))
				if (err == nil) != aead {
					t.Errorf("%s: %v", suite.Name, err)
				}
				if err == nil {
					taken++
				}
			}
			if taken != 3 {
				t.Errorf("%d suites of TLS 1.2 are taken", taken)
			}
			for offer, want := range map[string]string{"h2": "h2", "http/1.1": "http/1.1"} {
				if state, err := handshake(&tls.Config{NextProtos: []string{offer}}); err != nil || state.NegotiatedProtocol != want {
					t.Errorf("offered %s, got %q, %v", offer, state.NegotiatedProtocol, err)
				}
			}
			if _, err := handshake(&tls.Config{NextProtos: []string{"acme-tls/1"}}); err == nil {
				t.Error("a server without ACME speaks its protocol")
			}
		})
	}
}

func TestSessionsAreResumed(t *testing.T) {
	t.Parallel()
	p := newPair(t, t.TempDir())
	addr := opened(t, p.edge(), http.NotFoundHandler())[0]
	c := &tls.Config{RootCAs: p.roots(), ClientSessionCache: tls.NewLRUClientSessionCache(1)}
	for i := range 2 {
		client := browser(t, c)
		client.Transport.(*http.Transport).DisableKeepAlives = true
		answer, err := client.Get("https://" + addr)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		if answer.TLS.DidResume != (i == 1) {
			t.Errorf("connection %d: resumed is %v", i, answer.TLS.DidResume)
		}
	}
}

func TestPairsThatAreRefused(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	other, none := newPair(t, t.TempDir()), filepath.Join(t.TempDir(), "none.pem")
	for name, c := range map[string]struct {
		change func(*Edge)
		from   time.Duration // since now
		to     time.Duration
		says   string
	}{
		"ended":              {func(*Edge) {}, -2 * time.Hour, -time.Hour, "Renew it"},
		"not begun":          {func(*Edge) {}, time.Hour, 2 * time.Hour, "clock"},
		"another's key":      {func(e *Edge) { e.TLSKey = other.key }, -1, time.Hour, "not a certificate and its key"},
		"swapped":            {func(e *Edge) { e.TLSCert, e.TLSKey = e.TLSKey, e.TLSCert }, -1, time.Hour, "not a certificate and its key"},
		"no PEM":             {func(e *Edge) { write(t, e.TLSCert, []byte("hello")) }, -1, time.Hour, "PEM"},
		"no certificate":     {func(e *Edge) { e.TLSCert = none }, -1, time.Hour, "--tls-cert"},
		"no key":             {func(e *Edge) { e.TLSKey = none }, -1, time.Hour, "--tls-key"},
		"a folder for a key": {func(e *Edge) { e.TLSKey = filepath.Dir(e.TLSKey) }, -1, time.Hour, "--tls-key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := writePair(t, t.TempDir(), key, now.Add(c.from), now.Add(c.to)).edge()
			c.change(&e)
			err := e.check(":443")
			if fault.CodeOf(err) != fault.Malformed || !strings.Contains(fault.From(err).Message, c.says) {
				t.Errorf("got %v", err)
			}
			if _, _, err := e.doors("127.0.0.1:0", http.NotFoundHandler(), quiet); err == nil {
				t.Error("it is served")
			}
		})
	}
}

// TestNewCertificateWithoutRestart: a renewed pair is served within a minute, and one that cannot be served leaves the
// old one in its place until it is mended.
func TestNewCertificateWithoutRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		old := newPair(t, dir)
		p := &keyPair{certFile: old.cert, keyFile: old.key}
		if _, err := p.read(time.Now()); err != nil {
			t.Fatal(err)
		}
		var said journal
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go p.keep(ctx, said.logger())
		served := func() *big.Int {
			cert, err := p.config().GetCertificate(nil)
			if err != nil {
				t.Fatal(err)
			}
			return cert.Leaf.SerialNumber
		}
		minute := func(want *big.Int, says string) {
			t.Helper()
			time.Sleep(time.Minute) // of the bubble's clock
			synctest.Wait()
			if served().Cmp(want) != 0 {
				t.Error("the wrong certificate is served")
			}
			if text := said.take(); says == "" && text != "" || !strings.Contains(text, says) {
				t.Errorf("the log has %q, want %q", text, says)
			}
		}
		minute(old.parsed.SerialNumber, "")
		write(t, old.key, []byte("half a fi"))
		minute(old.parsed.SerialNumber, "level=ERROR")
		if err := os.Remove(old.cert); err != nil {
			t.Fatal(err)
		}
		minute(old.parsed.SerialNumber, "level=ERROR")
		next := newPair(t, dir)
		minute(next.parsed.SerialNumber, "level=INFO")
		minute(next.parsed.SerialNumber, "")
		ended, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		writePair(t, dir, ended, time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour))
		minute(next.parsed.SerialNumber, "Renew it")
	})
}

// TestServedCertificateChanges: new connections get the new certificate, those that are open go on.
func TestServedCertificateChanges(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := newPair(t, dir)
	p := &keyPair{certFile: old.cert, keyFile: old.key}
	if _, err := p.read(time.Now()); err != nil {
		t.Fatal(err)
	}
	d, err := openDoor("127.0.0.1:0", http.NotFoundHandler(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	d.server.TLSConfig = p.config()
	ended := make(chan error, 1)
	go func() { ended <- d.serve() }()
	t.Cleanup(func() { d.server.Close(); <-ended })
	before := browser(t, &tls.Config{RootCAs: old.roots()})
	get := func(c *http.Client) error {
		answer, err := c.Get("https://" + d.addr())
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		return err
	}
	if err := get(before); err != nil {
		t.Fatal(err)
	}
	next := newPair(t, dir)
	if changed, err := p.read(time.Now()); !changed || err != nil {
		t.Fatal(changed, err)
	}
	if err := get(before); err != nil {
		t.Errorf("an open connection: %v", err)
	}
	if err := get(browser(t, &tls.Config{RootCAs: next.roots()})); err != nil {
		t.Errorf("a new connection: %v", err)
	}
	if err := get(browser(t, &tls.Config{RootCAs: old.roots()})); err == nil {
		t.Error("a new connection gets the old certificate")
	}
}

func TestRedirect(t *testing.T) {
	t.Parallel()
	p := newPair(t, t.TempDir())
	e := p.edge()
	e.Redirect = "127.0.0.1:0"
	addrs := opened(t, e, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "the record") }))
	_, port, _ := net.SplitHostPort(addrs[0])
	client := browser(t, nil)
	for _, c := range []struct {
		method, host, target string
		status               int
		to                   string
	}{
		{http.MethodGet, "record.example.org", "/fhir/Patient?name=a%20b&x", 308, "https://record.example.org/fhir/Patient?name=a%20b&x"},
		{http.MethodHead, "record.example.org", "/", 308, "https://record.example.org/"},
		{http.MethodGet, "localhost:8080", "/a%2Fb", 308, "https://localhost:" + port + "/a%2Fb"},
		{http.MethodGet, "[::1]:8080", "/", 308, "https://[::1]:" + port + "/"},
		{http.MethodGet, "[::1]", "/", 308, "https://[::1]/"},
		{http.MethodGet, "record.example.org", "//evil.example/", 308, "https://record.example.org//evil.example/"},
		{http.MethodGet, "record.example.org", "/.well-known/acme-challenge/x", 308, "https://record.example.org/.well-known/acme-challenge/x"},
		{http.MethodPost, "record.example.org", "/fhir/Patient", 403, ""},
		{http.MethodPut, "record.example.org", "/fhir/Patient/1", 403, ""},
		{http.MethodDelete, "record.example.org", "/fhir/Patient/1", 403, ""},
		{http.MethodOptions, "record.example.org", "/", 403, ""},
	} {
		t.Run(fmt.Sprint(c.method, " ", c.host, c.target), func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), c.method, "http://"+addrs[1]+c.target, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = c.host
			answer, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			text, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			if answer.StatusCode != c.status || answer.Header.Get("Location") != c.to {
				t.Errorf("%d to %q, want %d to %q", answer.StatusCode, answer.Header.Get("Location"), c.status, c.to)
			}
			if c.status == http.StatusForbidden && !strings.Contains(string(text), "https://") || strings.Contains(string(text), "the record") {
				t.Errorf("answer: %s", text)
			}
			if answer.Header.Get("Strict-Transport-Security") != "" || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("headers: %v", answer.Header)
			}
		})
	}
}

// TestDoorsThatStayShut: no listener is left behind when the other cannot be had.
func TestDoorsThatStayShut(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	e := newPair(t, t.TempDir()).edge()
	if _, _, err := e.doors(taken.Addr().String(), http.NotFoundHandler(), quiet); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
	e.Redirect = taken.Addr().String()
	if _, _, err := e.doors("127.0.0.1:0", http.NotFoundHandler(), quiet); err == nil || !strings.Contains(err.Error(), e.Redirect) {
		t.Errorf("got %v", err)
	}
}
