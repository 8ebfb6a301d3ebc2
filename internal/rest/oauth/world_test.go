package oauth_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/rest/oauth"
	"yitong/internal/store"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// world is a platform with a few people and programs, at a time that only the test moves on.
type world struct {
	testing.TB
	db       store.DB
	gate     *gate.Gate
	box      *account.Box
	clock    *clock
	phones   *phones
	accounts *account.Accounts
	provider *oauth.Provider
	issuer   string
}

// eachDatabase runs a test in a world of its own on each database, side by side.
func eachDatabase(t *testing.T, test func(*testing.T, world)) {
	t.Helper()
	databases.Each(t, func(t *testing.T, db store.DB) { test(t, newWorld(t, db)) })
}

func newWorld(t testing.TB, db store.DB) world {
	t.Helper()
	w := world{TB: t, db: db, gate: gate.New(db, gate.Config{References: true}), phones: &phones{}}
	w.clock = &clock{now: time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)}
	w.box = must(account.NewBox(make([]byte, account.KeyBytes)))(t)
	w.put(
		`{"resourceType":"Organization","id":"a","name":"甲医院"}`,
		`{"resourceType":"Practitioner","id":"wang","name":[{"text":"王医生"}]}`,
		`{"resourceType":"PractitionerRole","id":"wang-a","active":true,"practitioner":{"reference":"Practitioner/wang"},"organization":{"reference":"Organization/a"},
			"code":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/practitioner-role","code":"doctor"}]}]}`,
		person("li", "李小明", "110101199001011237", "13900000001"),
		person("chen", "陈芳", "110101199002021245", "13900000002"),
		`{"resourceType":"Encounter","id":"visit",`+atA+`"status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/li"}}`,
	)
	w = w.node()
	return w
}

// atA says that institution a answers for a resource.
const atA = `"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/a"}}]},`

// node is the world as one more server of the platform sees it.
func (w world) node() world {
	w.Helper()
	listener := must(net.Listen("tcp", "127.0.0.1:0"))(w)
	if w.issuer == "" {
		w.issuer = "http://" + listener.Addr().String()
	}
	g := gate.New(w.db, gate.Config{References: true})
	w.accounts = must(account.New(w.db, g, account.Config{
		Box: w.box, Work: account.Work{Memory: 64, Passes: 1, Lanes: 1}, Now: w.clock.Now, Sender: w.phones, Issuer: "Yitong",
	}))(w)
	w.provider = oauth.New(w.accounts, w.db, w.box, oauth.Config{
		Issuer: w.issuer, Desk: desk{w.accounts}, Patients: oauth.Record(g), Log: slog.New(slog.NewTextHandler(w.Output(), nil)),
	})
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: w.provider.Handler()}}
	server.Start()
	w.Cleanup(server.Close)
	return w
}

func person(id, name, number, phone string) string {
	return fmt.Sprintf(`{"resourceType":"Patient","id":%q,`+atA+`"active":true,"name":[{"text":%q}],"birthDate":"1990-01-01",
		"identifier":[{"system":%q,"value":%q}],"telecom":[{"system":"phone","value":%q}]}`, id, name, card, number, phone)
}

const card = "urn:oid:2.16.156.10011.1.3" // the resident identity card

// put writes resources as the registry.
func (w world) put(things ...string) {
	w.Helper()
	var ops []gate.Op
	for _, text := range things {
		r := must(fhir.ParseResource([]byte(text)))(w)
		ops = append(ops, gate.Op{Kind: gate.Update, Type: r.Type, ID: r.Root.Get("id").Str(), Resource: r})
	}
	s := w.gate.Session(gate.Actor{Reference: "Device/registry", Access: gate.Whole()})
	must(s.Apply(w.Context(), ops, nil))(w)
}

// li signs in as a resident, who acts for themself. It gives the session's token.
func (w world) li() string { return w.resident("13900000001", "李小明", "110101199001011237") }

func (w world) chen() string { return w.resident("13900000002", "陈芳", "110101199002021245") }

func (w world) resident(phone, name, number string) string {
	w.Helper()
	ctx := w.Context()
	good(w, w.accounts.SendCode(ctx, phone, here))
	token := must(w.accounts.SignInByCode(ctx, phone, w.phones.code(), here))(w)
	s := must(w.accounts.Signed(ctx, token))(w)
	if s.Account.Person != "" {
		if token, err := w.accounts.Act(ctx, s, s.Account.Person); err == nil {
			return token
		}
	}
	return must(w.accounts.VerifyName(ctx, s, account.Claim{Name: name, System: card, Number: number}, here))(w) // for the first time, or anew
}

