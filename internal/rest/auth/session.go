package auth

import (
	"encoding/json"
	"net/http"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/gate"
)

// PathSession tells the browser app who is signed in (GET), takes as what the person acts from now on (POST, {"as": source}) and ends
// the session (DELETE).
const PathSession = "/auth/session"

// who is what the browser app knows of its person. It holds nothing that the person's own pages do not show.
type who struct {
	Signed   bool      `json:"signed"` // whether the sign-in is whole
	Called   string    `json:"called,omitempty"`
	Person   string    `json:"person,omitempty"` // who it is in the record
	Staff    bool      `json:"staff,omitempty"`
	Acts     *acting   `json:"acts,omitempty"` // nil for nothing yet
	Can      []acting  `json:"can,omitempty"`
	Ends     time.Time `json:"ends,omitzero"` // at the latest
	Language string    `json:"language"`
	Large    bool      `json:"large"`
	Zone     string    `json:"zone"`           // of the times that people read
	Help     *help     `json:"help,omitempty"` // nil where nobody helps by telephone
}

// help is by telephone.
type help struct {
	Phone      string `json:"phone"`
	Hours      string `json:"hours,omitempty"`
	Government bool   `json:"government,omitempty"` // it is the government's line for citizens
}

func (v *visit) help() *help {
	h := v.config.Help
	if h.Phone == "" {
		return nil
	}
	return &help{h.Phone, h.Hours.In(v.words.Code), h.Phone == governmentLine}
}

// acting is something that a person can act as.
type acting struct {
	Source      string    `json:"source"`
	Role        gate.Role `json:"role"`
	Institution string    `json:"institution,omitempty"` // its reference
	Resident    string    `json:"resident,omitempty"`    // the reference of oneself, or of whom one acts for
	Where       string    `json:"where,omitempty"`       // the name of the institution, or of whom one acts for
	Until       time.Time `json:"until,omitzero"`
}

func (v *visit) actingAs(c account.Capacity) acting {
	return acting{c.Source, c.Role, c.Institution, c.Resident, v.where(c), c.Until}
}

// session answers at [PathSession].
func (v *visit) session() error {
	switch v.r.Method {
	case http.MethodGet, http.MethodHead:
		return v.tellSession()
	case http.MethodPost, http.MethodDelete:
	default:
		v.w.Header().Set("Allow", "GET, HEAD, POST, DELETE")
		return fault.New(fault.NotAllowed, "A session takes GET, POST and DELETE.")
	}
	if err := v.foreign.Check(v.r); err != nil {
		return fault.New(fault.Forbidden, "A page of another site cannot do this in your name.").Because(err)
	}
	if v.signed == nil {
		return fault.New(fault.Unknown, "Nobody is signed in.")
	}
	if v.r.Method == http.MethodDelete {
		if err := v.accounts.SignOut(v.r.Context(), v.token); err != nil {
			return err
		}
		v.setCookie(v.w, v.r, sessionCookie, "", noLonger)
		v.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	var asked struct {
		As string `json:"as"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(v.w, v.r.Body, formMost)).Decode(&asked); err != nil {
		return fault.New(fault.Malformed, `Send {"as": …}, the source of what you want to act as.`).Because(err)
	}
	token, err := v.accounts.Act(v.r.Context(), v.signed, asked.As)
	if err != nil {
		return err
	}
	if err := v.adopt(token); err != nil {
		return err
	}
	return v.tellSession()
}

func (v *visit) tellSession() error {
	w := who{Language: v.words.Code, Large: v.cookie(v.r, sizeCookie) == "large", Zone: v.config.Zone.String(), Help: v.help()}
	if v.signed != nil && v.signed.Session.Stage == account.Whole {
		can, err := v.accounts.Capacities(v.r.Context(), &v.signed.Account)
		if err != nil {
			return err
		}
		w.Signed, w.Called, w.Staff, w.Ends = true, v.called(), v.signed.Account.Staff(), v.signed.Session.Ends
		for _, c := range can {
			one := v.actingAs(c)
			if w.Can = append(w.Can, one); c.Source == v.signed.Session.Acting {
				w.Acts = &one
			}
		}
		if p, err := v.accounts.Acting(v.r.Context(), v.signed); err == nil {
			w.Person = p.Person
		}
	}
	return v.answer(w)
}

// answer answers with JSON.
func (v *visit) answer(with any) error {
	text, err := json.Marshal(with)
	if err != nil {
		return fault.Wrap(err, "answering")
	}
	v.w.Header().Set("Content-Type", "application/json")
	_, _ = v.w.Write(text) // whoever has gone away needs no answer
	return nil
}

// failAnswer says in JSON what is wrong with a request of the browser app.
func (v *visit) failAnswer(err error) {
	p := v.problemOf("role", "", err)
	text, _ := json.Marshal(map[string]string{"code": string(fault.CodeOf(err)), "message": p.Text}) // texts are JSON
	v.w.Header().Set("Content-Type", "application/json")
	v.w.WriteHeader(p.Status)
	_, _ = v.w.Write(text)
}
