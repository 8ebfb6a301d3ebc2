package app

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/rest"
)

// Edge says how the server is reached: with certificates of its own, behind a reverse proxy, or in the clear.
type Edge struct {
	TLSCert       string    `help:"Certificate of the server in PEM, and after it those that lead to its root. A new one is taken within a minute, without a restart." default:"" name:"tls-cert" placeholder:"FILE"`
	TLSKey        string    `help:"Private key of --tls-cert in PEM, without a password." default:"" name:"tls-key" placeholder:"FILE"`
	ACME          []string  `help:"Name by which the server is reached, such as record.hospital.example. Certificates for it are got and renewed by ACME; who sets this accepts the terms of the certificate authority. Its port 443 has to lead here, or port 80 to --redirect. For several names, repeat it." name:"acme" sep:"," placeholder:"HOST"`
	ACMECache     string    `help:"Folder with the account, keys and certificates of --acme. Servers with the same names must share it: each answers the authority's questions to all of them." default:"acme" name:"acme-cache" placeholder:"DIR"`
	ACMEDirectory string    `help:"Directory of the certificate authority, an https address." default:"https://acme-v02.api.letsencrypt.org/directory" name:"acme-directory" placeholder:"URL"`
	ACMEEmail     string    `help:"Where the certificate authority writes to when something is wrong." default:"" name:"acme-email" placeholder:"ADDRESS"`
	ACMERoots     string    `help:"Certificates in PEM that the authority's own address is checked by, for a private one. Empty for those of the system." default:"" name:"acme-roots" placeholder:"FILE"`
	Redirect      string    `help:"Address to listen on in the clear, such as :80, to lead browsers to https and to answer ACME." default:"" placeholder:"ADDR"`
	BehindProxy   []Network `help:"Addresses of reverse proxies, such as 10.0.0.7 or 10.0.0.0/24. What they say in X-Forwarded-For and X-Forwarded-Proto is believed, what anybody else says is not." name:"behind-proxy" sep:"," placeholder:"CIDR"`
	InsecureHTTP  bool      `help:"Let other machines in without TLS. For test networks: passwords and records go over the wire in the clear." name:"insecure-http"`
}

// Network is a range of addresses, such as 10.0.0.0/24, or a single one.
type Network struct{ netip.Prefix }

// UnmarshalText reads a range or an address. An IPv4 address in the dress of IPv6 is taken as what it is.
func (n *Network) UnmarshalText(text []byte) error {
	p, err := netip.ParsePrefix(string(text))
	if err != nil {
		addr, err := netip.ParseAddr(string(text))
		if err != nil || addr.Zone() != "" {
			return fault.New(fault.Malformed, "%q is neither an address such as 10.0.0.7 nor a range such as 10.0.0.0/24.", text)
		}
		p = netip.PrefixFrom(addr, addr.BitLen())
	}
	if a := p.Addr(); a.Is4In6() && p.Bits() >= mapped {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-mapped)
	}
	n.Prefix = p.Masked()
	return nil
}

// mapped is how many bits come before an IPv4 address that is written as one of IPv6 (RFC 4291, 2.5.5.2).
const mapped = 96

// TLS tells whether the server has certificates of its own, that is, whether its addresses begin with https.
func (e Edge) TLS() bool { return e.TLSCert != "" || len(e.ACME) > 0 }

// check refuses settings that must not be used together, a certificate that cannot be served, and to let other
// machines in without TLS. addr is what the server listens on. Faults: malformed, forbidden.
func (e Edge) check(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fault.New(fault.Malformed, "%q is not an address such as 127.0.0.1:8080.", addr)
	}
	switch {
	case (e.TLSCert == "") != (e.TLSKey == ""):
		return fault.New(fault.Malformed, "--tls-cert and --tls-key belong together. Give both or neither.")
	case e.TLSCert != "" && len(e.ACME) > 0:
		return fault.New(fault.Malformed,
			"Certificates come from files or by ACME. Leave out --tls-cert and --tls-key, or --acme.")
	case e.TLS() && e.InsecureHTTP:
		return fault.New(fault.Malformed, "--insecure-http is for a server without TLS. Leave it out.")
	case e.Redirect != "" && !e.TLS():
		return fault.New(fault.Malformed, "--redirect leads to https, which this server has not. "+
			"Give --tls-cert and --tls-key, or --acme, or let the proxy redirect.")
	case !e.TLS() && !e.InsecureHTTP && len(e.BehindProxy) == 0 && !rest.Loopback(host):
		return fault.New(fault.Forbidden, "Other machines reach %s, and passwords would go over the wire in the clear. "+
			"Give --tls-cert and --tls-key, or --acme; or --behind-proxy with the proxy that has TLS; or listen on 127.0.0.1. "+
			"On a test network there is --insecure-http.", addr)
	}
	if err := e.checkACME(); err != nil {
		return err
	}
	_, err = e.certificates()
	return err
}

func (e Edge) checkACME() error {
	if len(e.ACME) == 0 {
		return nil
	}
	for _, host := range e.ACME {
		_, err := netip.ParseAddr(host)
		if err == nil || strings.ContainsAny(host, "*:/ ") || !strings.Contains(strings.Trim(host, "."), ".") {
			return fault.New(fault.Malformed, "--acme takes full names such as record.hospital.example, "+
				"without scheme, port or wildcard; %q is none.", host)
		}
	}
	if u, err := url.Parse(e.ACMEDirectory); err != nil || e.ACMEDirectory != "" && (u.Scheme != "https" || u.Host == "") {
		return fault.New(fault.Malformed,
			"--acme-directory should be an address that begins with https://; %q does not.", e.ACMEDirectory)
	}
	return nil
}

// client is the address of who asks: the last one on the way that is not a believed proxy. Each proxy writes down at
// the right end of X-Forwarded-For whom it was asked by, so what stands left of the first address that is not believed
// may be made up. It is the zero Addr when the connection has no IP address.
func (e Edge) client(r *http.Request) netip.Addr {
	asker := address(r.RemoteAddr)
	way := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
	for way != "" && e.believes(asker) {
		comma := strings.LastIndexByte(way, ',')
		before := address(strings.TrimSpace(way[comma+1:]))
		if !before.IsValid() {
			break
		}
		asker, way = before, way[:max(comma, 0)]
	}
	return asker
}

// secure tells whether who asks does so by TLS, to this server or to a believed proxy. The proxy's word counts more
// than the connection's own TLS: it may speak TLS to this server and have been asked in the clear.
func (e Edge) secure(r *http.Request) bool {
	said := r.Header.Values("X-Forwarded-Proto")
	if len(said) == 0 || !e.believes(address(r.RemoteAddr)) {
		return r.TLS != nil
	}
	last := said[len(said)-1]
	last = last[strings.LastIndexByte(last, ',')+1:] // what stands further left, the proxy may have been told
	return strings.EqualFold(strings.TrimSpace(last), "https")
}

func (e Edge) believes(a netip.Addr) bool {
	for _, n := range e.BehindProxy {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

// address reads an IP address, with a port or without. One address has one form, so that it can be counted and
// compared: no zone, and IPv4 in the dress of IPv6 is IPv4. The zero Addr when it is none.
func address(s string) netip.Addr {
	a, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		ap, err := netip.ParseAddrPort(s)
		if err != nil {
			return netip.Addr{}
		}
		a = ap.Addr()
	}
	return a.Unmap().WithZone("")
}
