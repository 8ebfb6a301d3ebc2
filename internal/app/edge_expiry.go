package app

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"os"

	"golang.org/x/crypto/acme/autocert"

	"yitong/internal/fault"
	"yitong/internal/platform"
)

// expiry tells until when the certificates are good that the server shows, as their files or the cache of ACME have them; none without
// TLS. One that is not there yet has no end. The error is that of reading them.
func (e Edge) expiry(ctx context.Context) (all []platform.Certificate, err error) {
	if e.TLSCert != "" {
		text, err := os.ReadFile(e.TLSCert)
		if err != nil {
			return nil, fault.Wrap(err, "reading the certificate")
		}
		leaf, err := leafOf(text)
		if err != nil {
			return nil, err
		}
		host := leaf.Subject.CommonName
		if len(leaf.DNSNames) > 0 {
			host = leaf.DNSNames[0]
		}
		return []platform.Certificate{{Host: host, Until: leaf.NotAfter}}, nil
	}
	for _, host := range e.ACME {
		one := platform.Certificate{Host: host}
		text, err := autocert.DirCache(e.ACMECache).Get(ctx, host)
		if err == nil {
			leaf, err := leafOf(text)
			if err != nil {
				return nil, err
			}
			one.Until = leaf.NotAfter
		}
		all = append(all, one)
	}
	return all, nil
}

// leafOf is the first certificate of a text in PEM.
func leafOf(text []byte) (*x509.Certificate, error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			leaf, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, fault.Wrap(err, "reading a certificate")
			}
			return leaf, nil
		}
	}
	return nil, fault.Wrap(nil, "reading a certificate: there is none in PEM")
}
