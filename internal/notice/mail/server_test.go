package mail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// server is a mail server of this machine: it takes what it is sent after STARTTLS and a sign-in, unless told otherwise.
type server struct {
	listener net.Listener
	safe     *tls.Config
	roots    *x509.CertPool
	tls      bool                       // from the first byte on
	plain    bool                       // it knows no STARTTLS
	refuses  map[string]*smtp.SMTPError // by command

	mu    sync.Mutex
	mails []mailed
}

// mailed is what it has taken.
type mailed struct {
	user, password, from, to, text string
	safe                           bool
}

func newServer(t *testing.T, change func(*server)) *server {
	t.Helper()
	s := &server{refuses: map[string]*smtp.SMTPError{}}
	s.certify(t)
	change(s)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if s.tls {
		l = tls.NewListener(l, s.safe)
	}
	s.listener = l
	post := smtp.NewServer(smtp.BackendFunc(s.session))
	post.Domain, post.ReadTimeout, post.WriteTimeout, post.MaxLineLength = "mail", 20*time.Second, 20*time.Second, 1000
	if !s.plain {
		post.TLSConfig = s.safe
	}
	var ends sync.WaitGroup
	ends.Go(func() { _ = post.Serve(l) })
	t.Cleanup(func() { post.Close(); ends.Wait() })
	return s
}

func (s *server) port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// certify makes a certificate of its own.
func (s *server) certify(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	s.roots = x509.NewCertPool()
	s.roots.AddCert(cert)
	s.safe = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func (s *server) all() []mailed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mails
}

// session is one connection's.
func (s *server) session(c *smtp.Conn) (smtp.Session, error) {
	return &session{server: s, conn: c}, nil
}

type session struct {
	*server
	conn *smtp.Conn
	mail mailed
}

// refused is the answer to a command that the server refuses, nil for one that it takes.
func (s *session) refused(command string) error {
	if e := s.refuses[command]; e != nil {
		return e
	}
	return nil
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.mail.user, s.mail.password = user, password
		return s.refused("AUTH")
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.mail.from = from
	return s.refused("MAIL")
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.to = to
	return s.refused("RCPT")
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.refused("DATA"); err != nil {
		return err
	}
	_, s.mail.safe = s.conn.TLSConnectionState()
	s.mail.text = string(text)
	s.mu.Lock()
	s.mails = append(s.mails, s.mail)
	s.mu.Unlock()
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
