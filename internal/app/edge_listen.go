package app

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"yitong/internal/fault"
)

// door is a server and the listener that it serves.
type door struct {
	server   *http.Server
	listener net.Listener
}

// doors opens what the server is reached by: first the door to h, then that of --redirect. keep has to run beside them
// until they are closed. Faults: those of check, and unavailable.
func (e Edge) doors(addr string, h http.Handler, log *slog.Logger) (all []door, keep func(context.Context), err error) {
	if err := e.check(addr); err != nil {
		return nil, nil, err
	}
	certs, err := e.certificates()
	if err != nil {
		return nil, nil, err
	}
	first, err := openDoor(addr, e.harden(h), log)
	if err != nil {
		return nil, nil, err
	}
	if certs == nil {
		return []door{first}, func(context.Context) {}, nil
	}
	all = append(all, first)
	first.server.TLSConfig = certs.config()
	keep = func(ctx context.Context) { certs.keep(ctx, log) }
	if e.Redirect == "" {
		return all, keep, nil
	}
	_, port, _ := net.SplitHostPort(first.listener.Addr().String()) // a listener's address has one
	second, err := openDoor(e.Redirect, e.harden(certs.plain(toHTTPS(port))), log)
	if err != nil {
		return nil, nil, errors.Join(err, first.listener.Close())
	}
	return append(all, second), keep, nil
}

func openDoor(addr string, h http.Handler, log *slog.Logger) (door, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return door{}, fault.New(fault.Unavailable,
			"The address %s cannot be listened on. Is another server running there?", addr).Because(err)
	}
	return door{newServer(h, log), listener}, nil
}

// newServer bounds what a slow or endless client can hold. What it has to say goes to log: handlers that panicked and
// connections that came to nothing.
func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, WriteTimeout: 5 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// addr is what is listened on.
func (d door) addr() string { return d.listener.Addr().String() }

// serve serves until the server is shut down or closed, which is no error.
func (d door) serve() (err error) {
	if d.server.TLSConfig != nil {
		err = d.server.ServeTLS(d.listener, "", "")
	} else {
		err = d.server.Serve(d.listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// toHTTPS leads reading requests to the same place by https, for good. Others are refused: what they carried has gone
// over the wire in the clear, and to send it on would hide that. Who came by port 80 is led to port 443, whatever ports
// of this machine those are mapped to; who named another port is led to port, that of the door with TLS.
func toHTTPS(port string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "Nothing is taken in the clear. Use the address that begins with https://, "+
				"and change the password or token if you have just sent one.", http.StatusForbidden)
			return
		}
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = net.JoinHostPort(name, port)
		}
		if host == "" {
			http.Error(w, "The request names no host. Use the address that begins with https://.", http.StatusBadRequest)
			return
		}
		to := url.URL{
			Scheme: "https", Host: host, Path: cmp.Or(r.URL.Path, "/"), RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery,
		}
		http.Redirect(w, r, to.String(), http.StatusPermanentRedirect)
	})
}
