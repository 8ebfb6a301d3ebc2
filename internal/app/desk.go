package app

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/rest"
	"yitong/internal/rest/auth"
	"yitong/internal/rest/oauth"
	"yitong/internal/rest/staff"
	"yitong/internal/web"
)

// desk is where people and programs come in.
type desk struct {
	issuer   string
	accounts *account.Accounts
	pages    *auth.Site
	programs *oauth.Provider
	foreign  *http.CrossOriginProtection // of requests that come with a cookie
	address  func(*http.Request) netip.Addr
	demo     bool // visitors come in by a button
}

func (a *App) newDesk(ctx context.Context, zone *time.Location) (*desk, error) {
	c := a.config
	accounts, box, err := c.accounts(ctx, a.db, a.gate, zone, a.log)
	if err != nil {
		return nil, err
	}
	d := &desk{accounts: accounts, foreign: http.NewCrossOriginProtection(), address: c.client, demo: c.Demo != nil}
	if d.issuer, err = c.issuer(); err != nil {
		return nil, err
	}
	people := people{a.gate}
	apps := &apps{people: people, accounts: accounts}
	d.pages = auth.New(accounts, auth.Config{
		Log: a.log, Secure: c.secure, Address: c.client, Names: people, Apps: apps, Phones: c.SMS.SMS != "", Passkeys: true, Notices: true, Home: web.Base, Zone: zone, Help: c.help(),
		Demo: c.Demo,
	})
	d.programs = oauth.New(accounts, a.db, box, oauth.Config{Issuer: d.issuer, Desk: d.pages, Patients: oauth.Record(a.gate), Log: a.log})
	apps.programs = d.programs
	return d, nil
}

// guard lets the record ask who comes.
func (d *desk) guard(c *rest.Config) {
	c.URL = d.issuer + rest.Base
	c.Allows = d.programs.Allows
	c.Security = &rest.Security{
		Authorize: d.issuer + "/oauth/authorize", Token: d.issuer + "/oauth/token",
		Introspect: d.issuer + "/oauth/introspect", Revoke: d.issuer + "/oauth/revoke",
	}
	c.Still = d.still
	c.Who = func(r *http.Request) (gate.Actor, error) {
		p, err := d.who(r)
		if p == nil {
			return gate.Actor{}, err
		}
		return p.Actor(), err
	}
}

// who is behind a request: by a token of a program, or else by the cookie of a session, which pages of other sites could make
// a browser send along. With Forbidden, it says who it is of whom that is known.
func (d *desk) who(r *http.Request) (*account.Principal, error) {
	switch headers := r.Header.Values("Authorization"); {
	case len(headers) > 1:
		return nil, fault.New(fault.Malformed, "The request has more than one Authorization header.")
	case len(headers) == 1:
		scheme, token, _ := strings.Cut(headers[0], " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return nil, fault.New(fault.Unknown, "Who you are is shown by a token: Authorization: Bearer …")
		}
		return d.programs.Principal(r.Context(), strings.TrimSpace(token))
	}
	if err := d.foreign.Check(r); err != nil {
		return nil, fault.New(fault.Forbidden, "A page of another site cannot do this in your name.").Because(err)
	}
	return d.accounts.BySession(r.Context(), d.pages.Token(r))
}

// still tells, whenever it is asked, whether who is behind a request is signed in yet. That is no use of the session: a page that lies
// open must not keep it from ending.
func (d *desk) still(r *http.Request) func(context.Context) error {
	p, err := d.who(r)
	return func(ctx context.Context) error {
		if err != nil || p.Session == "" { // the rights of programs end by themselves
			return err
		}
		open, err := d.accounts.Sessions(ctx, p.Account)
		if err == nil && !slices.ContainsFunc(open, func(s account.Session) bool { return s.ID == p.Session }) {
			err = fault.New(fault.Unknown, "The session has ended.")
		}
		return err
	}
}

// handle answers what is about people and programs.
func (d *desk) handle(mux *http.ServeMux) {
	pages := d.pages.Handler()
	mux.Handle("/auth/", pages)
	if d.demo {
		mux.Handle(auth.PathDemo, here(pages))
	}
	mux.Handle("/staff/", staff.New(d.accounts, staff.Config{Who: d.who, Address: d.address}).Handler())
	programs := d.programs.Handler()
	for _, path := range []string{"/oauth/", "/.well-known/openid-configuration", rest.Base + "/.well-known/smart-configuration"} {
		mux.Handle(path, programs)
	}
}

const sweepEvery = time.Minute

// sweep takes out what has run out, and lists accounts that servers of an earlier version change, until ctx ends. Servers do it at different moments.
func (d *desk) sweep(ctx context.Context, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(sweepEvery/2 + rand.N(sweepEvery)):
		}
		if err := d.accounts.Sweep(ctx); err != nil && ctx.Err() == nil {
			log.Error("what has run out of the register cannot be taken out", "cause", err)
		}
		if err := d.accounts.ListAnew(ctx); err != nil && ctx.Err() == nil {
			log.Error("accounts that a server of an earlier version has changed cannot be listed", "cause", err)
		}
	}
}
