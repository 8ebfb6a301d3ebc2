package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"yitong/internal/fault"
	"yitong/internal/subscription"
)

// Hooks calls the endpoints of subscribers. It implements [subscription.Sender].
type Hooks struct{ client *http.Client }

var errNetwork = errors.New("notices do not go to this network")

// NewHooks calls endpoints at the addresses that are allowed, which is asked of every address that a name leads to, when it is called. It
// follows no redirects and asks no proxy, for those would lead elsewhere.
func NewHooks(allowed subscription.Endpoints) *Hooks {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || !allowed.Reaches(to.Addr()) {
			return errNetwork
		}
		return nil
	}}
	return &Hooks{&http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second, MaxIdleConnsPerHost: 2, MaxIdleConns: 256, IdleConnTimeout: 90 * time.Second,
			MaxResponseHeaderBytes: 64 << 10, DisableCompression: true, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answerMost is how much of an endpoint's answer is read, so that the connection can be used again.
const answerMost = 16 << 10

// Send implements [subscription.Sender].
func (h *Hooks) Send(ctx context.Context, m subscription.Message) error {
	ctx, cancel := context.WithTimeout(ctx, m.Timeout)
	defer cancel()
	hr, err := http.NewRequestWithContext(ctx, m.Method, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		return fault.New(fault.Unprocessable, "The endpoint is no address.").Because(err)
	}
	for _, one := range m.Headers {
		hr.Header.Add(one.Name, one.Value)
	}
	if m.Body != nil {
		hr.Header.Set("Content-Type", mediaFHIR)
	}
	answer, err := h.client.Do(hr)
	switch {
	case errors.Is(err, errNetwork):
		return fault.New(fault.Unavailable, "The endpoint leads into a network that notices do not go to.").Because(err)
	case errors.Is(err, context.DeadlineExceeded):
		return fault.New(fault.Unavailable, "The endpoint did not answer within %s.", m.Timeout).Because(err)
	case err != nil && strings.Contains(err.Error(), "tls:"):
		return fault.New(fault.Unavailable, "The endpoint cannot be trusted: its certificate, or its TLS, does not fit.").Because(err)
	case err != nil:
		return fault.New(fault.Unavailable, "The endpoint cannot be reached.").Because(err)
	}
	defer answer.Body.Close()
	io.CopyN(io.Discard, answer.Body, answerMost) //nolint:errcheck // what it says does not matter
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fault.New(fault.Unavailable, "The endpoint answered with status %d.", answer.StatusCode)
	}
	return nil
}
