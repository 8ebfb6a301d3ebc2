package app

import (
	"cmp"
	"context"
	"crypto/x509"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
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
		People: &addressees{db: db, record: g.Session(gate.Actor{Reference: "Device/notices", Access: gate.Whole()}), accounts: accounts},
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
func (a *App) noticeDesk(ctx context.Context, zone *time.Location) http.Handler {
	return notices.New(notices.Config{
		Notices: a.notices, Gate: a.gate, People: a.desk.accounts, Who: a.desk.who, Site: a.desk.pages, Origin: a.desk.issuer, Address: a.config.client, Zone: zone, Log: a.log,
		Stop: ctx.Done(),
	}).Handler()
}

// addressees are the people whom notices are for. It implements [notice.People].
type addressees struct {
	db       store.DB
	record   *gate.Session
	accounts *account.Accounts
}

// Kinds of items of the register that are looked into here, and how many at a time.
const (
	itemsOfAccounts = "account"
	itemsOfGrants   = "grant"
	grantsAtATime   = 500
	postsMost       = "200"
)

// Holders implements [notice.People].
func (a *addressees) Holders(ctx context.Context, r notice.Recipient, most int) (list []notice.Person, err error) {
	ids, err := a.candidates(ctx, r)
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if len(list) == most {
			break
		}
		p, is, err := a.Holds(ctx, id, r)
		if err != nil {
			return nil, err
		}
		if is {
			list = append(list, p)
		}
	}
	return list, nil
}

// candidates are the accounts that a recipient may mean.
func (a *addressees) candidates(ctx context.Context, r notice.Recipient) ([]string, error) {
	switch kind, _, _ := strings.Cut(r.Reference, "/"); kind {
	case "Patient":
		golden, err := a.golden(ctx, r.Reference)
		if err != nil {
			return nil, err
		}
		return a.standingFor(ctx, r.Reference, golden)
	case "Practitioner":
		return a.standingFor(ctx, r.Reference)
	case "PractitionerRole":
		post, err := a.read(ctx, r.Reference)
		if err != nil {
			return nil, err
		}
		return a.standingFor(ctx, post.Root.Get("practitioner").Get("reference").Str())
	}
	granted, err := a.granted(ctx, r)
	if err != nil {
		return nil, err
	}
	posted, err := a.posted(ctx, r)
	return append(granted, posted...), err
}

// standingFor are the accounts of those who are somebody in the record.
func (a *addressees) standingFor(ctx context.Context, people ...string) (ids []string, err error) {
	for _, person := range people {
		if person == "" {
			continue
		}
		i, err := a.db.Named(ctx, itemsOfAccounts, "person:"+person)
		if err != nil {
			return nil, err
		}
		if i.Exists() {
			ids = append(ids, i.ID)
		}
	}
	return ids, nil
}

// granted are those who were given a role at an institution.
func (a *addressees) granted(ctx context.Context, r notice.Recipient) (ids []string, err error) {
	for behind := ""; ; {
		items, err := a.db.Owned(ctx, itemsOfGrants, "*", behind, grantsAtATime)
		if err != nil {
			return nil, err
		}
		for _, i := range items {
			var g account.Grant
			if err := json.Unmarshal(i.Body, &g); err != nil {
				return nil, fault.Wrap(err, "reading a grant")
			}
			if behind = i.ID; g.Role == r.Role && g.Institution == r.Reference && !g.Ended {
				ids = append(ids, g.Account)
			}
		}
		if len(items) < grantsAtATime {
			return ids, nil
		}
	}
}

// posted are those who have a role at an institution by a post.
func (a *addressees) posted(ctx context.Context, r notice.Recipient) (ids []string, err error) {
	t, _ := schema.TypeOf("PractitionerRole")
	pairs := []search.Pair{{Name: "organization", Value: r.Reference}, {Name: "role", Value: string(r.Role)}, {Name: "active", Value: "true"}, {Name: "_count", Value: postsMost}}
	asked, err := a.record.Request([]schema.Type{t}, pairs, gate.Wishes{})
	if err != nil {
		return nil, err
	}
	found, err := a.record.Search(ctx, asked, "posts", "")
	if err != nil {
		return nil, err
	}
	for _, v := range found.Matches {
		post, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return nil, fault.Wrap(err, "reading a post")
		}
		some, err := a.standingFor(ctx, post.Root.Get("practitioner").Get("reference").Str())
		if err != nil {
			return nil, err
		}
		ids = append(ids, some...)
	}
	return ids, nil
}

// Holds implements [notice.People]. Who may act as what is asked of the accounts, now.
func (a *addressees) Holds(ctx context.Context, id string, r notice.Recipient) (p notice.Person, is bool, err error) {
	who, _, err := a.accounts.Find(ctx, account.Console, id)
	if fault.CodeOf(err) == fault.NotFound {
		return p, false, nil
	}
	if err != nil {
		return p, false, err
	}
	can, err := a.accounts.Capacities(ctx, &who)
	if fault.CodeOf(err) == fault.Forbidden { // it is closed, or has run out
		return p, false, nil
	}
	if err != nil {
		return p, false, err
	}
	golden := ""
	if strings.HasPrefix(r.Reference, "Patient/") {
		if golden, err = a.golden(ctx, r.Reference); err != nil {
			return p, false, err
		}
	}
	is = slices.ContainsFunc(can, func(c account.Capacity) bool {
		switch kind, _, _ := strings.Cut(r.Reference, "/"); kind {
		case "Patient":
			return c.Role == gate.Resident && (c.Resident == r.Reference || c.Resident == golden)
		case "Practitioner":
			return who.Person == r.Reference
		case "PractitionerRole":
			return strings.HasPrefix(c.Source, r.Reference+"#")
		}
		return c.Role == r.Role && c.Institution == r.Reference
	})
	return notice.Person{Account: who.ID, Phone: who.Phone}, is, nil
}

// golden is the Patient that stands for the resident for whom a Patient stands, "" if there is none.
func (a *addressees) golden(ctx context.Context, patient string) (string, error) {
	r, err := a.read(ctx, patient)
	if err != nil || r.ID == "" {
		return "", err
	}
	return gate.Golden(r).String(), nil
}

// read is a resource, the zero one where there is none.
func (a *addressees) read(ctx context.Context, name string) (r fhir.Resource, err error) {
	ref := fhir.ParseReference(name)
	if ref.Kind != fhir.ReferenceLocal {
		return r, nil
	}
	v, err := a.record.Read(ctx, ref.Ref)
	if c := fault.CodeOf(err); c == fault.NotFound || c == fault.Gone {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	return fhir.ParseResource(v.Body.Bytes)
}