// wang signs in for the first time as a doctor of institution a.
func (w world) wang() string {
	w.Helper()
	ctx := w.Context()
	id := must(w.accounts.Create(ctx, account.Console, account.Account{Name: "wang", Called: "王医生", Person: "Practitioner/wang"}))(w)
	code := must(w.accounts.Invite(ctx, account.Console, id, false))(w)
	token := must(w.accounts.Accept(ctx, "wang", code, "青椒 火车 月亮 键盘 茶杯 山路", here))(w)
	s := must(w.accounts.Signed(ctx, token))(w)
	_, secret, err := w.accounts.Seed(ctx, s)
	good(w, err)
	s = must(w.accounts.Signed(ctx, token))(w)
	token, _, err = w.accounts.ConfirmSeed(ctx, s, must(totp.GenerateCode(secret, w.clock.Now()))(w), here)
	good(w, err)
	s = must(w.accounts.Signed(ctx, token))(w)
	return must(w.accounts.Act(ctx, s, "PractitionerRole/wang-a#doctor"))(w)
}

// account is the account of a session.
func (w world) account(session string) string {
	w.Helper()
	return must(w.accounts.Signed(w.Context(), session))(w).Account.ID
}

var here = account.From{Address: netip.MustParseAddr("192.0.2.1"), Agent: "Firefox"}

