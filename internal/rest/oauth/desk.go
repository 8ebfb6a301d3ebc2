package oauth

import (
	"net/http"

	"yitong/internal/account"
	"yitong/internal/account/smart"
)

// Desk is what the person sees of an authorization: package auth draws it.
type Desk interface {
	// Person is who has signed in and as what. Where that is nobody, or no role has been chosen, it answers the request
	// itself, by leading to the sign-in and back, and gives nil. With again, the person signs in anew even so.
	Person(w http.ResponseWriter, r *http.Request, again bool) (*account.Signed, *account.Principal)
	// Choose asks whom it is about: for a SMART launch/patient. The form posts to /oauth/authorize: decision=patient,
	// patient=Patient/…, and state; or decision=search, q and state to look for others; or decision=deny and state. A wrong
	// choice comes back as Choice.Error.
	Choose(w http.ResponseWriter, r *http.Request, c Choice)
	// Consent asks whether the program may. The form posts to /oauth/authorize: decision=allow or deny, state, and scope
	// once for each of the sentences that are left ticked.
	Consent(w http.ResponseWriter, r *http.Request, c Consent)
	// Fail tells of a request that cannot be answered by a redirect, such as of a client that is not known.
	Fail(w http.ResponseWriter, r *http.Request, err error)
}

// Program is a client as the person reads of it.
type Program struct {
	Name, English string // in Chinese and in English
	Institution   string // the name of who answers for it
	Host          string // where the answer goes: the host of the redirect address, or its scheme
	Back          string // the same for a page's form-action, which browsers apply to redirects too: https://host or scheme:
}

// Choice asks for a resident.
type Choice struct {
	Program Program
	State   string
	Likely  []Resident // whom the person can act for, or looks for: to be chosen from
	Search  bool       // the person is of staff and may look for others, by q
	Query   string     // what was looked for
	Error   string     // why the last choice or search was not taken
}

// Resident is one to be chosen.
type Resident struct {
	Reference string // Patient/…
	Name      string
	Birth     string
	Gender    string
	Number    string // masked
}

// Consent asks whether a program may do what it asks for.
type Consent struct {
	Program  Program
	Resident *Resident // whom it is about; nil if about nobody in particular
	State    string
	Wishes   []Wish
	Remains  bool // the program may come back while the person is away (offline_access)
}

// Wish is one scope in plain words.
type Wish struct {
	Scope    string
	Sentence smart.Sentence
	Needed   bool // without it there is no sign-in at all: openid, fhirUser, launch
}
