package oauth

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/pkce"
	"github.com/ory/fosite/token/hmac"

	"yitong/internal/account"
	"yitong/internal/account/smart"
	"yitong/internal/rest"
	"yitong/internal/store"
)

// Config says how programs are let in.
type Config struct {
	Issuer    string // the address of the platform: scheme and host, no path, no slash
	Desk      Desk
	Patients  Patients
	Log       *slog.Logger     // of what is refused for reasons that somebody should look into; nil: the usual one
	Now       func() time.Time // the clock; nil for that of the accounts
	Lifetimes Lifetimes        // those that are zero are as in [Usual]
}

// Lifetimes are how long things hold.
type Lifetimes struct {
	Code    time.Duration // a code, until it is redeemed
	Access  time.Duration // a token by which a program acts for a person
	Backend time.Duration // a token by which a program acts for itself
	Idle    time.Duration // a refresh token that is not used
	Offline time.Duration // all that comes of one authorization with offline_access
}

// Usual are the lifetimes of a platform. SMART Backend Services asks for at most five minutes.
var Usual = Lifetimes{time.Minute, 15 * time.Minute, 5 * time.Minute, 90 * 24 * time.Hour, 365 * 24 * time.Hour}

// Provider lets programs in.
type Provider struct {
	accounts *account.Accounts
	box      *account.Box
	config   Config
	records  *records
	tokens   *oauth2.HMACSHAStrategyUnPrefixed
	fosite   *fosite.Fosite
	keys     *keyrings
	origins  origins
}

// The paths of the protocol.
const (
	pathAuthorize  = "/oauth/authorize"
	pathToken      = "/oauth/token"
	pathIntrospect = "/oauth/introspect"
	pathRevoke     = "/oauth/revoke"
	pathKeys       = "/oauth/jwks"
	pathLaunch     = "/oauth/launch"
	pathOpenID     = "/.well-known/openid-configuration"
	pathSMART      = rest.Base + "/.well-known/smart-configuration"
)

// New makes a provider on the register that the accounts are in. box is the platform's key.
func New(accounts *account.Accounts, db store.DB, box *account.Box, c Config) *Provider {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = accounts.Now
	}
	c.Lifetimes = c.Lifetimes.or(Usual)
	p := &Provider{accounts: accounts, box: box, config: c, keys: newKeyrings(c.Now)}
	p.records = &records{db: db, accounts: accounts, now: c.Now, lifetimes: c.Lifetimes}
	p.fosite, p.tokens = p.protocol()
	return p
}

func (l Lifetimes) or(usual Lifetimes) Lifetimes {
	for _, one := range []struct{ is, usual *time.Duration }{
		{&l.Code, &usual.Code}, {&l.Access, &usual.Access}, {&l.Backend, &usual.Backend}, {&l.Idle, &usual.Idle}, {&l.Offline, &usual.Offline},
	} {
		if *one.is == 0 {
			*one.is = *one.usual
		}
	}
	return l
}

// protocol sets fosite up: which grants there are, in the order in which their handlers work. Scopes and audiences are looked
// at here, not there; what has run out is told by the register, by the platform's clock.
func (p *Provider) protocol() (*fosite.Fosite, *oauth2.HMACSHAStrategyUnPrefixed) {
	c := &fosite.Config{
		AccessTokenLifespan:          p.config.Lifetimes.Access,
		AuthorizeCodeLifespan:        p.config.Lifetimes.Code,
		MinParameterEntropy:          stateLeast,
		EnforcePKCE:                  true,
		RefreshTokenScopes:           []string{smart.OfflineAccess, smart.OnlineAccess},
		ScopeStrategy:                func([]string, string) bool { return true },
		AudienceMatchingStrategy:     func([]string, []string) error { return nil },
		OmitRedirectScopeParam:       true,
		SanitationWhiteList:          []string{"redirect_uri", "code_challenge"},
		ClientAuthenticationStrategy: p.authenticate,
		GlobalSecret:                 p.box.Digest("oauth", "tokens"),
	}
	tokens := oauth2.NewHMACSHAStrategyUnPrefixed(&hmac.HMACStrategy{Config: c}, c)
	code := &oauth2.AuthorizeExplicitGrantHandler{
		AccessTokenStrategy: tokens, RefreshTokenStrategy: tokens, AuthorizeCodeStrategy: tokens,
		CoreStorage: p.records, TokenRevocationStorage: p.records, Config: c,
	}
	proof := &pkce.Handler{AuthorizeCodeStrategy: tokens, Storage: p.records, Config: c}
	c.AuthorizeEndpointHandlers = fosite.AuthorizeEndpointHandlers{code, proof}
	c.TokenEndpointHandlers = fosite.TokenEndpointHandlers{
		genuine{p, grantCode, "code"}, genuine{p, grantRefresh, "refresh_token"},
		code, proof,
		&oauth2.RefreshTokenGrantHandler{
			AccessTokenStrategy: tokens, RefreshTokenStrategy: tokens, TokenRevocationStorage: p.records, Config: c,
		},
		&oauth2.ClientCredentialsGrantHandler{
			HandleHelper: &oauth2.HandleHelper{AccessTokenStrategy: tokens, AccessTokenStorage: p.records, Config: c}, Config: c,
		},
		extension{p},
	}
	return fosite.NewOAuth2Provider(p.records, c), tokens
}

// Handler answers for the paths of the protocol.
func (p *Provider) Handler() http.Handler {
	mux := http.NewServeMux()
	own := http.NewCrossOriginProtection()    // forms that change something come from pages of the platform
	_ = own.AddTrustedOrigin(p.config.Issuer) // for proxies that change Host; one that is no origin adds nothing
	own.SetDenyHandler(http.HandlerFunc(p.foreign))
	mux.HandleFunc("GET "+pathAuthorize, p.authorize)
	mux.Handle("POST "+pathAuthorize, p.answered(own.Handler(http.HandlerFunc(p.decide))))
	mux.Handle("POST "+pathLaunch, own.Handler(http.HandlerFunc(p.launch)))
	mux.Handle(pathToken, p.shared(p.token))
	mux.Handle(pathRevoke, p.shared(p.revoke))
	mux.Handle(pathIntrospect, http.HandlerFunc(p.introspect))
	mux.Handle("GET "+pathKeys, public(p.jwks))
	mux.Handle("GET "+pathOpenID, public(p.openID))
	mux.Handle("GET "+pathSMART, public(p.smart))
	for _, path := range []string{pathKeys, pathOpenID, pathSMART} {
		mux.Handle("OPTIONS "+path, public(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	}
	return mux
}

// Principal is who is behind a bearer token. The error is Unknown for one that does not hold.
func (p *Provider) Principal(ctx context.Context, token string) (*account.Principal, error) {
	return p.accounts.ByToken(ctx, token, func(ctx context.Context) (account.Authority, time.Time, error) {
		t, err := p.proved(ctx, kindAccess, token)
		if err != nil {
			return account.Authority{}, time.Time{}, err
		}
		return t.family.authority(t.scopes), t.until, nil
	})
}

// base is the address of the record.
func (p *Provider) base() string { return p.config.Issuer + rest.Base }
