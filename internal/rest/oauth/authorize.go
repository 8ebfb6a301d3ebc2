package oauth

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/ory/fosite"

	"yitong/internal/account"
	"yitong/internal/account/smart"
	"yitong/internal/fault"
)

// methodS256 is the only way in which a code is bound to who asked for it (RFC 7636; OAuth 2.1, 7.5.2).
const methodS256 = "S256"

// stateLeast is the least length of a state that nobody guesses.
const stateLeast = 8

// queryMost bounds the parameters of a request in bytes.
const queryMost = 16 << 10

var challenge = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`) // SHA-256 in base64url

// asking is an authorization that a program asks for. Where it came to be, the program and the address that the answer goes
// to are known.
type asking struct {
	query   url.Values
	client  *account.Client
	request *fosite.AuthorizeRequest
	scopes  smart.Scopes // asked for, cut to what the program may have
	prompt  []string
	most    time.Duration // since the person last showed who they are; negative for any

	made *choices           // by the person so far; nil at the beginning
	who  *account.Signed    // who is asked
	as   *account.Principal // as what
	about
}

// about is whom and what an authorization is about.
type about struct {
	resident  *Resident // nil for nobody in particular
	encounter string    // Encounter/…, of an EHR launch
	launch    string    // id of the launch, which is used up with the code
}

// asking reads who asks and where the answer goes. Its errors are for the person: nothing may be sent anywhere.
func (p *Provider) asking(ctx context.Context, query url.Values) (*asking, error) {
	if len(query["client_id"]) != 1 || len(query["redirect_uri"]) != 1 {
		return nil, fault.New(fault.Malformed, "The program that led here has not said which it is and where to lead back to. Tell whoever offers it.")
	}
	c, err := p.accounts.Client(ctx, query.Get("client_id"))
	if fault.CodeOf(err) == fault.NotFound {
		return nil, fault.New(fault.NotFound, "The program that led here is not registered. Tell whoever offers it.")
	}
	if err != nil {
		return nil, err
	}
	if err := c.Open(p.config.Now()); err != nil {
		return nil, err
	}
	address := query.Get("redirect_uri")
	if !redirects(c, address) {
		return nil, fault.New(fault.Forbidden, "The program wants to lead back to an address that is not registered for it. This may be an attempt to deceive you: do not go on.")
	}
	to, err := url.Parse(address)
	if err != nil {
		return nil, fault.New(fault.Malformed, "The address to lead back to cannot be read.")
	}
	a := &asking{query: query, client: c, most: -1, request: fosite.NewAuthorizeRequest()}
	a.request.Client, a.request.RedirectURI, a.request.State = client{c, p.config.Lifetimes}, to, query.Get("state")
	return a, nil
}

// read takes up the rest of the request. Its errors are for the program.
func (p *Provider) read(ctx context.Context, a *asking) error {
	for name, values := range a.query {
		if len(values) > 1 {
			return fosite.ErrInvalidRequest.WithHintf("The parameter %s is given more than once.", short(name))
		}
	}
	switch {
	case a.query.Has("request"):
		return fosite.ErrRequestNotSupported
	case a.query.Has("request_uri"):
		return fosite.ErrRequestURINotSupported
	case len(a.query.Get("state")) < stateLeast:
		return fosite.ErrInvalidRequest.WithHintf("state is new for every request, and at least %d characters long.", stateLeast)
	}
	got, err := p.fosite.NewAuthorizeRequest(ctx, &http.Request{Method: http.MethodGet, URL: &url.URL{RawQuery: a.query.Encode()}})
	if err != nil {
		return err
	}
	a.request = got.(*fosite.AuthorizeRequest)
	if aud := strings.TrimSuffix(a.query.Get("aud"), "/"); aud != p.base() {
		return fosite.ErrInvalidRequest.WithHintf("aud names the record that the program wants to read: %s.", p.base())
	}
	if a.query.Get("code_challenge_method") != methodS256 || !challenge.MatchString(a.query.Get("code_challenge")) {
		return fosite.ErrInvalidRequest.WithHint("A code is bound by PKCE: code_challenge is the SHA-256 of a verifier in base64url, code_challenge_method is S256.")
	}
	if a.scopes, err = granted(a.client, a.query.Get("scope")); err != nil {
		return err
	}
	if a.query.Has("launch") != a.scopes.Has(smart.Launch) {
		return fosite.ErrInvalidRequest.WithHint("The scope launch and the parameter launch go together, for a program that was launched from here.")
	}
	return a.readPrompt()
}

// granted are the scopes of a text that a client may have. It is invalid_scope if nothing is left that makes sense.
func granted(c *account.Client, text string) (smart.Scopes, error) {
	asked, err := smart.Parse(text)
	if err != nil {
		return asked, fosite.ErrInvalidScope.WithHint(fault.From(err).Message).WithWrap(err)
	}
	most, err := smart.Parse(c.Scopes)
	if err != nil {
		return asked, err
	}
	left := asked.Within(most)
	if _, err := smart.Parse(left.String()); err != nil { // written in one form, they may be too long to be read again
		return left, fosite.ErrInvalidScope.WithHint(fault.From(err).Message).WithWrap(err)
	}
	if !useful(left) {
		return left, fosite.ErrInvalidScope.WithHint("None of the scopes is one that the client is registered for and that allows something.")
	}
	return left, nil
}

// useful tells whether scopes allow something by themselves.
func useful(s smart.Scopes) bool { return len(s.Resources) > 0 || s.Has(smart.OpenID) }

// readPrompt reads what OpenID Connect lets a program wish for (Core, 3.1.2.1).
func (a *asking) readPrompt() error {
	a.prompt = strings.Fields(a.query.Get("prompt"))
	for _, one := range a.prompt {
		if !slices.Contains([]string{"none", "login", "consent", "select_account"}, one) {
			return fosite.ErrInvalidRequest.WithHint("prompt is none, or some of login, consent and select_account.")
		}
	}
	if a.wishes("none") && len(a.prompt) > 1 {
		return fosite.ErrInvalidRequest.WithHint("prompt is none, or something else, not both.")
	}
	if text := a.query.Get("max_age"); text != "" {
		seconds, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			return fosite.ErrInvalidRequest.WithHint("max_age is a number of seconds.")
		}
		a.most = time.Duration(seconds) * time.Second
	}
	return nil
}

func (a *asking) wishes(prompt string) bool { return slices.Contains(a.prompt, prompt) }

// authorize begins an authorization (OAuth 2.1, 4.1.1).
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	p.proceed(w, r, nil)
}

// proceed goes through an authorization as far as it comes: who it is, whom it is about, whether the program may. made are
// the choices of the person so far, nil at the beginning.
func (p *Provider) proceed(w http.ResponseWriter, r *http.Request, made *choices) {
	w.Header().Set("Cache-Control", "no-store")
	query, err := made.query(r)
	if err != nil {
		p.config.Desk.Fail(w, r, err)
		return
	}
	a, err := p.asking(r.Context(), query)
	if err != nil {
		p.config.Desk.Fail(w, r, p.noted(err))
		return
	}
	if err := p.read(r.Context(), a); err != nil {
		p.sendBack(w, r, a, err)
		return
	}
	if a.made = made; !p.person(w, r, a) {
		return
	}
	if made != nil && made.Session != a.who.Session.ID { // of another person or role: from the beginning
		http.Redirect(w, r, pathAuthorize+"?"+query.Encode(), http.StatusSeeOther)
		return
	}
	known, err := p.whom(w, r, a)
	if err == nil && known {
		err = p.consent(w, r, a)
	}
	if err != nil {
		p.sendBack(w, r, a, err)
	}
}

// issue gives the program its code, and carries out what goes with it.
func (p *Provider) issue(w http.ResponseWriter, r *http.Request, a *asking, allowed smart.Scopes, beside ...step) error {
	f := p.begin(a, allowed)
	a.request.SetID(uuid.Must(uuid.NewV7()).String()) // so that the oldest of a person come first
	a.request.RequestedScope, a.request.GrantedScope = allowed.List(), allowed.List()
	if a.launch != "" {
		beside = append(beside, strike(kindLaunch, a.launch, errLaunch()))
	}
	if err := p.room(r.Context(), f.Account); err != nil {
		return err
	}
	beside = append(beside, p.allowed(a, f))
	var answer fosite.AuthorizeResponder
	err := p.records.together(r.Context(), func(ctx context.Context) (err error) {
		if answer, err = p.fosite.NewAuthorizeResponse(ctx, a.request, f); err != nil {
			return err
		}
		return p.records.add(ctx, beside...)
	})
	if err != nil {
		return err
	}
	answer.AddParameter("iss", p.config.Issuer) // RFC 9207
	p.fosite.WriteAuthorizeResponse(r.Context(), w, a.request, answer)
	return nil
}

// begin is the family of an authorization.
func (p *Provider) begin(a *asking, allowed smart.Scopes) *family {
	now := p.config.Now()
	f := &family{
		Client: a.client.ID, Account: a.who.Account.ID, Acting: a.as.Source, Scopes: allowed.String(), Encounter: a.encounter,
		Nonce: a.query.Get("nonce"), Methods: a.who.Session.Methods, Shown: a.who.Session.Shown, Began: now,
		Ends: now.Add(p.config.Lifetimes.Code + p.config.Lifetimes.Access),
	}
	if a.resident != nil {
		f.Patient = a.resident.Reference
	}
	switch {
	case allowed.Has(smart.OfflineAccess):
		f.Ends = now.Add(p.config.Lifetimes.Offline)
	case allowed.Has(smart.OnlineAccess):
		f.Session, f.Ends = a.who.Session.Line, a.who.Session.Ends
	}
	return f
}

// familiesMost bounds what one person has allowed at a time; beyond them the oldest end.
const familiesMost = 300

// room ends the oldest families of an account that has very many.
func (p *Provider) room(ctx context.Context, owner string) error {
	items, err := p.records.db.Owned(ctx, account.KindFamily, owner, "", 2*familiesMost)
	if err != nil || len(items) < familiesMost {
		return err
	}
	var steps []step
	for _, i := range items[:len(items)-familiesMost+1] {
		steps = append(steps, strike(account.KindFamily, i.ID, nil))
	}
	err = p.records.write(ctx, steps...)
	p.accounts.Forget()
	return err
}

// sendBack leads back to the program with an error (RFC 6749, 4.1.2.1; RFC 9207).
func (p *Provider) sendBack(w http.ResponseWriter, r *http.Request, a *asking, err error) {
	e := p.told(err)
	to := *a.request.RedirectURI
	q := to.Query()
	q.Set("error", e.name)
	q.Set("error_description", e.text)
	q.Set("iss", p.config.Issuer)
	if a.request.State != "" {
		q.Set("state", a.request.State)
	}
	to.RawQuery = q.Encode()
	w.Header().Set("Location", to.String())
	w.WriteHeader(http.StatusSeeOther)
}
