package oauth

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/ory/fosite"

	"yitong/internal/fault"
)

// told is an error as a program reads it (RFC 6749, 4.1.2.1 and 5.2).
type told struct {
	name   string
	text   string
	status int
}

// told makes an error of the protocol of any error. What nobody expected is logged, and told of without detail.
func (p *Provider) told(err error) told {
	if errors.Is(err, errSpent) || errors.Is(err, errGone) {
		err = fosite.ErrInvalidGrant.WithHint("What the grant was given for has been used or has ended.")
	}
	var own *fault.Error
	var e *fosite.RFC6749Error
	known := errors.As(err, &e) && e.CodeField < http.StatusInternalServerError
	if is := errors.As(err, &own); !known && is {
		e, known = ofFault(own), own.Code != fault.Internal
	}
	if !known {
		p.config.Log.Error("a request of OAuth has failed", "cause", causes(err))
		e = fosite.ErrServerError
	}
	text := e.HintField
	if text == "" {
		text = e.DescriptionField
	}
	return told{e.ErrorField, plain(text), e.CodeField}
}

// ofFault is the error of the protocol that a refusal of the platform becomes.
func ofFault(f *fault.Error) *fosite.RFC6749Error {
	e := fosite.ErrInvalidRequest
	switch f.Code {
	case fault.Unavailable, fault.TooOften:
		e = fosite.ErrTemporarilyUnavailable
	case fault.Forbidden, fault.NotFound, fault.Gone:
		e = fosite.ErrAccessDenied
	case fault.Unknown:
		e = fosite.ErrInvalidGrant
	}
	return e.WithHint(f.Message)
}

// causes is an error with all that it came from, for the log.
func causes(err error) string {
	var text []string
	for ; err != nil; err = errors.Unwrap(err) {
		if t := err.Error(); len(text) == 0 || text[len(text)-1] != t {
			text = append(text, t)
		}
	}
	return strings.Join(text, ": ")
}

// textMost bounds a description in bytes.
const textMost = 400

// plain leaves of a text what a description may hold (RFC 6749, 4.1.2.1): ASCII, without quotation marks and backslashes.
func plain(text string) string {
	text = strings.Map(func(c rune) rune {
		switch {
		case c == '"' || c == '“' || c == '”':
			return '\''
		case c == '…':
			return '.'
		case c < ' ' || c > '~' || c == '\\':
			return -1
		}
		return c
	}, text)
	return text[:min(len(text), textMost)]
}

// short is a text of a request as an error may repeat it.
func short(text string) string { return strings.ToValidUTF8(text[:min(len(text), 40)], "") }

// refuse answers with an error in JSON.
func (p *Provider) refuse(w http.ResponseWriter, r *http.Request, err error) {
	e := p.told(err)
	if e.name == fosite.ErrInvalidClient.ErrorField {
		p.config.Log.Warn("a program has not proved who it is", "client", short(r.PostForm.Get("client_id")), "path", r.URL.Path)
		if r.Header.Get("Authorization") != "" {
			w.Header().Set("WWW-Authenticate", `Basic realm="yitong"`)
		}
	}
	if e.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	answer(w, e.status, map[string]string{"error": e.name, "error_description": e.text})
}

// answer writes JSON that nobody keeps.
func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // it fails when the connection is broken
}

// noted logs an error that nobody expected, on its way to the person.
func (p *Provider) noted(err error) error {
	if fault.CodeOf(err) == fault.Internal {
		p.config.Log.Error("an authorization has failed", "cause", causes(err))
	}
	return err
}

// foreign refuses a form that does not come from a page of the platform.
func (p *Provider) foreign(w http.ResponseWriter, r *http.Request) {
	p.config.Desk.Fail(w, r, fault.New(fault.Forbidden, "This form was not sent from a page of the platform. Begin again at the program."))
}
