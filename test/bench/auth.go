package bench

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v3"
	"github.com/go-jose/go-jose/v3/jwt"
	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"

	"yitong/internal/account"
	"yitong/internal/app"
	"yitong/internal/gate"
	"yitong/internal/rest/oauth"
)

const (
	authPeople = 60  // who sign in
	authTokens = 200 // that are checked in turn
	authIssuer = "http://127.0.0.1"
	authWords  = "four unrelated words of staff"
)

// runAuth measures how many tokens a server checks, how many people sign in, and what it costs a request that somebody is
// asked for.
func runAuth(ctx context.Context, o Options, report Report) error {
	if o.Residents == 0 {
		o.Residents = 200
	}
	bundles, references, err := input(o)
	if err != nil {
		return err
	}
	for _, name := range o.Databases {
		b := &auth{record: record{ctx: ctx, report: report, program: o.Program, name: name, each: o.Each, bundles: bundles}}
		if err := b.on(references); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// auth measures on one database: in this process what it takes to know somebody, then over HTTP a server that asks beside
// one that does not, both on the same record.
type auth struct {
	record
	accounts *account.Accounts
	programs *oauth.Provider
	at       string // an institution
	cookie   string // of a doctor
	token    string // of a program
}

func (b *auth) on(references string) error {
	at, err := newPlace(b.name)
	if err != nil {
		return err
	}
	defer at.close()
	db, err := at.database("auth")
	if err != nil {
		return err
	}
	if b.srv, err = startServer(b.ctx, b.program, db, "--references", references); err != nil {
		return err
	}
	open := b.srv
	defer func() { _ = open.stop() }()
	if err := b.importing(); err != nil {
		return err
	}
	for name := range b.report {
		if strings.HasPrefix(name, b.name+".import") { // other benchmarks have it
			delete(b.report, name)
		}
	}
	keys, err := os.MkdirTemp("", "yitong-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(keys)
	key := filepath.Join(keys, "platform.key")
	if err := app.NewKey(key); err != nil {
		return err
	}
	if err := b.known(db, key); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	free := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return err
	}
	asks, err := startServer(b.ctx, b.program, db, "--references", references, "--auth", "required", "--key-file", key, "--addr", free)
	if err != nil {
		return err
	}
	defer func() { _ = asks.stop() }()
	return b.costs(open, asks)
}

// known measures in this process, on the database itself.
func (b *auth) known(url, file string) error {
	db, err := app.Database{DB: url}.Open(b.ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	box, err := app.Key{KeyFile: file}.Box("")
	if err != nil {
		return err
	}
	if b.accounts, err = account.New(db, gate.New(db, gate.Config{Zone: time.UTC}), account.Config{Box: box, Issuer: "bench"}); err != nil {
		return err
	}
	if err := b.accounts.Ready(b.ctx); err != nil {
		return err
	}
	b.programs = oauth.New(b.accounts, db, box, oauth.Config{Issuer: authIssuer})
	for _, s := range b.stored {
		if b.at == "" && strings.HasPrefix(s.path, "/fhir/Organization/") {
			b.at = strings.TrimPrefix(s.path, "/fhir/")
		}
	}
	for _, do := range []func() error{b.signIns, b.checks} {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// signIns makes accounts and signs each in with both factors.
func (b *auth) signIns() error {
	names, seeds := make([]string, authPeople), make([]string, authPeople)
	for i := range names {
		names[i] = fmt.Sprintf("person%d", i)
		token, seed, err := b.hire(names[i])
		if err != nil {
			return err
		}
		seeds[i], b.cookie = seed, token
	}
	var next atomic.Int64
	done, err := drive(b.ctx, 2*runtime.GOMAXPROCS(0), importFloor, func(int, int) (int, error) {
		i := int(next.Add(1)) - 1
		if i >= len(names) {
			return 0, io.EOF
		}
		half, err := b.accounts.SignIn(b.ctx, names[i], authWords, account.From{})
		if err != nil {
			return 0, err
		}
		who, err := b.accounts.Signed(b.ctx, half)
		if err != nil {
			return 0, err
		}
		code, err := totp.GenerateCode(seeds[i], time.Now().Add(totpStep)) // that of now has been used
		if err == nil {
			_, err = b.accounts.Second(b.ctx, who, code, account.From{})
		}
		return 1, err
	})
	b.report.addTimes(b.name+".sign_in", done, 0)
	return err
}

const totpStep = 30 * time.Second

// hire makes a doctor's account, as far as the role.
func (b *auth) hire(name string) (token, seed string, err error) {
	a := b.accounts
	id, err := a.Create(b.ctx, account.Console, account.Account{Name: name})
	if err != nil {
		return "", "", err
	}
	if _, err = a.Give(b.ctx, account.Console, account.Grant{Account: id, Role: gate.Doctor, Institution: b.at}); err != nil {
		return "", "", err
	}
	code, err := a.Invite(b.ctx, account.Console, id, false)
	if err != nil {
		return "", "", err
	}
	if token, err = a.Accept(b.ctx, name, code, authWords, account.From{}); err != nil {
		return "", "", err
	}
	who, err := a.Signed(b.ctx, token)
	if err != nil {
		return "", "", err
	}
	if _, seed, err = a.Seed(b.ctx, who); err != nil {
		return "", "", err
	}
	if who, err = a.Signed(b.ctx, token); err != nil {
		return "", "", err
	}
	if code, err = totp.GenerateCode(seed, time.Now()); err != nil {
		return "", "", err
	}
	if token, _, err = a.ConfirmSeed(b.ctx, who, code, account.From{}); err != nil {
		return "", "", err
	}
	if who, err = a.Signed(b.ctx, token); err != nil {
		return "", "", err
	}
	can, err := a.Capacities(b.ctx, &who.Account)
	if err != nil {
		return "", "", err
	}
	token, err = a.Act(b.ctx, who, can[0].Source)
	return token, seed, err
}

// checks measures how many tokens of a program are checked: those that were seen a moment ago, and those that nobody has
// seen yet.
func (b *auth) checks() error {
	private, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		return err
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: private.Public(), KeyID: "k", Algorithm: "ES384", Use: "sig"}}})
	if err != nil {
		return err
	}
	_, err = b.accounts.Register(b.ctx, account.Console, account.Client{
		ID: "bench", Name: "bench", Institution: b.at, Backend: true, Keys: set, Scopes: "system/*.cruds", Expires: time.Now().AddDate(1, 0, 0),
	})
	if err != nil {
		return err
	}
	tokens := make([]string, authTokens)
	for i := range tokens {
		if tokens[i], err = b.ask(private); err != nil {
			return err
		}
	}
	check := func(before func()) (load, error) {
		return drive(b.ctx, runtime.GOMAXPROCS(0), b.each, func(w, n int) (int, error) {
			before()
			var err error
			for i := range tokens {
				if _, e := b.programs.Principal(b.ctx, tokens[i]); e != nil {
					err = e
				}
			}
			return len(tokens), err
		})
	}
	warm, err := check(func() {})
	if err != nil {
		return err
	}
	cold, err := check(b.accounts.Forget)
	b.report.add(b.name+".token", warm.rate(), "per second", 50_000)
	b.report.add(b.name+".token_anew", cold.rate(), "per second", 0)
	b.token = tokens[0]
	return err
}

// ask gets a token as SMART Backend Services do.
func (b *auth) ask(private *ecdsa.PrivateKey) (string, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES384, Key: jose.JSONWebKey{Key: private, KeyID: "k"}}, nil)
	if err != nil {
		return "", err
	}
	assertion, err := jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: "bench", Subject: "bench", Audience: jwt.Audience{authIssuer + "/oauth/token"}, ID: uuid.NewString(),
		Expiry: jwt.NewNumericDate(time.Now().Add(time.Minute)), IssuedAt: jwt.NewNumericDate(time.Now()),
	}).CompactSerialize()
	if err != nil {
		return "", err
	}
	form := url.Values{
		"grant_type": {"client_credentials"}, "scope": {"system/*.cruds"}, "client_assertion": {assertion},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	}
	r := httptest.NewRequest(http.MethodPost, "/oauth/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	b.programs.Handler().ServeHTTP(w, r)
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Token == "" {
		return "", fmt.Errorf("no token: %d %s, %w", w.Code, w.Body, err)
	}
	return answer.Token, nil
}