// clock is a time that stands still until it is moved on.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// phones keep the last code that was sent.
type phones struct {
	mu   sync.Mutex
	last string
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

func (p *phones) Send(_ context.Context, _, text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = sixDigits.FindString(text)
	return nil
}

func (p *phones) code() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

// desk is who asks people in these tests: what a page would show is the answer, as JSON.
type desk struct{ accounts *account.Accounts }

// page is what was shown.
type page struct {
	Choice  *oauth.Choice
	Consent *oauth.Consent
	Failed  string
}

func (d desk) Person(w http.ResponseWriter, r *http.Request, again bool) (*account.Signed, *account.Principal) {
	c, err := r.Cookie("yitong")
	if err == nil && !again {
		s, err := d.accounts.Signed(r.Context(), c.Value)
		if err == nil {
			if p, err := d.accounts.Acting(r.Context(), s); err == nil {
				return s, p
			}
		}
	}
	http.Redirect(w, r, "/auth/sign-in?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
	return nil, nil
}

func (d desk) Choose(w http.ResponseWriter, _ *http.Request, c oauth.Choice) {
	json.NewEncoder(w).Encode(page{Choice: &c})
}

func (d desk) Consent(w http.ResponseWriter, _ *http.Request, c oauth.Consent) {
	json.NewEncoder(w).Encode(page{Consent: &c})
}

func (d desk) Fail(w http.ResponseWriter, _ *http.Request, err error) {
	w.WriteHeader(http.StatusBadRequest)
	json.NewEncoder(w).Encode(page{Failed: string(fault.CodeOf(err)) + ": " + err.Error()})
}

// app is a program with a browser in which somebody may have signed in.
type app struct {
	world
	client   account.Client
	secret   string // sent by client_secret_basic
	session  string // token
	redirect string
}

const (
	back     = "https://app.example.cn/back"
	verifier = "a-verifier-of-the-code-that-is-long-enough-to-be-taken"
	most     = "openid profile fhirUser launch launch/patient launch/encounter offline_access online_access patient/*.cruds user/*.rs"
)

// public registers a program that can keep no secret.
func (w world) public(id string) app {
	return w.register(account.Client{ID: id, Redirects: []string{back}})
}

// confidential registers one with a secret.
func (w world) confidential(id string) app {
	secret, digest := account.NewSecret()
	a := w.register(account.Client{ID: id, Redirects: []string{back}, Secret: digest})
	a.secret = secret
	return a
}

func (w world) register(c account.Client) app {
	w.Helper()
	if c.Name == "" {
		c.Name, c.English = "血压日记", "Blood pressure diary"
	}
	if c.Scopes == "" {
		c.Scopes = most
	}
	c.Institution, c.Expires = "Organization/a", w.clock.Now().AddDate(2, 0, 0)
	must(w.accounts.Register(w.Context(), account.Console, c))(w)
	return app{world: w, client: c, redirect: back}
}

// by is the program in the browser of a session.
func (a app) by(session string) app {
	a.session = session
	return a
}

// on is the program at another server.
func (a app) on(w world) app {
	a.world = w
	return a
}

// query asks for scopes as a program should; changes are name=value, or name to leave out.
func (a app) query(scopes string, changes ...string) url.Values {
	sum := sha256.Sum256([]byte(verifier))
	q := url.Values{
		"response_type": {"code"}, "client_id": {a.client.ID}, "redirect_uri": {a.redirect}, "scope": {scopes},
		"state": {"state-of-the-program"}, "aud": {a.issuer + "/fhir"}, "nonce": {"nonce-of-the-program"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	return changed(q, changes)
}

func changed(q url.Values, changes []string) url.Values {
	for _, c := range changes {
		name, value, has := strings.Cut(c, "=")
		if has {
			q.Set(name, value)
		} else {
			q.Del(name)
		}
	}
	return q
}

// got is an answer.
type got struct {
	*http.Response
	body []byte
}

func (g got) page(t testing.TB) (p page) {
	t.Helper()
	good(t, json.Unmarshal(g.body, &p))
	return p
}

// back are the parameters with which the answer leads back to the program; nil if it does not.
func (g got) back(redirect string) url.Values {
	to := g.Header.Get("Location")
	rest, is := strings.CutPrefix(to, redirect+"?")
	if g.StatusCode != http.StatusSeeOther || !is {
		return nil
	}
	q, _ := url.ParseQuery(rest)
	return q
}

var browser = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// send sends a request with headers name: value.
func (w world) send(method, address, body string, headers ...string) got {
	w.Helper()
	if strings.HasPrefix(address, "/") {
		address = w.issuer + address
	}
	r := must(http.NewRequestWithContext(w.Context(), method, address, strings.NewReader(body)))(w)
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	answer := must(browser.Do(r))(w)
	defer answer.Body.Close()
	return got{answer, must(io.ReadAll(answer.Body))(w)}
}

// visit is what the person gets who is led to the authorization.
func (a app) visit(q url.Values) got {
	a.Helper()
	return a.send("GET", "/oauth/authorize?"+q.Encode(), "", "Cookie: yitong="+a.session)
}

// answer sends a form of a page of the platform.
func (a app) answer(form url.Values) got {
	a.Helper()
	return a.send("POST", "/oauth/authorize", form.Encode(), "Cookie: yitong="+a.session, "Sec-Fetch-Site: same-origin")
}

// allow goes through the pages: the resident is chosen if it is asked for, all is left ticked but for some scopes. It gives
// the parameters of the answer to the program.
func (a app) allow(q url.Values, patient string, unticked ...string) url.Values {
	a.Helper()
	g := a.visit(q)
	for range 3 {
		if back := g.back(a.redirect); back != nil {
			return back
		}
		p := g.page(a)
		switch {
		case p.Choice != nil:
			g = a.answer(url.Values{"decision": {"patient"}, "patient": {patient}, "state": {p.Choice.State}})
		case p.Consent != nil:
			form := url.Values{"decision": {"allow"}, "state": {p.Consent.State}}
			for _, wish := range p.Consent.Wishes {
				if !slices.Contains(unticked, wish.Scope) {
					form.Add("scope", wish.Scope)
				}
			}
			g = a.answer(form)
		default:
			a.Fatalf("the authorization failed: %s", g.body)
		}
	}
	back := g.back(a.redirect)
	if back == nil {
		a.Fatalf("the authorization does not end: %d %s", g.StatusCode, g.body)
	}
	return back
}

// code is a code for scopes.
func (a app) code(scopes string, changes ...string) string {
	a.Helper()
	back := a.allow(a.query(scopes, changes...), "Patient/li")
	if back.Get("code") == "" {
		a.Fatalf("there is no code: %v", back)
	}
	return back.Get("code")
}

// tokens is the answer of the token endpoint.
type tokens struct {
	status int
	header http.Header

	Access   string `json:"access_token"`
	Type     string `json:"token_type"`
	Expires  int    `json:"expires_in"`
	Refresh  string `json:"refresh_token"`
	Scope    string `json:"scope"`
	Identity string `json:"id_token"`
	Patient  string `json:"patient"`
	Visit    string `json:"encounter"`
	Banner   bool   `json:"need_patient_banner"`
	Error    string `json:"error"`
	Text     string `json:"error_description"`
}

// ask posts to the token endpoint.
func (a app) ask(form url.Values) (t tokens) {
	a.Helper()
	g := a.post("/oauth/token", form)
	t.status, t.header = g.StatusCode, g.Header
	good(a, json.Unmarshal(g.body, &t))
	return t
}

// post sends a form as the program does.
func (a app) post(path string, form url.Values) got {
	a.Helper()
	var headers []string
	switch {
	case form.Has("client_id") || form.Has("client_assertion"):
	case a.secret != "":
		basic := base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(a.client.ID) + ":" + url.QueryEscape(a.secret)))
		headers = append(headers, "Authorization: Basic "+basic)
	default:
		form.Set("client_id", a.client.ID)
	}
	return a.send("POST", path, form.Encode(), headers...)
}

// redeem asks for tokens for a code.
func (a app) redeem(code string, changes ...string) tokens {
	a.Helper()
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {a.redirect}, "code_verifier": {verifier}}
	return a.ask(changed(form, changes))
}

// renew asks for tokens for a refresh token.
func (a app) renew(refresh string, changes ...string) tokens {
	a.Helper()
	return a.ask(changed(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}}, changes))
}

// tokens goes all the way.
func (a app) tokens(scopes string) tokens {
	a.Helper()
	t := a.redeem(a.code(scopes))
	if t.status != http.StatusOK {
		a.Fatalf("no tokens: %+v", t)
	}
	return t
}

// holds tells whether a bearer token is one.
func (w world) holds(token string) bool {
	w.Helper()
	w.accounts.Forget()
	_, err := w.provider.Principal(w.Context(), token)
	if err != nil && fault.CodeOf(err) != fault.Unknown {
		w.Fatal(err)
	}
	return err == nil
}

// refused fails the test unless the answer is an error of a name.
func (t tokens) refused(on testing.TB, name string) {
	on.Helper()
	if t.Error != name || t.status < 400 || t.Access != "" || t.Refresh != "" {
		on.Errorf("got %+v, want the error %s", t, name)
	}
}

// must fails the test for an error, and gives the value on.
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// good fails the test for an error.
func good(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
