package oauth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"time"

	"github.com/ory/fosite"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
)

// launch is what was open where a person started a program (SMART App Launch 2.2, EHR launch).
type launch struct {
	Client    string `json:"client"`
	Patient   string `json:"patient,omitempty"`
	Encounter string `json:"encounter,omitempty"`
}

// launchTime is how long a program may take to ask.
const launchTime = 5 * time.Minute

// errLaunch is the refusal of a launch that does not hold.
func errLaunch() error {
	return fosite.ErrInvalidRequest.WithHint("The launch is not known, has been used or has run out, or belongs to another program, person or resident. Start the program again.")
}

// launchID is the id of a launch: the register does not know what the program gets.
func launchID(token string) string {
	sum := sha256.Sum256([]byte("launch\x00" + token))
	return hex.EncodeToString(sum[:])
}

// launch starts a program for somebody who has signed in: it leads to the program's own address, with a token by which it
// learns later what was open here. The form names client, patient and encounter.
func (p *Provider) launch(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if err := posted(w, r); err != nil {
		p.config.Desk.Fail(w, r, fault.New(fault.Malformed, "The form cannot be read."))
		return
	}
	who, as := p.config.Desk.Person(w, r, false)
	if who == nil || as == nil {
		return
	}
	to, l, err := p.launchable(r.Context(), as, r.PostForm)
	if err != nil {
		p.config.Desk.Fail(w, r, p.noted(err))
		return
	}
	b := make([]byte, 32)
	rand.Read(b)
	token := base64.RawURLEncoding.EncodeToString(b)
	i := store.Item{Kind: kindLaunch, ID: launchID(token), Owner: who.Account.ID, Until: p.config.Now().Add(launchTime)}
	if err := p.records.write(r.Context(), enter(i, l, errSpent)); err != nil {
		p.config.Desk.Fail(w, r, p.noted(err))
		return
	}
	q := to.Query()
	q.Set("iss", p.base())
	q.Set("launch", token)
	to.RawQuery = q.Encode()
	w.Header().Set("Location", to.String())
	w.WriteHeader(http.StatusSeeOther)
}

// launchable is where a program is started and with what, if the person may see it.
func (p *Provider) launchable(ctx context.Context, as *account.Principal, form url.Values) (*url.URL, *launch, error) {
	c, err := p.accounts.Client(ctx, form.Get("client"))
	if err == nil {
		err = c.Open(p.config.Now())
	}
	if err == nil && (c.Launch == "" || c.Backend) {
		err = fault.New(fault.NotSupported, "The program cannot be started from here: it has no launch address.")
	}
	if err != nil {
		return nil, nil, err
	}
	to, err := url.Parse(c.Launch)
	if err != nil {
		return nil, nil, fault.Wrap(err, "reading a launch address")
	}
	l := &launch{c.ID, form.Get("patient"), form.Get("encounter")}
	return to, l, p.visible(ctx, as, l)
}

// visible refuses a launch about what the person may not see, or about an encounter of somebody else.
func (p *Provider) visible(ctx context.Context, as *account.Principal, l *launch) error {
	patient := refOf(l.Patient, "Patient")
	if l.Patient != "" {
		if patient == (fhir.Ref{}) {
			return fault.New(fault.Malformed, "patient is such as Patient/123.")
		}
		if _, err := p.config.Patients.Resident(ctx, as.Actor(), patient); err != nil {
			return err
		}
	}
	if l.Encounter == "" {
		return nil
	}
	encounter := refOf(l.Encounter, "Encounter")
	if encounter == (fhir.Ref{}) {
		return fault.New(fault.Malformed, "encounter is such as Encounter/123.")
	}
	subject, err := p.config.Patients.Subject(ctx, as.Actor(), encounter)
	if err == nil && (subject != patient || l.Patient == "") {
		err = fault.New(fault.Unprocessable, "The encounter is not one of the resident that is named.")
	}
	return err
}

// launched is the launch of a token, if it belongs to a person and a program.
func (p *Provider) launched(ctx context.Context, token, person, client string) (launch, string, error) {
	var l launch
	id := launchID(token)
	i, err := p.records.standing(ctx, kindLaunch, id)
	if err != nil {
		return l, "", err
	}
	if !i.Exists() || i.Owner != person {
		return l, "", errLaunch()
	}
	if err := unmarshal(i, &l); err != nil {
		return l, "", err
	}
	if l.Client != client {
		return launch{}, "", errLaunch()
	}
	return l, id, nil
}