// costs reads and searches from a server that asks who comes, and from one that does not, turn by turn.
func (b *auth) costs(open, asks *server) error {
	kinds := map[string]string{"none": "", "session": "Cookie: yitong=" + b.cookie + "\r\n", "token": "Authorization: Bearer " + b.token + "\r\n"}
	servers := map[string]*server{"none": open, "session": asks, "token": asks}
	total, units := map[string]time.Duration{}, map[string]int{}
	for range int(max(4, b.each/authTurn)) {
		for _, kind := range []string{"none", "session", "token"} {
			conns, err := dialAll(servers[kind].addr, clients)
			if err != nil {
				return err
			}
			done, err := drive(b.ctx, clients, authTurn, func(w, n int) (int, error) {
				path := b.stored[mrand.IntN(len(b.stored))].path
				if n%2 == 1 {
					path = "/fhir/Observation?_count=20&patient=" + b.people[mrand.IntN(len(b.people))]
				}
				status, _, answer, err := conns[w].do(http.MethodGet, path, nil, kinds[kind])
				if err == nil && status != http.StatusOK {
					err = fmt.Errorf("%s is answered %d: %.300s", path, status, answer)
				}
				return 1, err
			})
			for _, c := range conns {
				_ = c.conn.Close()
			}
			if err != nil {
				return err
			}
			total[kind] += done.took
			units[kind] += done.units
		}
	}
	rate := func(kind string) float64 { return float64(units[kind]) / total[kind].Seconds() }
	for _, kind := range []string{"session", "token"} {
		b.report.add(b.name+".requests."+kind, rate(kind), "per second", rate("none"))
	}
	return nil
}

const authTurn = 250 * time.Millisecond
