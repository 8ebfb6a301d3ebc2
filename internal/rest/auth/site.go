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
	"yitong/internal/bilingual"
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
	Notices  bool                           // people choose at /notices/settings how they are told
	Demo     Demo                           // nil but for demonstrations
	Home     string                         // where people go who want to go nowhere else; "" for their account
	Zone     *time.Location                 // of the times that people read; nil for UTC
	Help     Help                           // by telephone
}

// Help is where people are helped by telephone.
type Help struct {
	Phone string         // as people dial it; "" for none
	Hours bilingual.Text // when it answers
}

// governmentLine is the number of the government's line for citizens, in all of China (国办发〔2020〕53号).
const governmentLine = "12345"

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
	if config.Demo != nil {
		s.steps[PathDemo] = step{"demo", needNothing, (*visit).showPlain, (*visit).takeDemo, ""}
	}
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
		"/auth/":               {"me", needWhole, (*visit).showMe, nil, ""},
		"/auth/sign-in":        {"sign-in", needNothing, (*visit).showSignIn, (*visit).takeSignIn, "name"},
		"/auth/invite":         {"invite", needNothing, (*visit).showPlain, (*visit).takeInvite, "code"},
		"/auth/phone":          {"phone", needNothing, (*visit).showPhone, (*visit).takePhone, "phone"},
		"/auth/code":           {"code", needNothing, (*visit).showCode, (*visit).takeCode, "code"},
		"/auth/second":         {"second", needSecond, (*visit).showSecond, (*visit).takeSecond, "code"},
		PathConfirm:            {"second", needWhole, (*visit).showConfirm, (*visit).takeConfirm, "code"},
		"/auth/set-up":         {"set-up", needSetUp, (*visit).showSetUp, nil, ""},
		"/auth/set-up/app":     {"set-up-app", needSetUp, (*visit).showSeed, (*visit).takeSeed, "code"},
		"/auth/set-up/passkey": {"set-up-passkey", needSetUp, (*visit).showPasskey, (*visit).takePasskey, "label"},
		"/auth/role":           {"role", needWhole, (*visit).showRole, (*visit).takeRole, ""},
		"/auth/real-name":      {"real-name", needWhole, (*visit).showRealName, (*visit).takeRealName, "called"},
		"/auth/me":             {"me", needWhole, (*visit).showMe, nil, ""},
		"/auth/me/sessions":    {"sessions", needWhole, (*visit).showSessions, (*visit).takeSessions, ""},
		"/auth/me/factors":     {"factors", needWhole, (*visit).showFactors, (*visit).takeFactors, ""},
		"/auth/me/password":    {"password", needWhole, (*visit).showPassword, (*visit).takePassword, "old"},
		"/auth/me/apps":        {"apps", needWhole, (*visit).showApps, (*visit).takeApps, ""},
		"/auth/sign-out":       {"sign-out", needNothing, (*visit).showPlain, (*visit).takeSignOut, ""},
		"/auth/onward":         {"onward", needNothing, (*visit).showOnward, nil, ""},
		"/auth/view":           {"view", needNothing, (*visit).showView, nil, ""},
	}
}

// answers are what the browser app asks for, by their paths.
func answers() map[string]func(*visit) error {
	return map[string]func(*visit) error{PathSession: (*visit).session, PathProxies: (*visit).proxies}
}

// Handler serves everything below /auth/.
func (s *Site) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a, is := assets()[r.URL.Path]; is {
			a.serve(w, r)
			return
		}
		v, err := s.visit(w, r)
		if answer, is := answers()[r.URL.Path]; is {
			if err == nil {
				err = answer(v)
			}
			if err != nil {
				v.failAnswer(err)
			}
			return
		}
		st := s.steps[r.URL.Path]
		if err == nil {
			err = v.walk(st)
		}
		if err != nil {
			v.fail(st.name, err)
		}
	})
}
