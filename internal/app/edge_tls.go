package app

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"yitong/internal/fault"
)

// certificates is where a listener's certificates come from.
type certificates interface {
	// config has TLS 1.2 and newer, and of 1.2 only what is authenticated and forward secret.
	config() *tls.Config
	// plain is served where there is no TLS yet: what proves to an authority whose server this is, and else next.
	plain(next http.Handler) http.Handler
	// keep keeps the certificates fresh until ctx ends.
	keep(ctx context.Context, log *slog.Logger)
}

// certificates reads the settings of TLS; nil without. Faults: malformed, with what to mend.
func (e Edge) certificates() (certificates, error) {
	switch {
	case len(e.ACME) > 0:
		return e.authority()
	case e.TLSCert != "":
		p := &keyPair{certFile: e.TLSCert, keyFile: e.TLSKey}
		_, err := p.read(time.Now())
		return p, err
	}
	return nil, nil
}

// suites are those of TLS 1.2 with an authenticated cipher and keys that are thrown away after use. Those of TLS 1.3
// are all of that kind and cannot be chosen.
var suites = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
}

func tlsConfig(get func(*tls.ClientHelloInfo) (*tls.Certificate, error), protocols ...string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, CipherSuites: suites, GetCertificate: get,
		NextProtos: append([]string{"h2", "http/1.1"}, protocols...),
	}
}

// readAgain is how often files of certificates are looked at.
const readAgain = 30 * time.Second

// keyPair is a certificate in files. They are read whole each time: they are small, and neither times nor links of
// files tell reliably that somebody has renewed them.
type keyPair struct {
	certFile, keyFile string
	pem               [2][]byte // what current was made of
	current           atomic.Pointer[tls.Certificate]
}

func (p *keyPair) config() *tls.Config {
	return tlsConfig(func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return p.current.Load(), nil })
}

func (p *keyPair) plain(next http.Handler) http.Handler { return next }

// keep takes a new pair soon after the files have changed. One that cannot be served is logged until it is mended, and
// the old one goes on.
func (p *keyPair) keep(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(readAgain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			switch changed, err := p.read(now); {
			case err != nil:
				log.Error("the new certificate is not taken, the old one goes on", "cause", err)
			case changed:
				log.Info("the certificate has changed", "file", p.certFile, "until", p.current.Load().Leaf.NotAfter)
			}
		}
	}
}

// read makes the pair in the files the current one, and tells whether it is another one than before. One caller at a
// time.
func (p *keyPair) read(now time.Time) (changed bool, err error) {
	var pem [2][]byte
	for i, file := range []string{p.certFile, p.keyFile} {
		if pem[i], err = os.ReadFile(file); err != nil {
			what := [...]string{"--tls-cert", "--tls-key"}[i]
			return false, fault.New(fault.Malformed,
				"The file of %s cannot be read. Mend its path or its permissions.", what).Because(err)
		}
	}
	if bytes.Equal(pem[0], p.pem[0]) && bytes.Equal(pem[1], p.pem[1]) {
		return false, nil
	}
	pair, err := tls.X509KeyPair(pem[0], pem[1])
	if err != nil {
		return false, fault.New(fault.Malformed, "%s and %s are not a certificate and its key. Both have to be PEM, "+
			"the server's own certificate has to come first in its file, and the key must have no password.",
			p.certFile, p.keyFile).Because(err)
	}
	switch leaf := pair.Leaf; {
	case now.After(leaf.NotAfter):
		return false, fault.New(fault.Malformed, "The certificate %s ended at %s. Renew it.",
			p.certFile, leaf.NotAfter.Format(time.RFC3339))
	case now.Before(leaf.NotBefore):
		return false, fault.New(fault.Malformed,
			"The certificate %s begins at %s. Wait until then, or mend this machine's clock.", p.certFile,
			leaf.NotBefore.Format(time.RFC3339))
	}
	p.pem = pem
	p.current.Store(&pair)
	return true, nil
}

// authority are certificates that are got by ACME (RFC 8555) when they are first needed, and renewed before they end.
type authority struct {
	*autocert.Manager
	hosts []string
}

// authorityTime bounds one request to the authority.
const authorityTime = 30 * time.Second

func (e Edge) authority() (authority, error) {
	client := &http.Client{Timeout: authorityTime}
	if e.ACMERoots != "" {
		pem, err := os.ReadFile(e.ACMERoots)
		if err != nil {
			return authority{}, fault.New(fault.Malformed,
				"The file of --acme-roots cannot be read. Mend its path or its permissions.").Because(err)
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return authority{}, fault.New(fault.Malformed, "There is no certificate in PEM in %s.", e.ACMERoots)
		}
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.TLSClientConfig = &tls.Config{RootCAs: roots}
		client.Transport = transport
	}
	if err := writable(e.ACMECache); err != nil {
		return authority{}, err
	}
	return authority{&autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(e.ACMECache), HostPolicy: only(e.ACME), Email: e.ACMEEmail,
		Client: &acme.Client{
			DirectoryURL: cmp.Or(e.ACMEDirectory, acme.LetsEncryptURL), HTTPClient: client, UserAgent: "yitong",
		},
	}, e.ACME}, nil
}

// only allows certificates for these hosts. A private authority may ask for proof at another port than 80, and then
// names it.
func only(hosts []string) autocert.HostPolicy {
	allowed := autocert.HostWhitelist(hosts...)
	return func(ctx context.Context, host string) error {
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		return allowed(ctx, host)
	}
}

// writable makes sure that what an authority gives can be kept: without, each start would ask for new certificates, and
// authorities soon have enough of that.
func writable(dir string) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		var f *os.File
		if f, err = os.CreateTemp(dir, "try-*"); err == nil {
			_ = f.Close()
			err = os.Remove(f.Name())
		}
	}
	if err != nil {
		return fault.New(fault.Malformed,
			"Certificates cannot be kept in %q. Let --acme-cache be a folder that this server may write to.", dir).Because(err)
	}
	return nil
}

func (a authority) config() *tls.Config { return tlsConfig(a.GetCertificate, acme.ALPNProto) }

func (a authority) plain(next http.Handler) http.Handler { return a.HTTPHandler(next) }

// keep asks for the certificates at once, so that what is wrong is in the log before somebody needs them. Renewal runs
// by itself from then on; what failed is tried again when it is needed.
func (a authority) keep(ctx context.Context, log *slog.Logger) {
	for _, host := range a.hosts {
		hello := &tls.ClientHelloInfo{ServerName: host, CipherSuites: suites} // as of a client that takes ECDSA
		if _, err := a.GetCertificate(hello); err != nil {
			log.Error("no certificate by ACME", "host", host, "cause", err)
		}
		if ctx.Err() != nil {
			return
		}
	}
}
