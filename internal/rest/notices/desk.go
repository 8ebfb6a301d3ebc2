package notices

import (
	"cmp"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"yitong/internal/account"
	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/notice"
	"yitong/internal/rest"
	"yitong/internal/rest/auth"
)

// Config says what the desk needs.
type Config struct {
	Notices *notice.Service
	Gate    *gate.Gate
	People  *account.Accounts
	Who     func(*http.Request) (*account.Principal, error) // who asks; its error is Unknown where that is nobody
	Site    *auth.Site                                      // whose frame the pages have
	Origin  string                                          // of the platform's own pages, such as https://health.example.cn
	Address func(*http.Request) netip.Addr                  // of who asks; nil: of whoever is connected
	Log     *slog.Logger                                    // nil: nothing is told
	Stop    <-chan struct{}                                 // closed when the server stops: what is live ends; nil: never
}

// Desk answers the requests.
type Desk struct{ Config }

// New makes a desk.
func New(c Config) *Desk {
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	return &Desk{c}
}

const (
	bodyMost  = 64 << 10 // bytes of a request
	pageUsual = 20
)

// Handler is for /notices and everything under it.
func (d *Desk) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, do := range map[string]func(*http.Request, *account.Principal) (any, error){
		"GET /notices":                        d.list,
		"GET /notices/count":                  d.count,
		"POST /notices/{id}/read":             d.read,
		"POST /notices/read-all":              alone(d.readAll),
		"GET /notices/choices":                alone(d.choices),
		"PUT /notices/choices":                alone(d.choose),
		"POST /notices/choices/email":         alone(d.askEmail),
		"POST /notices/choices/email/confirm": alone(d.confirmEmail),
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { d.answer(w, r, do) })
	}
	mux.HandleFunc("GET /notices/live", d.live)
	d.pages(mux)
	return mux
}

// alone refuses programs: what somebody is told, and where, they choose themselves.
func alone(do func(*http.Request, *account.Principal) (any, error)) func(*http.Request, *account.Principal) (any, error) {
	return func(r *http.Request, p *account.Principal) (any, error) {
		if p.Client != "" {
			return nil, fault.New(fault.Forbidden, "Programs do not choose how a person is told, nor for them what is read. Sign in here.")
		}
		return do(r, p)
	}
}

// person is who asks, who has an inbox.
func (d *Desk) person(r *http.Request) (*account.Principal, error) {
	p, err := d.Who(r)
	if err == nil && p.Account == "" {
		err = fault.New(fault.Forbidden, "A program by itself has no notices.")
	}
	return p, err
}

// answer finds out who asks, does what is asked for, and writes what comes of it.
func (d *Desk) answer(w http.ResponseWriter, r *http.Request, do func(*http.Request, *account.Principal) (any, error)) {
	r.Body = http.MaxBytesReader(w, r.Body, bodyMost)
	p, err := d.person(r)
	var out any
	if err == nil {
		out, err = do(r, p)
	}
	if err != nil {
		d.refuse(w, err)
		return
	}
	write(w, http.StatusOK, out)
}

type refusal struct {
	Code    fault.Code `json:"code"`
	Message string     `json:"message"`
}

func (d *Desk) refuse(w http.ResponseWriter, err error) {
	f := fault.From(err)
	status := rest.Status(f)
	out := refusal{f.Code, f.Message}
	if status == http.StatusInternalServerError {
		d.Log.Error("a request about notices failed", "cause", err)
		out = refusal{fault.Internal, "Something unexpected went wrong here."}
	}
	if f.Wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(f.Wait.Seconds())+1))
	}
	write(w, status, out)
}

func write(w http.ResponseWriter, status int, out any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out) // the client has gone
}

// read reads the body of a request; what is not known in it is refused.
func read(r *http.Request, into any) error {
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind != "application/json" {
		return fault.New(fault.UnsupportedMedia, "The body is sent as application/json.")
	}
	in := json.NewDecoder(r.Body)
	in.DisallowUnknownFields()
	if err := in.Decode(into); err != nil {
		return fault.New(fault.Malformed, "The body cannot be read as what is asked for here.").Because(err)
	}
	return nil
}

