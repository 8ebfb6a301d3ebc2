package app

import (
	"context"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/gate/trail"
	"yitong/internal/rest"
	"yitong/internal/store"
	"yitong/internal/store/index"
)

// Accounts says how people and programs are let in.
type Accounts struct {
	Key    `embed:""`
	SMS    `embed:""`
	Policy string `help:"File that says which role may see and do what, in place of the program's own (docs/access.md). All servers of a record have the same." default:"" placeholder:"FILE"`
	URL    string `help:"Address by which people and programs reach the server, such as https://record.county.example, without a path. It stands in tokens and links, and passkeys hold for it only. Without the setting it is made of --acme, or of --addr on this machine." default:"" name:"url" placeholder:"URL"`
}

// Register is a record whose accounts a command looks at or changes.
type Register struct {
	Database `embed:""`
	Key      `embed:""`
	Zone     string `help:"Time zone of dates that name none." default:"Asia/Shanghai"`

	Sender account.Sender `kong:"-"` // of codes for phones; nil sends none
}

// With opens the accounts of a record for do.
func (r Register) With(ctx context.Context, do func(*account.Accounts) error) (err error) {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return fault.New(fault.Malformed, "There is no time zone %q.", r.Zone)
	}
	box, err := r.Key.Box(r.file())
	if err != nil {
		return err
	}
	db, err := r.Open(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if e := db.Close(); err == nil {
			err = e
		}
	}()
	ix, err := index.Open(ctx, db, search.R4(zone), index.Config{})
	if err != nil {
		return err
	}
	a, err := account.New(db, gate.New(db, gate.Config{Zone: zone, Index: ix, Trail: trail.NewRecorder(db)}), account.Config{Box: box, Zone: zone, Sender: r.Sender})
	if err == nil {
		err = a.Ready(ctx)
	}
	if err != nil {
		return err
	}
	return do(a)
}

// Policy reads the policy in a file; "" is the program's own.
func Policy(file string) (*policy.Policy, error) {
	p := policy.Standard()
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fault.New(fault.NotFound, "The policy %s cannot be read.", file).Because(err)
		}
		if p, err = policy.Read(text); err != nil {
			return nil, err
		}
	}
	return p, decided(p)
}

// file is the path of a SQLite file, "" for another database.
func (r Database) file() string {
	path, _ := strings.CutPrefix(r.DB, "sqlite:")
	if path == r.DB {
		return ""
	}
	return path
}

// accounts opens the accounts of the server's record.
func (c Serve) accounts(ctx context.Context, db store.DB, g *gate.Gate, zone *time.Location, log *slog.Logger) (*account.Accounts, *account.Box, error) {
	box, err := c.Key.Box(c.file())
	if err != nil {
		return nil, nil, err
	}
	sender, err := c.sender()
	if err != nil {
		return nil, nil, err
	}
	issuer, err := c.issuer()
	if err != nil {
		return nil, nil, err
	}
	rules, err := Policy(c.Policy)
	if err != nil {
		return nil, nil, err
	}
	u, _ := url.Parse(issuer) // issuer has looked at it
	a, err := account.New(db, g, account.Config{
		Box: box, Zone: zone, Sender: sender, Policy: rules, Rates: c.rates(), Issuer: u.Host, Passkeys: account.Passkeys{Host: u.Hostname(), Origins: []string{issuer}},
		Audit: func(_ context.Context, e account.Event) {
			log.Info("account", "what", e.What, "account", e.Account, "client", e.Client, "from", e.Network, "reason", e.Reason)
		},
	})
	if err == nil {
		err = a.Ready(ctx)
	}
	return a, box, err
}

// rates bound what can be tried. In a demonstration the same resident signs in as often as somebody wants to look; what was used up by
// the usual rates, in at most 15 minutes to come, does not count.
func (c Serve) rates() account.Rates {
	r := account.UsualRates
	if c.Demo != nil {
		often := account.Rate{Burst: 1000, Every: time.Second}
		r.Send, r.SendMax = often, often
	}
	return r
}

// issuer is the address by which the server is reached, without a path.
func (c Serve) issuer() (string, error) {
	text := c.Accounts.URL
	switch host, port, _ := net.SplitHostPort(c.Addr); {
	case text != "":
	case len(c.ACME) > 0:
		text = "https://" + c.ACME[0]
	case !c.TLS() && rest.Loopback(host) && port != "0":
		text = "http://" + net.JoinHostPort(host, port)
	default:
		return "", fault.New(fault.Malformed, "--url is missing: the address by which people reach the server, such as https://record.county.example.")
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", fault.New(fault.Malformed, "--url should be an address without a path, such as https://record.county.example.")
	}
	if u.Scheme == "http" && !rest.Loopback(u.Hostname()) && !c.InsecureHTTP {
		return "", fault.New(fault.Malformed, "--url should begin with https://: browsers keep sign-ins of other addresses open to everybody on the way.")
	}
	host, usual := strings.ToLower(u.Host), map[string]string{"https": ":443", "http": ":80"}[u.Scheme]
	return u.Scheme + "://" + strings.TrimSuffix(host, usual), nil // as browsers say it
}
