package account_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/store"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// world is a platform with a few people, at a time that only the test moves on.
type world struct {
	*testing.T
	db     store.DB
	gate   *gate.Gate
	record *gate.Session // that may do everything
	clock  *clock
	phones *phones
	log    *log
	config account.Config
	*account.Accounts
}

// eachDatabase runs a test in a world of its own on each database, side by side. Those who know better change its Config.
func eachDatabase(t *testing.T, test func(world), change ...func(*account.Config)) {
	t.Helper()
	databases.Each(t, func(t *testing.T, db store.DB) { test(newWorld(t, db, change...)) })
}

func newWorld(t *testing.T, db store.DB, change ...func(*account.Config)) world {
	t.Helper()
	w := world{T: t, db: db, gate: gate.New(db, gate.Config{References: true})}
	w.clock = &clock{now: time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)}
	w.phones, w.log = &phones{}, &log{}
	w.record = w.gate.Session(gate.Actor{Reference: "Device/registry", Access: gate.Whole()})
	w.config = account.Config{
		Box: box(t, 1), Work: quick, Now: w.clock.Now, Sender: w.phones, Issuer: "Yitong", Audit: w.log.add,
		Passkeys: account.Passkeys{Host: host, Origins: []string{origin}},
	}
	for _, c := range change {
		c(&w.config)
	}
	w.Accounts = w.server()
	w.put(
		thing{"Organization", "a", `"name":"a"`}, thing{"Organization", "b", `"name":"b"`},
		thing{"Practitioner", "wang", `"name":[{"text":"王医生"}]`}, thing{"Practitioner", "zhao", `"name":[{"text":"赵护士"}]`},
		thing{"Patient", "li", person("李小明", "110101199001011237", "13900000001")},
		thing{"Patient", "chen", person("陈芳", "110101199002021245", "13900000002")},
	)
	return w
}

// server is one more server on the same database.
func (w world) server() *account.Accounts {
	w.Helper()
	a, err := account.New(w.db, gate.New(w.db, gate.Config{References: true}), w.config)
	if err != nil {
		w.Fatal(err)
	}
	return a
}

// on is the same world as another server sees it.
func (w world) on(a *account.Accounts) world {
	w.Accounts = a
	return w
}

// quick makes hashes that keep nobody waiting.
var quick = account.Work{Memory: 64, Passes: 1, Lanes: 1}

const (
	password = "青椒 火车 月亮 键盘 茶杯 山路"
	card     = "urn:oid:2.16.156.10011.1.3" // the resident identity card
	host     = "health.example.cn"
	origin   = "https://health.example.cn"
)

func box(t testing.TB, seed byte) *account.Box {
	t.Helper()
	key := make([]byte, account.KeyBytes)
	key[0] = seed
	b, err := account.NewBox(key)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

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

// phones collect what is sent to them.
type phones struct {
	mu   sync.Mutex
	sent []message
	fail error
	told chan string // the phones that are told of a change; nil if nobody listens
}

// message is what was sent: a code, or a text without one.
type message struct{ phone, code, text string }

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

func (p *phones) Send(_ context.Context, phone, text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	code := sixDigits.FindString(text)
	p.sent = append(p.sent, message{phone, code, text})
	if code == "" && p.told != nil {
		p.told <- phone
	}
	return p.fail
}

// code is the last one that went to a phone; "" if none did.
func (p *phones) code(phone string) string {
	phone, err := account.CheckPhone(phone)
	if err != nil {
		panic(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range slices.Backward(p.sent) {
		if m.phone == phone && m.code != "" {
			return m.code
		}
	}
	return ""
}

// failing makes the service fail from now on.
func (p *phones) failing(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = err
}

// codes is how many codes were sent.
func (p *phones) codes() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.sent {
		if m.code != "" {
			n++
		}
	}
	return n
}

// log keeps events.
type log struct {
	mu     sync.Mutex
	events []account.Event
}

func (l *log) add(_ context.Context, e account.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
}

func (l *log) all() []account.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.events)
}

// thing is a resource of JSON members.
type thing struct{ kind, id, members string }

func (x thing) op() gate.Op {
	r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":%q,"id":%q,%s}`, x.kind, x.id, x.members))
	if err != nil {
		panic(err)
	}
	return gate.Op{Kind: gate.Update, Type: typeOf(x.kind), ID: x.id, Resource: r}
}

// put writes resources as the registry.
func (w world) put(things ...thing) {
	w.Helper()
	var ops []gate.Op
	for _, x := range things {
		ops = append(ops, x.op())
	}
	must(w.record.Apply(w.Context(), ops, nil))(w)
}

// write writes one in a session.
func (w world) write(s *gate.Session, x thing) error {
	_, err := s.Apply(w.Context(), []gate.Op{x.op()}, nil)
	return err
}

func typeOf(name string) schema.Type {
	t, ok := schema.TypeOf(name)
	if !ok {
		panic("no type " + name)
	}
	return t
}

func ref(kind, id string) fhir.Ref { return fhir.Ref{Type: typeOf(kind), ID: id} }

