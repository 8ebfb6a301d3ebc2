package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"
)

// names is a name server to which every name is this machine.
func names(t *testing.T) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{Listener: listener, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, asked *dns.Msg) {
		answer := new(dns.Msg).SetReply(asked)
		for _, q := range asked.Question {
			if q.Qtype == dns.TypeA {
				header := dns.RR_Header{Name: q.Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 1}
				answer.Answer = append(answer.Answer, &dns.A{Hdr: header, A: net.IPv4(127, 0, 0, 1)})
			}
		}
		_ = w.WriteMsg(answer)
	})}
	up, ended := make(chan struct{}), make(chan error, 1)
	server.NotifyStartedFunc = func() { close(up) }
	go func() { ended <- server.ActivateAndServe() }()
	<-up
	t.Cleanup(func() {
		if err := server.Shutdown(); err != nil {
			t.Error(err)
		}
		<-ended
	})
	return listener.Addr().String()
}

// certifier is an authority of its own: Pebble, the small one that Let's Encrypt has for tests. It asks for proof at
// the ports that it is told.
type certifier struct {
	server *httptest.Server
	ca     *ca.CAImpl
	roots  string // file of the certificate that its address is checked by
}

func newCertifier(t *testing.T) *certifier {
	t.Helper()
	c := &certifier{server: httptest.NewUnstartedServer(nil), roots: filepath.Join(t.TempDir(), "roots.pem")}
	t.Cleanup(c.server.Close)
	// All servers of httptest have the same certificate.
	same := httptest.NewTLSServer(nil)
	defer same.Close()
	write(t, c.roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: same.Certificate().Raw}))
	return c
}

func (c *certifier) directory() string {
	return "https://" + c.server.Listener.Addr().String() + wfe.DirectoryPath
}

func (c *certifier) start(t *testing.T, httpAddr, tlsAddr string) {
	t.Helper()
	silent, store := log.New(io.Discard, "", 0), db.NewMemoryStore()
	c.ca = ca.New(silent, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {}})
	prover := va.New(silent, portOf(t, httpAddr), portOf(t, tlsAddr), true, names(t), store)
	front := wfe.New(silent, store, prover, c.ca, []string{"ca.example.org"}, true, false, 1, 1)
	c.server.Config.Handler = front.Handler()
	c.server.StartTLS()
}

func portOf(t *testing.T, addr string) int {
	t.Helper()
	_, text, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// nothing is an address where something else is served, in the clear and of no use.
func nothing(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// TestCertificatesByACME gets certificates of an authority that proves by each of both ways whose server this is.
// It does not run beside others, because the authority is told by the environment not to rest before it asks, and not
// to refuse good requests now and then.
func TestCertificatesByACME(t *testing.T) {
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "0")
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	for _, way := range []string{"tls-alpn-01", "http-01"} {
		t.Run(way, func(t *testing.T) { certified(t, way) })
	}
}

func certified(t *testing.T, way string) {
	const host = "record.example.org"
	from := newCertifier(t)
	e := Edge{
		ACME: []string{host}, ACMECache: filepath.Join(t.TempDir(), "new", "cache"), ACMEDirectory: from.directory(),
		ACMEEmail: "operator@example.org", ACMERoots: from.roots, Redirect: "127.0.0.1:0",
	}
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "the record by "+r.Proto) })
	var said journal
	doors, keep, err := e.doors("127.0.0.1:0", page, said.logger())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range doors {
		go d.serve()
		defer d.server.Close()
	}
	if way == "http-01" {
		from.start(t, doors[1].addr(), nothing(t))
	} else {
		from.start(t, nothing(t), doors[0].addr())
	}
	// keep asks at once, and is done when the certificate is there.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	keep(ctx)
	root, err := x509.ParseCertificate(from.ca.GetRootCert(0).DER)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	client := browser(t, &tls.Config{RootCAs: pool, ServerName: host})
	answer, err := client.Get("https://" + doors[0].addr())
	if err != nil {
		t.Fatalf("%v; the log has %s", err, said.take())
	}
	defer answer.Body.Close()
	if text, err := io.ReadAll(answer.Body); err != nil || string(text) != "the record by HTTP/2.0" {
		t.Errorf("answer: %s, %v", text, err)
	}
	for name, wrong := range map[string]*tls.Config{
		"another name": {RootCAs: pool, ServerName: "other.example.org"}, "no name": {InsecureSkipVerify: true},
	} {
		if _, err := browser(t, wrong).Get("https://" + doors[0].addr()); err == nil {
			t.Errorf("%s is served", name)
		}
	}
	restarted(t, e, pool, host)
}

// restarted: another server with the same cache serves the certificate without asking the authority, which is not
// there any more.
func restarted(t *testing.T, e Edge, pool *x509.CertPool, host string) {
	t.Helper()
	if files, err := os.ReadDir(e.ACMECache); err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	e.ACMEDirectory = "https://" + nothing(t)
	addr := opened(t, e, http.NotFoundHandler())[0]
	answer, err := browser(t, &tls.Config{RootCAs: pool, ServerName: host}).Get("https://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
}

// TestACMEThatFails: it is in the log at once, with the name, and no connection is served with anything else.
func TestACMEThatFails(t *testing.T) {
	t.Parallel()
	e := Edge{ACME: []string{"record.example.org"}, ACMECache: t.TempDir(), ACMEDirectory: "https://" + nothing(t)}
	var said journal
	doors, keep, err := e.doors("127.0.0.1:0", http.NotFoundHandler(), said.logger())
	if err != nil {
		t.Fatal(err)
	}
	keep(t.Context())
	if text := said.take(); !strings.Contains(text, "level=ERROR") || !strings.Contains(text, "record.example.org") {
		t.Errorf("the log has %q", text)
	}
	go doors[0].serve()
	defer doors[0].server.Close()
	_, err = (&tls.Dialer{Config: &tls.Config{ServerName: "record.example.org", InsecureSkipVerify: true}}).DialContext(t.Context(), "tcp", doors[0].addr())
	if err == nil {
		t.Error("something is served")
	}
}
