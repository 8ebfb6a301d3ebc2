package staff

import (
	"cmp"
	"net/http"
	"strings"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/gate/trail"
)

// leave puts on record who has looked at which accounts and programs, and who was refused. What has changed has left its line with
// its transaction; of who is nobody, and where nothing could be told, there is none.
func (d *Desk) leave(r *http.Request, who *account.Principal, out any, failed error) error {
	code := fault.CodeOf(failed)
	if who == nil || code == fault.Unknown || code == fault.Unavailable || failed == nil && !looks(r) {
		return nil
	}
	a := who.Actor()
	line := trail.Record{
		Do: "look", Outcome: trail.Done, Who: a.Reference, As: string(a.Role), Grant: a.As, For: a.Institution, Client: a.Client,
		On: strings.TrimPrefix(r.URL.Path, "/staff/"), Query: r.URL.RawQuery,
	}
	if !looks(r) {
		line.Do = "account"
	}
	if d.config.Address != nil {
		line.From = d.config.Address(r).Unmap().String()
	}
	switch code {
	case "":
		what, number := shows(out)
		line.On, line.Number = cmp.Or(what, line.On), number
	case fault.Forbidden:
		line.Outcome = trail.Denied
	case fault.NotFound:
		line.Outcome = trail.Absent
	case fault.Internal:
		line.Outcome = trail.Failed
	default:
		line.Outcome = trail.Refused
	}
	return d.accounts.Leave(r.Context(), line)
}

// looks tells whether a request only asks.
func looks(r *http.Request) bool {
	return r.Method == http.MethodGet || strings.HasSuffix(r.URL.Path, "/_search")
}

// shows are what an answer shows: one account or program by its kind and id, whatever it was asked for by, or how many of a kind.
func shows(out any) (what string, number int64) {
	switch one := out.(type) {
	case person:
		return "account/" + one.ID, 0
	case program:
		return "client/" + one.ID, 0
	case people:
		return "account", int64(len(one.All))
	case programs:
		return "client", int64(len(one.All))
	}
	return "", 0
}
