package auth

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"yitong/internal/account"
	"yitong/internal/account/smart"
	"yitong/internal/rest/oauth"
)

// Config says what the pages need beside the accounts.
type Config struct {
	Log      *slog.Logger                   // of what goes wrong; nil: it is not told
	Secure   func(*http.Request) bool       // the browser speaks TLS, to us or to a proxy that we believe; nil: to us
	Address  func(*http.Request) netip.Addr // of the browser; nil: of whoever is connected
	Names    Names                          // nil: nothing is named
	Apps     Apps                           // nil: there are no programs
	Phones   bool                           // codes are sent to phones
	Passkeys bool                           // the accounts take passkeys
	Zone     *time.Location                 // of the times that people read; nil for UTC
}

// Names tells what people call something in the record.
type Names interface {
	// Name is the name of an Organization/… or a Patient/…, "" if it has none.
	Name(ctx context.Context, reference string) string
}

// Apps are the programs that may act for people.
type Apps interface {
	// Approvals are those that may act for an account.
	Approvals(ctx context.Context, account string) ([]Approval, error)
	// Withdraw ends what a program may for an account; its tokens end too.
	Withdraw(ctx context.Context, account, client string) error
}

// Approval is what a person has allowed a program.
type Approval struct {
	Client      string // id
	Name        string // in Chinese
	English     string
	Institution string // the name of who answers for it
	Since       time.Time
	Sentences   []smart.Sentence
}

// Site is the pages.
type Site struct {
	accounts *account.Accounts
	config   Config
	steps    map[string]step
	foreign  *http.CrossOriginProtection
}

var _ oauth.Desk = (*Site)(nil)

// New makes the pages to some accounts.
func New(accounts *account.Accounts, config Config) *Site {
	config.Log = cmp.Or(config.Log, slog.New(slog.DiscardHandler))
	config.Zone = cmp.Or(config.Zone, time.UTC)
	if config.Secure == nil {
		config.Secure = func(r *http.Request) bool { return r.TLS != nil }
	}
	if config.Address == nil {
		config.Address = connected
	}
	s := &Site{accounts: accounts, config: config, foreign: http.NewCrossOriginProtection()}
	s.steps = steps()
	return s
}

// connected is the address of whoever is connected.
func connected(r *http.Request) netip.Addr {
	at, _ := netip.ParseAddrPort(r.RemoteAddr) // the zero address where there is none
	return at.Addr()
}

// steps are all pages by their paths.
func steps() map[string]step {
	return map[string]step{
		"/auth/":               {show: (*visit).showMe, need: needWhole},
		"/auth/sign-in":        {name: "sign-in", show: (*visit).showSignIn, take: (*visit).takeSignIn, field: "name"},
		"/auth/invite":         {name: "invite", show: (*visit).showPlain, take: (*visit).takeInvite, field: "code"},
		"/auth/phone":          {name: "phone", show: (*visit).showPhone, take: (*visit).takePhone, field: "phone"},
		"/auth/code":           {name: "code", show: (*visit).showCode, take: (*visit).takeCode, field: "code"},
		"/auth/second":         {name: "second", show: (*visit).showSecond, take: (*visit).takeSecond, field: "code", need: needSecond},
		"/auth/second/options": {name: "second", take: (*visit).askPasskey, need: needSecond},
		"/auth/set-up":         {name: "set-up", show: (*visit).showSetUp, need: needSetUp},
		"/auth/set-up/app":     {name: "set-up-app", show: (*visit).showSeed, take: (*visit).takeSeed, field: "code", need: needSetUp},
		"/auth/set-up/passkey": {name: "set-up-passkey", show: (*visit).showPasskey, take: (*visit).takePasskey, field: "label", need: needSetUp},
		"/auth/set-up/options": {name: "set-up-passkey", take: (*visit).newPasskey, need: needSetUp},
		"/auth/role":           {name: "role", show: (*visit).showRole, take: (*visit).takeRole, need: needWhole},
		"/auth/real-name":      {name: "real-name", show: (*visit).showRealName, take: (*visit).takeRealName, field: "called", need: needWhole},
		"/auth/me":             {name: "me", show: (*visit).showMe, need: needWhole},
		"/auth/me/sessions":    {name: "sessions", show: (*visit).showSessions, take: (*visit).takeSessions, need: needWhole},
		"/auth/me/factors":     {name: "factors", show: (*visit).showFactors, take: (*visit).takeFactors, need: needWhole},
		"/auth/me/password":    {name: "password", show: (*visit).showPassword, take: (*visit).takePassword, field: "old", need: needWhole},
		"/auth/me/apps":        {name: "apps", show: (*visit).showApps, take: (*visit).takeApps, need: needWhole},
		"/auth/sign-out":       {name: "sign-out", show: (*visit).showPlain, take: (*visit).takeSignOut},
		"/auth/onward":         {name: "onward", show: (*visit).showOnward},
		"/auth/view":           {name: "view", show: (*visit).showView},
	}
}

// Handler serves everything below /auth/.
func (s *Site) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a, is := assets()[r.URL.Path]; is {
			a.serve(w, r)
			return
		}
		v, err := s.visit(w, r)
		if err == nil {
			err = v.walk(s.steps[r.URL.Path])
		}
		if err != nil {
			v.fail("page", err)
		}
	})
}
