package app

import (
	"cmp"
	"context"
	"crypto/x509"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/notice"
	"yitong/internal/notice/mail"
	"yitong/internal/rest/notices"
	"yitong/internal/store"
	"yitong/internal/worker"
)

// Notices says how notices leave the platform.
type Notices struct {
	MailHost     string        `help:"Host of the mail server (SMTP) by which notices go out. Empty: none go by e-mail." default:"" name:"mail-host" placeholder:"HOST"`
	MailPort     int           `help:"Port of the mail server." default:"587" name:"mail-port"`
	MailTLS      string        `help:"How the way to the mail server is kept safe: starttls after a command, without which nothing is sent, or tls from the first byte on (usually port 465)." enum:"starttls,tls" default:"starttls" name:"mail-tls"`
	MailUser     string        `help:"Name by which the platform signs in to the mail server. Empty: it does not." default:"" name:"mail-user"`
	MailPassword string        `help:"File with the password of --mail-user, which others on the machine must not be able to read." default:"" name:"mail-password" placeholder:"FILE"`
	MailFrom     string        `help:"Address that notices come from, such as notices@health.example.cn." default:"" name:"mail-from"`
	MailRoots    string        `help:"Certificates in PEM that the mail server is checked by, for a private authority. Empty for those of the system." default:"" name:"mail-roots" placeholder:"FILE"`
	NoticeDigest time.Duration `help:"How long a notice that is not urgent waits for others to leave with it, as one message." default:"15m" name:"notice-digest"`
	NoticeSMS    int           `help:"Most text messages a day to one person with notices. What is more waits for the next day." default:"20" name:"notice-sms-most"`
}