// session is one of the person, whose reads the trail is told of.
func (d *Desk) session(r *http.Request, p *account.Principal, query string) *gate.Session {
	from, _ := netip.ParseAddrPort(r.RemoteAddr) // the zero address where there is none
	address := from.Addr()
	if d.Address != nil {
		address = d.Address(r)
	}
	doing := gate.Doing{Do: "search-type", On: "Communication", Query: query}
	if address.IsValid() {
		doing.From = address.Unmap().String()
	}
	s := d.Gate.Session(p.Actor())
	s.Begin(doing)
	return s
}

// shown is a notice as it is answered.
type shown struct {
	ID      string         `json:"id"` // of the Communication
	Kind    string         `json:"kind"`
	Name    bilingual.Text `json:"name"` // of the kind
	Urgent  bool           `json:"urgent"`
	Title   bilingual.Text `json:"title"`
	Text    bilingual.Text `json:"text"`
	For     string         `json:"for,omitempty"` // the resident for whom the person acts who reads it
	Subject string         `json:"subject,omitempty"`
	About   []string       `json:"about,omitempty"`
	Sender  string         `json:"sender,omitempty"`
	Sent    string         `json:"sent"`
	Read    *time.Time     `json:"read"` // null for not yet
}

func shownOf(e notice.Entry) shown {
	s := shown{
		ID: e.ID, Kind: e.Kind.Code, Name: e.Kind.Names, Urgent: e.Urgent, Title: e.Title, Text: e.Text, For: e.For, Subject: e.Subject, About: e.About,
		Sender: e.Sender, Sent: e.Sent,
	}
	if !e.Read.IsZero() {
		s.Read = &e.Read
	}
	return s
}

type listed struct {
	Notices []shown `json:"notices"`
	Next    string  `json:"next,omitempty"`
}

// list answers a page of the inbox.
func (d *Desk) list(r *http.Request, p *account.Principal) (any, error) {
	q, most := r.URL.Query(), pageUsual
	if text := q.Get("most"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > notice.PageMost {
			return nil, fault.New(fault.Malformed, "most should be a whole number from 1 to %d.", notice.PageMost)
		}
		most = n
	}
	unread := false
	switch q.Get("unread") {
	case "true":
		unread = true
	case "", "false":
	default:
		return nil, fault.New(fault.Malformed, "unread is true or false.")
	}
	s := d.session(r, p, "notices")
	page, err := d.Notices.Inbox(r.Context(), s, p.Account, unread, q.Get("before"), most)
	if err := cmp.Or(s.Leave(r.Context(), err), err); err != nil {
		return nil, err
	}
	out := listed{Notices: []shown{}, Next: page.Next}
	for _, e := range page.Entries {
		out.Notices = append(out.Notices, shownOf(e))
	}
	return out, nil
}

type counted struct {
	Unread int  `json:"unread"`
	More   bool `json:"more"`
}

// count answers how many notices are unread.
func (d *Desk) count(r *http.Request, p *account.Principal) (any, error) {
	s := d.session(r, p, "notices&_summary=count")
	n, more, err := d.Notices.Count(r.Context(), s, p.Account)
	return counted{n, more}, cmp.Or(s.Leave(r.Context(), err), err)
}

// read marks one notice as read: what is read does not go out any more, so a program marks what it sees only.
func (d *Desk) read(r *http.Request, p *account.Principal) (any, error) {
	id := r.PathValue("id")
	if !fhir.ValidID(id) {
		return nil, fault.New(fault.NotFound, "There is no such notice for you.")
	}
	if p.Client != "" {
		s := d.session(r, p, "notices/read")
		_, err := d.Notices.One(r.Context(), s, p.Account, id)
		if err := cmp.Or(s.Leave(r.Context(), err), err); err != nil {
			return nil, err
		}
	}
	return struct{}{}, d.Notices.MarkRead(r.Context(), d.Gate.Session(p.Actor()), p.Account, id)
}

// readAll marks all as read.
func (d *Desk) readAll(r *http.Request, p *account.Principal) (any, error) {
	return struct{}{}, d.Notices.MarkAllRead(r.Context(), d.Gate.Session(p.Actor()), p.Account)
}
