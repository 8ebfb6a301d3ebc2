package mail_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// server is a mail server, as far as it goes: it takes what it is sent after STARTTLS and a sign-in, unless told
// otherwise.
type server struct {
	t        *testing.T
	listener net.Listener
	safe     *tls.Config
	roots    *x509.CertPool
	tls      bool              // from the first byte on
	plain    bool              // it offers no STARTTLS
	says     map[string]string // answers to commands, in place of the usual ones

	mu    sync.Mutex
	mails []mailed
	open  sync.WaitGroup
}

// mailed is what it has taken.
type mailed struct {
	user, from, to, text string
	safe                 bool
}

func newServer(t *testing.T, change func(*server)) *server {
	t.Helper()
	s := &server{t: t, says: map[string]string{}}
	s.certify()
	change(s)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if s.tls {
		l = tls.NewListener(l, s.safe)
	}
	s.listener = l
	s.open.Go(s.serve)
	t.Cleanup(func() { l.Close(); s.open.Wait() })
	return s
}

func (s *server) port() int {
	_, port, _ := net.SplitHostPort(s.listener.Addr().String())
	var n int
	fmt.Sscan(port, &n)
	return n
}

// certify makes a certificate of its own.
func (s *server) certify() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		s.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		s.t.Fatal(err)
	}
	s.roots = x509.NewCertPool()
	s.roots.AddCert(cert)
	s.safe = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func (s *server) serve() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.open.Go(func() { defer conn.Close(); s.talk(conn) })
	}
}

func (s *server) talk(conn net.Conn) {
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	in := bufio.NewReader(conn)
	m := mailed{safe: s.tls}
	say := func(line string) { fmt.Fprintf(conn, "%s\r\n", line) }
	say("220 mail ready")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		command, rest, _ := strings.Cut(line, " ")
		if said, is := s.says[strings.ToUpper(command)]; is {
			say(said)
			continue
		}
		switch strings.ToUpper(command) {
		case "EHLO":
			say("250-mail")
			if !m.safe && !s.plain {
				say("250-STARTTLS")
			}
			say("250 AUTH PLAIN")
		case "STARTTLS":
			say("220 go on")
			safe := tls.Server(conn, s.safe)
			conn, in, m.safe = safe, bufio.NewReader(safe), true
		case "AUTH":
			text, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			m.user = strings.ReplaceAll(string(text), "\x00", "/")
			say("235 welcome")
		case "MAIL":
			m.from = rest
			say("250 ok")
		case "RCPT":
			m.to = rest
			say("250 ok")
		case "DATA":
			say("354 go on")
			var text strings.Builder
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				text.WriteString(strings.TrimPrefix(line, "."))
			}
			m.text = text.String()
			s.mu.Lock()
			s.mails = append(s.mails, m)
			s.mu.Unlock()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("500 what?")
		}
	}
}

func (s *server) all() []mailed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mails
}
