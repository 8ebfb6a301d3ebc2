package notices

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/coder/websocket"

	"yitong/internal/account"
	"yitong/internal/fault"
)

const (
	pingPause = 30 * time.Second // between two looks whether the browser is there, and the person is signed in
	wireMost  = 10 * time.Second // that one message may take on the wire
)

// news is what comes over the socket. Without a notice it says that some were left out, or cannot be seen: the inbox
// has what there is.
type news struct {
	Notice *shown `json:"notice,omitempty"`
}

// live tells of new notices as they come. It is looked anew at each of them whether the person may: a session that has
// ended, or a role, ends it.
func (d *Desk) live(w http.ResponseWriter, r *http.Request) {
	p, err := d.person(r)
	if err == nil {
		err = d.homely(r)
	}
	if err != nil {
		d.refuse(w, err)
		return
	}
	fresh, leave, err := d.Notices.Listen(p.Account)
	if err != nil {
		d.refuse(w, err)
		return
	}
	defer leave()
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // homely has looked at the origin
	if err != nil {
		return // it has answered
	}
	defer c.CloseNow()
	ctx := c.CloseRead(r.Context()) // nobody has anything to say to us
	tick := time.NewTicker(pingPause)
	defer tick.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-d.Stop:
			_ = c.Close(websocket.StatusGoingAway, "the server stops")
			return
		case <-tick.C:
			if _, err = d.still(r, p); err == nil {
				err = limited(ctx, c.Ping)
			}
		case id := <-fresh:
			err = d.push(ctx, c, r, p, id)
		}
		if err != nil {
			status := websocket.StatusInternalError
			if code := fault.CodeOf(err); code == fault.Unknown || code == fault.Forbidden {
				status = websocket.StatusPolicyViolation
			}
			_ = c.Close(status, "sign in again")
			return
		}
	}
}

// homely refuses pages of other sites: by the cookie alone a socket comes from our own pages, and a browser always says
// from which. A program that is no browser shows a token, and no origin.
func (d *Desk) homely(r *http.Request) error {
	origin := r.Header.Get("Origin")
	if origin == d.Origin || origin == "" && r.Header.Get("Authorization") != "" {
		return nil
	}
	return fault.New(fault.Forbidden, "A page of another site cannot listen in your name.")
}

// still tells who listens, if they are signed in and in the same role yet. It does not use the session: an open page on
// which nobody does anything must not keep it from ending.
func (d *Desk) still(r *http.Request, p *account.Principal) (*account.Principal, error) {
	if p.Session == "" { // a token, which runs out by itself
		now, err := d.person(r)
		if err == nil && now.Account != p.Account {
			err = fault.New(fault.Unknown, "Somebody else has signed in.")
		}
		return now, err
	}
	open, err := d.People.Sessions(r.Context(), p.Account)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(open, func(s account.Session) bool { return s.ID == p.Session }) {
		return nil, fault.New(fault.Unknown, "The session has ended.")
	}
	who, _, err := d.People.Find(r.Context(), account.Console, p.Account)
	if err != nil {
		return nil, err
	}
	can, err := d.People.Capacities(r.Context(), &who)
	if err == nil && !slices.ContainsFunc(can, func(c account.Capacity) bool { return c.Source == p.Source }) {
		err = fault.New(fault.Forbidden, "You cannot act so any more.")
	}
	return p, err
}

// push sends one notice, as the person sees it now.
func (d *Desk) push(ctx context.Context, c *websocket.Conn, r *http.Request, p *account.Principal, id string) error {
	now, err := d.still(r, p)
	if err != nil {
		return err
	}
	out := news{}
	if id != "" {
		s := d.session(r, now, "notices/live")
		e, err := d.Notices.One(ctx, s, now.Account, id)
		if fault.CodeOf(err) == fault.NotFound { // it is not to be seen, in this role at least
			return nil
		}
		if err := cmp.Or(s.Leave(ctx, err), err); err != nil {
			return err
		}
		one := shownOf(e)
		out.Notice = &one
	}
	text, err := json.Marshal(out)
	if err != nil {
		return fault.Wrap(err, "writing a notice")
	}
	return limited(ctx, func(ctx context.Context) error { return c.Write(ctx, websocket.MessageText, text) })
}

// limited does something on the wire, for a while at most.
func limited(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, wireMost)
	defer cancel()
	return do(ctx)
}