// person is the members of a Patient.
func person(name, number, phone string) string {
	return fmt.Sprintf(`"active":true,"name":[{"text":%q}],"identifier":[{"system":%q,"value":%q}],"telecom":[{"system":"phone","value":%q}]`,
		name, card, number, phone)
}

// post is a PractitionerRole with more members, such as ,"period":{…}.
func post(id, who, where, code string, more ...string) thing {
	return thing{"PractitionerRole", id, fmt.Sprintf(`"active":true,"practitioner":{"reference":"Practitioner/%s"},"organization":{"reference":"Organization/%s"},`+
		`"code":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/practitioner-role","code":%q}]}]`, who, where, code) + strings.Join(more, "")}
}

// at is where a request comes from.
func at(address string) account.From {
	return account.From{Address: netip.MustParseAddr(address), Agent: "Firefox"}
}

var here = at("192.0.2.1")

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

// refused fails the test unless the error is a refusal of the code. It gives the message.
func refused(t testing.TB, err error, code fault.Code) string {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code || f.Message == "" {
		t.Fatalf("got %v, want a refusal of the kind %s", err, code)
	}
	return f.Message
}

// staff is a person who has set up one-time passwords.
type staff struct {
	ID, Name, Secret, Token string
	Spare                   []string
}

// hire makes an account of staff that is signed in.
func (w world) hire(a account.Account) staff {
	w.Helper()
	who := staff{Name: a.Name}
	who.ID = must(w.Create(w.Context(), account.Console, a))(w)
	w.accept(&who, false)
	return who
}

// accept takes a new invitation and sets up one-time passwords.
func (w world) accept(who *staff, reset bool) {
	w.Helper()
	code := must(w.Invite(w.Context(), account.Console, who.ID, reset))(w)
	who.Token = must(w.Accept(w.Context(), who.Name, code, password, here))(w)
	w.setUp(who)
}

// setUp sets up one-time passwords in a half session.
func (w world) setUp(who *staff) {
	w.Helper()
	_, secret, err := w.Seed(w.Context(), w.signed(who.Token))
	good(w, err)
	who.Secret = secret
	who.Token, who.Spare, err = w.ConfirmSeed(w.Context(), w.signed(who.Token), w.code(secret), here)
	good(w, err)
}

// signIn signs staff in with both factors. It moves the clock on by a step: no code is taken twice.
func (w world) signIn(who *staff) {
	w.Helper()
	w.clock.forward(time.Minute)
	half := must(w.SignIn(w.Context(), who.Name, password, here))(w)
	who.Token = must(w.Second(w.Context(), w.signed(half), w.code(who.Secret), here))(w)
}

func (w world) signed(token string) *account.Signed {
	w.Helper()
	return must(w.Signed(w.Context(), token))(w)
}

// act makes staff act as what a source says.
func (w world) act(who *staff, source string) *account.Principal {
	w.Helper()
	who.Token = must(w.Act(w.Context(), w.signed(who.Token), source))(w)
	return must(w.BySession(w.Context(), who.Token))(w)
}

// give gives a role by the console.
func (w world) give(who, role, where string) string {
	w.Helper()
	return must(w.Give(w.Context(), account.Console, account.Grant{Account: who, Role: gate.Role(role), Institution: where}))(w)
}

// hand is that of a new person in a role.
func (w world) hand(name string, role gate.Role, where string) account.Hand {
	w.Helper()
	who := w.hire(account.Account{Name: name})
	g := account.Grant{Account: who.ID, Role: role, Institution: where}
	if role == gate.Proxy {
		g.Resident, g.Until, g.Reason = "Patient/li", w.clock.Now().AddDate(0, 6, 0), "mother"
	}
	return account.HandOf(w.act(&who, "grant/"+must(w.Give(w.Context(), account.Console, g))(w)))
}

// resident signs somebody in by phone.
func (w world) resident(phone string) (token string) {
	w.Helper()
	good(w, w.SendCode(w.Context(), phone, here))
	return must(w.SignInByCode(w.Context(), phone, w.phones.code(phone), here))(w)
}

// verified is a resident who has shown who they are.
func (w world) verified(phone, name, number string) (token string) {
	w.Helper()
	c := account.Claim{Name: name, System: card, Number: number}
	return must(w.VerifyName(w.Context(), w.signed(w.resident(phone)), c, here))(w)
}

// code is the one-time password of now, made as RFC 6238 says and not by the library that checks it.
func (w world) code(secret string) string { return oneTime(secret, w.clock.Now()) }

func oneTime(secret string, at time.Time) string {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		panic(err)
	}
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, at.Unix()/30)
	sum := mac.Sum(nil)
	from := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[from:])&0x7fffffff)%1_000_000)
}

// items are all of the register, of all kinds, with what is kept of their past.
func (w world) items() (list []store.Item) {
	w.Helper()
	for _, kind := range account.Kinds {
		for _, i := range must(w.db.Owned(w.Context(), kind, "*", "", 10_000))(w) {
			list = append(list, must(w.db.Past(w.Context(), kind, i.ID))(w)...)
		}
	}
	return list
}
