// Package staff is the interface for those who look after accounts, roles and programs: operators, and the administrators
// of institutions for their own (missions F4, F7). It speaks plain JSON, for these are no resources of the record.
//
//	GET    /staff/accounts?behind=ID&most=100    the accounts, those of residents included
//	POST   /staff/accounts/_search               those of staff: text, institution, behind, most; with what they can act as
//	POST   /staff/accounts                       make one: name, called, person, phone, expires
//	GET    /staff/accounts/{name}                one by name, phone or id, with its grants
//	POST   /staff/accounts/{id}/invite           a code to choose a password with: reset
//	POST   /staff/accounts/{id}/disable          close it: reason; "" opens it again
//	POST   /staff/accounts/{id}/grants           give a role: role, institution, resident, from, until, reason
//	DELETE /staff/grants/{id}                    end one
//	GET    /staff/clients?behind=ID&most=100     the programs
//	POST   /staff/clients                        register one, see account.Client
//	GET    /staff/clients/{id}
//	PUT    /staff/clients/{id}                   register it anew
//	POST   /staff/clients/{id}/disable           close it: reason; "" opens it again
//	GET    /staff/history/{kind}/{id}            who changed an account, grant or client, and when
//
// Who may do what is decided in package account. A refusal is {"code", "message"} with the status that the code has; where it is about a
// field of what was sent, {"issue"} names it as an OperationOutcome would.
package staff

import (
	"context"
	"encoding/json"
	"net/http"
	"net/netip"
	"strconv"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/rest"
)

const (
	bodyMost  = 64 << 10 // bytes of a request
	pageUsual = 100
	pageMost  = 1000
)

// Config is what the desk needs to know.
type Config struct {
	// Who tells who asks; its error is Unknown where that is nobody. With Forbidden it may tell who it is all the same.
	Who     func(*http.Request) (*account.Principal, error)
	Address func(*http.Request) netip.Addr // from where a request comes, for the trail; nil: that is not told
}

// Desk answers the requests.
type Desk struct {
	accounts *account.Accounts
	config   Config
}

// New makes a desk.
func New(accounts *account.Accounts, c Config) *Desk { return &Desk{accounts, c} }

// Handler is for everything under /staff/.
func (d *Desk) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, do := range map[string]func(context.Context, account.Hand, *http.Request) (any, error){
		"GET /staff/accounts":               d.list,
		"POST /staff/accounts":              d.create,
		"POST /staff/accounts/_search":      d.search,
		"GET /staff/accounts/{name}":        d.show,
		"POST /staff/accounts/{id}/invite":  d.invite,
		"POST /staff/accounts/{id}/disable": d.disable,
		"POST /staff/accounts/{id}/grants":  d.give,
		"DELETE /staff/grants/{id}":         d.take,
		"GET /staff/clients":                d.clients,
		"POST /staff/clients":               d.register,
		"GET /staff/clients/{id}":           d.client,
		"PUT /staff/clients/{id}":           d.register,
		"POST /staff/clients/{id}/disable":  d.close,
		"GET /staff/history/{kind}/{id}":    d.history,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { d.answer(w, r, do) })
	}
	return mux
}

// answer finds out who asks, does what is asked for, and writes what comes of it, once it is on record.
func (d *Desk) answer(w http.ResponseWriter, r *http.Request, do func(context.Context, account.Hand, *http.Request) (any, error)) {
	r.Body = http.MaxBytesReader(w, r.Body, bodyMost)
	who, err := d.config.Who(r)
	if err == nil && who.Client != "" {
		err = fault.New(fault.Forbidden, "Programs do not look after accounts. Sign in here.")
	}
	var out any
	if err == nil {
		out, err = do(r.Context(), account.HandOf(who), r)
	}
	if fails := d.leave(r, who, out, err); fails != nil {
		err = fails
	}
	status := http.StatusOK
	if err != nil {
		f := fault.From(err)
		status = rest.Status(f)
		out = refusalOf(f)
		if status == http.StatusInternalServerError {
			out = refusal{Code: fault.Internal, Message: "Something unexpected went wrong here."}
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out) // the client has gone
}

type refusal struct {
	Code    fault.Code `json:"code"`
	Message string     `json:"message"`
	Issue   []issue    `json:"issue,omitempty"`
}

// issue is what is wrong with a field.
type issue struct {
	Severity    string   `json:"severity"`
	Diagnostics string   `json:"diagnostics"`
	Expression  []string `json:"expression"`
}

func refusalOf(f *fault.Error) refusal {
	r := refusal{Code: f.Code, Message: f.Message}
	if len(f.Expression) > 0 {
		r.Issue = []issue{{"error", f.Message, f.Expression}}
	}
	return r
}

// read reads the body of a request; what is not known in it is refused.
func read(r *http.Request, into any) error {
	if r.Header.Get("Content-Type") != "application/json" {
		return fault.New(fault.UnsupportedMedia, "The body is sent as application/json.")
	}
	in := json.NewDecoder(r.Body)
	in.DisallowUnknownFields()
	if err := in.Decode(into); err != nil {
		return fault.New(fault.Malformed, "The body cannot be read as what is asked for here.").Because(err)
	}
	return nil
}

// page reads where a list begins and how long it is.
func page(r *http.Request) (behind string, most int, err error) {
	most = pageUsual
	if text := r.URL.Query().Get("most"); text != "" {
		if most, err = strconv.Atoi(text); err != nil {
			most = 0
		}
	}
	return r.URL.Query().Get("behind"), most, bounded(most)
}

// bounded refuses a length of a list that is none.
func bounded(most int) error {
	if most < 1 || most > pageMost {
		return fault.New(fault.Malformed, "most should be a whole number from 1 to %d.", pageMost)
	}
	return nil
}
