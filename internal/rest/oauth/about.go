package oauth

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"github.com/ory/fosite"

	"yitong/internal/account/smart"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// Patients finds in the record whom and what an authorization is about, always as the person who is asked: nobody learns
// here of somebody whom they could not see otherwise.
type Patients interface {
	// Resident is a Patient. The error is NotFound, Gone or Forbidden where the person may not see it.
	Resident(ctx context.Context, as gate.Actor, who fhir.Ref) (Resident, error)
	// Find are at most so many Patients with a name or a number.
	Find(ctx context.Context, as gate.Actor, text string, most int) ([]Resident, error)
	// Subject is the Patient of an Encounter. The error is as that of Resident.
	Subject(ctx context.Context, as gate.Actor, encounter fhir.Ref) (fhir.Ref, error)
	// Called is the name of an institution, such as of Organization/….
	Called(ctx context.Context, as gate.Actor, institution string) (string, error)
}

// foundMost bounds the residents of one search.
const foundMost = 20

// whom finds out whom it is about: oneself, whom one acts for, who was open where the program was launched, or whom the
// person chooses. It tells false where it has answered the request by asking.
func (p *Provider) whom(w http.ResponseWriter, r *http.Request, a *asking) (known bool, err error) {
	if a.made != nil && a.made.decision == "deny" {
		return false, errDenied()
	}
	patient := a.as.Resident
	if a.scopes.Has(smart.Launch) {
		l, id, err := p.launched(r.Context(), a.query.Get("launch"), a.who.Account.ID, a.client.ID)
		if err != nil {
			return false, err
		}
		if patient != "" && l.Patient != "" && patient != l.Patient {
			return false, errLaunch()
		}
		a.encounter, a.launch = l.Encounter, id
		patient = cmp.Or(l.Patient, patient)
	}
	switch {
	case patient != "":
		if err := p.see(r.Context(), a, patient); err != nil {
			return false, unseenBy(err)
		}
	case !needsPatient(a.scopes):
	case a.made == nil || a.made.Patient == "" || a.made.decision == "search":
		return false, p.choose(w, r, a, nil)
	default:
		if err := p.see(r.Context(), a, a.made.Patient); err != nil {
			return false, p.choose(w, r, a, err)
		}
	}
	return true, nil
}

// see looks the resident up whom it is about.
func (p *Provider) see(ctx context.Context, a *asking, patient string) error {
	ref := refOf(patient, "Patient")
	if ref == (fhir.Ref{}) {
		return fault.New(fault.NotFound, "%q is no resident of the record.", short(patient))
	}
	one, err := p.config.Patients.Resident(ctx, a.as.Actor(), ref)
	if err == nil {
		a.resident = &one
	}
	return err
}

// unseenBy is what a program is told where the person may not see whom it is about.
func unseenBy(err error) error {
	if c := fault.CodeOf(err); c == fault.Internal || c == fault.Unavailable {
		return err
	}
	return fosite.ErrAccessDenied.WithHint("The person may not see the resident whom this is about.").WithWrap(err)
}

// needsPatient tells whether scopes are about one resident.
func needsPatient(s smart.Scopes) bool {
	for _, one := range s.Resources {
		if one.Context == smart.Patient {
			return true
		}
	}
	return s.Has(smart.LaunchPatient)
}

// choose asks whom it is about; wrong is why the last choice was not taken. It gives an error where it may not ask.
func (p *Provider) choose(w http.ResponseWriter, r *http.Request, a *asking, wrong error) error {
	if a.wishes("none") {
		return fosite.ErrInteractionRequired.WithHint("The person has to choose a resident.")
	}
	c := Choice{Program: p.program(r.Context(), a), State: p.seal(a.so()), Search: true}
	if a.made != nil {
		c.Query = strings.TrimSpace(a.made.form.Get("q"))
	}
	if c.Query != "" {
		c.Likely, wrong = p.config.Patients.Find(r.Context(), a.as.Actor(), c.Query, foundMost)
	}
	if wrong != nil {
		if c := fault.CodeOf(wrong); c == fault.Internal || c == fault.Unavailable {
			return wrong
		}
		c.Error = fault.From(wrong).Message
	}
	p.config.Desk.Choose(w, r, c)
	return nil
}

// refOf reads the name of a resource of a type; the zero Ref for anything else.
func refOf(text, kind string) fhir.Ref {
	if r := fhir.ParseReference(text); r.Kind == fhir.ReferenceLocal && r.Ref.Type.String() == kind {
		return r.Ref
	}
	return fhir.Ref{}
}
