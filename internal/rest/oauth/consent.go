package oauth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/ory/fosite"

	"yitong/internal/account"
	"yitong/internal/account/smart"
	"yitong/internal/fault"
)

// choices are what the person has been asked and has answered so far. They travel sealed, in a field of the forms.
type choices struct {
	Query   string    `json:"query"`   // with which the program began
	Session string    `json:"session"` // id of the session that may go on with it
	Patient string    `json:"patient,omitempty"`
	Until   time.Time `json:"until"`

	decision string     // how the form was sent: patient, search, allow or deny
	form     url.Values // all of it
}

// choicesTime is how long a page may be looked at.
const choicesTime = 10 * time.Minute

const aboutChoices = "oauth choices"

// query are the parameters with which the program began.
func (c *choices) query(r *http.Request) (url.Values, error) {
	raw := r.URL.RawQuery
	if c != nil {
		raw = c.Query
	}
	q, err := url.ParseQuery(raw)
	if err != nil || len(raw) > queryMost {
		return nil, fault.New(fault.Malformed, "The program that led here has sent what cannot be read. Tell whoever offers it.")
	}
	return q, nil
}

// seal makes the state of a page of choices that have been made.
func (p *Provider) seal(c choices) string {
	c.Until = p.config.Now().Add(choicesTime)
	text, _ := json.Marshal(c) // strings and a time can be written
	return base64.RawURLEncoding.EncodeToString(p.box.Seal(aboutChoices, text))
}

// unseal opens the state of a page. The error is Precondition for one that was not made here, or is too old.
func (p *Provider) unseal(state string) (*choices, error) {
	var c choices
	sealed, err := base64.RawURLEncoding.DecodeString(state)
	if err == nil {
		sealed, err = p.box.Open(aboutChoices, sealed)
	}
	if err == nil {
		err = json.Unmarshal(sealed, &c)
	}
	if err != nil || !p.config.Now().Before(c.Until) {
		return nil, fault.New(fault.Precondition, "The page was open for too long. Go back to the program and begin again there.").Because(err)
	}
	return &c, nil
}

// answered leads forms of our pages on, and turns what a program posts into what it could have asked for by an address
// (SMART's authorize-post).
func (p *Provider) answered(own http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if err := posted(w, r); err != nil {
			p.config.Desk.Fail(w, r, fault.New(fault.Malformed, "The form cannot be read."))
			return
		}
		if r.PostForm.Has("decision") {
			own.ServeHTTP(w, r)
			return
		}
		http.Redirect(w, r, pathAuthorize+"?"+r.PostForm.Encode(), http.StatusSeeOther)
	})
}

// decide takes the answer of the person up.
func (p *Provider) decide(w http.ResponseWriter, r *http.Request) {
	made, err := p.unseal(r.PostForm.Get("state"))
	if err != nil {
		p.config.Desk.Fail(w, r, err)
		return
	}
	made.decision, made.form = r.PostForm.Get("decision"), r.PostForm
	if made.decision == "patient" {
		made.Patient = r.PostForm.Get("patient")
	}
	p.proceed(w, r, made)
}

// consent lets the program go on if the person has just allowed it, or has before; otherwise it asks.
func (p *Provider) consent(w http.ResponseWriter, r *http.Request, a *asking) error {
	ctx := r.Context()
	if a.made != nil && a.made.decision == "allow" {
		allowed := a.ticked(a.made.form["scope"])
		if !useful(allowed) {
			return errDenied()
		}
		remember, err := p.remember(ctx, a, allowed)
		if err != nil {
			return err
		}
		return p.issue(w, r, a, allowed, remember)
	}
	allowed, known, err := p.remembered(ctx, a)
	switch {
	case err != nil:
		return err
	case known && !a.wishes("consent"):
		return p.issue(w, r, a, allowed)
	case a.wishes("none"):
		return fosite.ErrConsentRequired
	}
	p.config.Desk.Consent(w, r, Consent{
		Program: p.program(ctx, a), Resident: a.resident, State: p.seal(a.so()),
		Wishes: a.list(), Remains: a.scopes.Has(smart.OfflineAccess),
	})
	return nil
}

func errDenied() error { return fosite.ErrAccessDenied.WithHint("The person has not allowed it.") }

// so are the choices that have been made by now.
func (a *asking) so() choices {
	c := choices{Query: a.query.Encode(), Session: a.who.Session.ID}
	if a.resident != nil {
		c.Patient = a.resident.Reference
	}
	return c
}

// needed are the scopes without which there is no sign-in at all.
var needed = []string{smart.OpenID, smart.Profile, smart.FHIRUser, smart.Launch, smart.LaunchPatient, smart.LaunchEncounter}

// list is what the program asks for in plain words.
func (a *asking) list() (wishes []Wish) {
	for _, o := range a.scopes.Others {
		wishes = append(wishes, Wish{o, smart.WordsOf(o), slices.Contains(needed, o)})
	}
	for _, s := range a.scopes.Resources {
		sentence := s.Sentence()
		if s.Context == smart.Patient && a.resident != nil && a.resident.Reference != a.as.Person {
			sentence = s.SentenceOf(smart.Another)
		}
		wishes = append(wishes, Wish{s.String(), sentence, false})
	}
	return wishes
}

// ticked are the scopes of the request that were left ticked; others are not given, whatever the form says.
func (a *asking) ticked(scopes []string) (allowed smart.Scopes) {
	for _, o := range a.scopes.Others {
		if slices.Contains(needed, o) || slices.Contains(scopes, o) {
			allowed.Others = append(allowed.Others, o)
		}
	}
	for _, s := range a.scopes.Resources {
		if slices.Contains(scopes, s.String()) {
			allowed.Resources = append(allowed.Resources, s)
		}
	}
	return allowed
}

// program is the client as the person reads of it.
func (p *Provider) program(ctx context.Context, a *asking) Program {
	to := a.request.RedirectURI
	g := Program{Name: a.client.Name, English: a.client.English, Host: to.Host, Back: account.Origin(to.String())}
	if to.Host == "" {
		g.Host, g.Back = to.Scheme, to.Scheme+":"
	}
	name, err := p.config.Patients.Called(ctx, a.as.Actor(), a.client.Institution)
	if g.Institution = name; err != nil {
		g.Institution = a.client.Institution
	}
	return g
}
