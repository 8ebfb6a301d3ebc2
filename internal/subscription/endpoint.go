package subscription

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"yitong/internal/fault"
)

// Endpoints says to which addresses notices may go. The zero value lets them go to public addresses by https.
type Endpoints struct {
	Networks []netip.Prefix // private networks that are allowed
	Loopback bool           // this machine is allowed, without TLS too: for trials
}

// Bounds of what a Subscription says of its endpoint.
const (
	endpointMost = 2048 // characters
	headersMost  = 16
	headerMost   = 4096 // characters of one
)

// Check refuses an address that no notice may go to, as far as its text tells. Where its name leads is checked whenever it is called.
func (e Endpoints) Check(text string) error {
	u, err := url.Parse(text)
	switch {
	case len(text) > endpointMost || err != nil || u.Host == "" || u.Opaque != "":
		return refused("The endpoint should be an address such as https://his.example/hook, of at most %d characters.", endpointMost)
	case u.User != nil:
		return refused("The endpoint has a name or a password in it; put what identifies the platform into channel.header.")
	case u.Fragment != "" || u.RawQuery != "":
		return refused("The endpoint has a query or a fragment; a path says as much, and stands in no log.")
	}
	host := u.Hostname()
	addr, isAddr := netip.ParseAddr(host)
	local := strings.EqualFold(host, "localhost") || isAddr == nil && addr.Unmap().IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !e.Loopback || !local) {
		return refused("The endpoint should begin with https://.")
	}
	if local && !e.Loopback {
		return refused("The endpoint is of the server's own machine.")
	}
	if isAddr == nil && !e.Reaches(addr) {
		return refused("The endpoint is in a network that notices do not go to (--subscription-networks).")
	}
	return nil
}

func refused(format string, args ...any) error {
	return fault.New(fault.Unprocessable, format, args...).WithIssue("value").At("Subscription.channel.endpoint")
}

// Reaches tells whether notices may go to an address: to public ones, and those of the networks that are allowed.
func (e Endpoints) Reaches(addr netip.Addr) bool {
	if addr.Zone() != "" {
		return false
	}
	addr = addr.Unmap()
	if slices.ContainsFunc(e.Networks, func(p netip.Prefix) bool { return p.Contains(addr) }) || e.Loopback && addr.IsLoopback() {
		return true
	}
	return addr.IsGlobalUnicast() && !addr.IsPrivate() && !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// special are networks that are not of the public Internet, or that lead to others behind them (IANA's registries of special-purpose
// addresses, RFC 6890).
var special = func() (all []netip.Prefix) {
	for _, text := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	} {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}()

// ownHeaders are those of a notice that are not the subscriber's to set.
var ownHeaders = []string{
	"connection", "content-encoding", "content-length", "content-type", "cookie", "date", "expect", "forwarded", "host", "keep-alive", "origin", "te", "trailer",
	"transfer-encoding", "upgrade", "via",
}

// Header is one header of a notice.
type Header struct{ Name, Value string }

// readHeader reads a line of channel.header, such as Authorization: Bearer ….
func readHeader(line string) (h Header, err error) {
	name, value, is := strings.Cut(line, ":")
	h = Header{strings.TrimSpace(name), strings.TrimSpace(value)}
	lower := strings.ToLower(h.Name)
	token := func(c rune) bool { return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c) }
	wrong := !is || h.Name == "" || len(line) > headerMost || strings.ContainsFunc(h.Name, token) ||
		strings.ContainsFunc(h.Value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f })
	switch {
	case wrong:
		return h, fault.New(fault.Unprocessable, "A header should be a line such as Authorization: Bearer …, of at most %d characters.", headerMost).
			WithIssue("value").At("Subscription.channel.header")
	case slices.Contains(ownHeaders, lower), strings.HasPrefix(lower, "proxy-"), strings.HasPrefix(lower, "sec-"), strings.HasPrefix(lower, "x-forwarded-"):
		return h, fault.New(fault.Unprocessable, "The header %s is not yours to set.", lower).WithIssue("value").At("Subscription.channel.header")
	}
	return h, nil
}