// mailer sends e-mail; nil where none is sent.
func (n Notices) mailer() (notice.Provider, error) {
	if n.MailHost == "" {
		return nil, nil
	}
	s := &mail.Sender{Host: n.MailHost, Port: n.MailPort, Mode: mail.Mode(n.MailTLS), User: n.MailUser, From: n.MailFrom}
	var err error
	if n.MailPassword != "" {
		if s.Password, err = secretFile(n.MailPassword); err != nil {
			return nil, err
		}
	}
	if n.MailRoots != "" {
		text, err := os.ReadFile(n.MailRoots)
		if err != nil {
			return nil, fault.New(fault.NotFound, "The certificates %s cannot be read.", n.MailRoots).Because(err)
		}
		if s.Roots = x509.NewCertPool(); !s.Roots.AppendCertsFromPEM(text) {
			return nil, fault.New(fault.Malformed, "%s holds no certificates in PEM.", n.MailRoots)
		}
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	return s, nil
}

// phones brings notices to phones by the gateway that codes go by.
type phones struct{ account.Sender }

// Send implements [notice.Provider]. The gateway gives no receipts.
func (p phones) Send(ctx context.Context, m notice.Message) (string, error) {
	return "", p.Sender.Send(ctx, m.To, m.Text)
}

// notices is the service of the server's record, for whom there are accounts.
func (c Serve) notices(db store.DB, g *gate.Gate, accounts *account.Accounts, zone *time.Location, log *slog.Logger) (*notice.Service, error) {
	if c.NoticeDigest < 0 || c.NoticeSMS < 0 {
		return nil, fault.New(fault.Malformed, "--notice-digest and --notice-sms-most cannot be below 0.")
	}
	kinds, err := notice.NewRegistry(notice.Standard()...)
	if err != nil {
		return nil, err
	}
	url, err := c.issuer()
	if err != nil {
		return nil, err
	}
	providers := map[notice.Channel]notice.Provider{}
	sender, err := c.sender()
	if err != nil {
		return nil, err
	}
	if sender != nil {
		providers[notice.SMS] = phones{sender}
	}
	mailer, err := c.mailer()
	if err != nil {
		return nil, err
	}
	if mailer != nil {
		providers[notice.Email] = mailer
	}
	limits := notice.UsualLimits
	limits.Day = map[notice.Channel]int{
		notice.SMS: cmp.Or(c.NoticeSMS, limits.Day[notice.SMS]), notice.Email: limits.Day[notice.Email], notice.WeChat: limits.Day[notice.WeChat],
	}
	return notice.New(db, g, notice.Config{
		Kinds: kinds, Providers: providers, Limits: limits, Digest: cmp.Or(c.NoticeDigest, time.Nanosecond), Zone: zone, URL: url, Log: log,
		People: Addressees(g, accounts),
	}), nil
}

// NoticeWork is what a worker does for notices: a cursor that settles them, and the jobs by which they leave.
func NoticeWork(s *notice.Service, c *worker.Config) {
	c.Cursors = append(c.Cursors, worker.Cursor{Name: notice.Cursor, Types: notice.Types(), Take: s.Take})
	for kind, do := range s.Jobs() {
		c.Handlers = append(c.Handlers, worker.Handler{Kind: kind, Run: func(ctx context.Context, t worker.Task) error {
			err := do(ctx, t.Args)
			if fault.CodeOf(err) == fault.Unprocessable {
				return worker.Hopeless(err)
			}
			return err
		}})
	}
}

// noticeDesk answers about notices.
func (a *App) noticeDesk(ctx context.Context) http.Handler {
	return notices.New(notices.Config{
		Notices: a.notices, Gate: a.gate, People: a.desk.accounts, Who: a.desk.who, Site: a.desk.pages, Origin: a.desk.issuer, Address: a.config.client, Log: a.log,
		Stop: ctx.Done(),
	}).Handler()
}

// addressees are the people whom notices are for. It implements [notice.People].
type addressees struct {
	gate     *gate.Gate
	record   *gate.Session
	accounts *account.Accounts
}

// Addressees are the people of a record, for its notices.
func Addressees(g *gate.Gate, accounts *account.Accounts) notice.People {
	return &addressees{g, g.Session(gate.Actor{Reference: "Device/notices", Access: gate.Whole()}), accounts}
}

// Holders implements [notice.People].
func (a *addressees) Holders(ctx context.Context, r notice.Recipient, most int) (list []notice.Person, err error) {
	var held []account.Holder
	switch kind, _, _ := strings.Cut(r.Reference, "/"); {
	case kind == "Organization", kind == "":
		held, err = a.accounts.Holders(ctx, r.Reference, r.Role, most)
	case r.Role == gate.Proxy:
		held, err = a.accounts.Proxies(ctx, refOf(r.Reference), most)
	default:
		held, err = a.persons(ctx, r)
	}
	for _, h := range held {
		list = append(list, personOf(h))
	}
	return list, err
}

func personOf(h account.Holder) notice.Person {
	return notice.Person{Account: h.Account.ID, Phone: h.Account.Phone}
}

// refOf reads Type/id; the zero Ref for anything else.
func refOf(name string) fhir.Ref {
	if r := fhir.ParseReference(name); r.Kind == fhir.ReferenceLocal {
		return r.Ref
	}
	return fhir.Ref{}
}

// persons are the accounts of who is a Patient or a Practitioner, or has a post.
func (a *addressees) persons(ctx context.Context, r notice.Recipient) ([]account.Holder, error) {
	names := []string{r.Reference}
	switch kind, _, _ := strings.Cut(r.Reference, "/"); kind {
	case "Patient":
		all, err := a.record.Names(ctx, refOf(r.Reference))
		if err != nil {
			return nil, err
		}
		names = nil
		for _, ref := range all {
			names = append(names, ref.String())
		}
	case "PractitionerRole":
		v, err := a.record.Read(ctx, refOf(r.Reference))
		if c := fault.CodeOf(err); c == fault.NotFound || c == fault.Gone {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		post, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return nil, fault.Wrap(err, "reading a post")
		}
		names = []string{post.Root.Get("practitioner").Get("reference").Str()}
	}
	meant, err := a.meant(ctx, r)
	if err != nil {
		return nil, err
	}
	return a.accounts.Persons(ctx, names, meant)
}

// meant tells capacities by which a recipient means somebody.
func (a *addressees) meant(ctx context.Context, r notice.Recipient) (func(account.Holder) bool, error) {
	switch kind, _, _ := strings.Cut(r.Reference, "/"); kind {
	case "Patient":
		names, err := a.record.Names(ctx, refOf(r.Reference))
		role := cmp.Or(r.Role, gate.Resident)
		return func(h account.Holder) bool {
			return h.Capacity.Role == role && slices.Contains(names, refOf(h.Capacity.Resident))
		}, err
	case "Practitioner":
		return func(h account.Holder) bool { return h.Account.Person == r.Reference }, nil
	case "PractitionerRole":
		return func(h account.Holder) bool { return strings.HasPrefix(h.Capacity.Source, r.Reference+"#") }, nil
	}
	return func(h account.Holder) bool {
		return h.Capacity.Role == r.Role && (r.Reference == "" || h.Capacity.Institution == r.Reference)
	}, nil
}

// Holds implements [notice.People]. Who may act as what is asked of the accounts, now.
func (a *addressees) Holds(ctx context.Context, id string, r notice.Recipient) (p notice.Person, is bool, err error) {
	meant, err := a.meant(ctx, r)
	if err != nil {
		return p, false, err
	}
	h, is, err := a.accounts.Holds(ctx, id, meant)
	return personOf(h), is, err
}

// Sees implements [notice.People]: by any of the capacities in which the person is meant.
func (a *addressees) Sees(ctx context.Context, id string, r notice.Recipient, all []fhir.Ref) (bool, error) {
	meant, err := a.meant(ctx, r)
	if err != nil {
		return false, err
	}
	var failed error
	_, is, err := a.accounts.Holds(ctx, id, func(h account.Holder) (sees bool) {
		if failed == nil && meant(h) {
			sees, failed = notice.Seen(ctx, a.gate.Session(a.accounts.Principal(h).Actor()), all)
		}
		return sees
	})
	return is, cmp.Or(failed, err)
}
