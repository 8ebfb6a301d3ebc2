package auth

import (
	"math"
	"net/http"
	"slices"
	"strconv"

	"yitong/internal/account"
	"yitong/internal/fault"
)

// problem is what is wrong, as a page says it.
type problem struct {
	Text   string
	Field  string // by its id; "" for no field
	Status int
}

// kindsOfOurs are the kinds of refusals that the pages tell from others of the same code.
var kindsOfOurs = []string{"foreign", "stale", "repeat", "passkey", "spare"}

// errStale is the refusal of a form that was made for another session, or for none.
var errStale = fault.New(fault.Forbidden, "The form was made for another session.").WithIssue("stale")

// errRepeat is the refusal of a new password that was not typed the same twice.
var errRepeat = fault.New(fault.Unprocessable, "The two passwords are not the same.").WithIssue("repeat")

// statuses of refusals; any other is 500.
var statuses = map[fault.Code]int{
	fault.Malformed:     http.StatusBadRequest,
	fault.Unprocessable: http.StatusUnprocessableEntity,
	fault.NotFound:      http.StatusNotFound,
	fault.Gone:          http.StatusGone,
	fault.Conflict:      http.StatusConflict,
	fault.Precondition:  http.StatusConflict,
	fault.NotSupported:  http.StatusNotImplemented,
	fault.NotAllowed:    http.StatusMethodNotAllowed,
	fault.Unknown:       http.StatusUnauthorized,
	fault.Forbidden:     http.StatusForbidden,
	fault.TooOften:      http.StatusTooManyRequests,
	fault.TooLarge:      http.StatusRequestEntityTooLarge,
	fault.Unavailable:   http.StatusServiceUnavailable,
}

// problemFields are the fields to which refusals belong, where that is not the first one of the page.
var problemFields = map[string]string{
	"invite.malformed": "name", "invite.unprocessable": "password", "invite.repeat": "repeat",
	"second.passkey":         "",
	"password.unprocessable": "password", "password.repeat": "repeat",
	"real-name.malformed": "called", "real-name.unknown": "",
}

// problemOf says in the words of the page what is wrong: by the page and the kind of the refusal, or by its kind alone.
// The messages of refusals are for programs, and in English.
func (v *visit) problemOf(page, field string, err error) *problem {
	f := fault.From(err)
	kind := string(f.Code)
	if slices.Contains(kindsOfOurs, f.Issue) {
		kind = f.Issue
	}
	if own, is := problemFields[page+"."+kind]; is {
		field = own
	}
	p := &problem{Field: field, Status: http.StatusInternalServerError}
	if status, is := statuses[f.Code]; is {
		p.Status = status
	}
	if page == "real-name" && f.Code == fault.Unknown {
		p.Status = http.StatusUnprocessableEntity // who the browser is, is known; the details are wrong
	}
	switch f.Code {
	case fault.TooOften, fault.Unavailable:
		p.Field = ""
		v.w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(f.Wait.Seconds())))))
	case fault.Forbidden, fault.Conflict:
		p.Field = ""
	}
	p.Text = v.refusal(f, "no."+page+"."+kind, "no."+kind, "no.internal")
	if f.Code == fault.Internal {
		v.config.Log.ErrorContext(v.r.Context(), "page failed", "page", page, "error", err)
	}
	return p
}

// refusal is the text of the first key that there is, unless the refusal itself says in both languages what is wrong. {0} is
// for how many minutes to wait, {1} the least length of a password.
func (v *visit) refusal(f *fault.Error, keys ...string) (text string) {
	if len(f.Issues) == 1 && f.Issues[0].Chinese != "" {
		return v.words.pick(f.Issues[0].Chinese, f.Issues[0].English)
	}
	key := keys[slices.IndexFunc(keys, v.words.has)]
	text, _ = v.words.say(key, int(math.Ceil(f.Wait.Minutes())), account.PasswordLeast)
	return text
}

// fail draws a page that says what is wrong. where is the page that it happened on, or authorize for what programs have
// asked.
func (v *visit) fail(where string, err error) {
	v.problem = v.problemOf(where, "", err)
	if where == "authorize" && v.problem.Status == http.StatusUnauthorized {
		v.problem.Status = http.StatusBadRequest // it is the program that is not known, not the person
	}
	if err := v.draw("fail", nil); err != nil {
		v.config.Log.ErrorContext(v.r.Context(), "page not drawn", "error", err)
		http.Error(v.w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}
