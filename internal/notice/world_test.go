package notice_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/notice"
	"yitong/internal/store"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// shanghai has had no daylight saving time since 1991.
var shanghai = time.FixedZone("CST", 8*60*60)

// world is a record with people, at a time that only the test moves on; whether a job is due, the test decides as well.
type world struct {
	*testing.T
	db     store.DB
	gate   *gate.Gate
	engine *gate.Session // writes notices, and all else
	clock  *clock
	people *people
	out    *outside
	config notice.Config
	*notice.Service
}

func eachDatabase(t *testing.T, test func(world)) {
	t.Helper()
	databases.Each(t, func(t *testing.T, db store.DB) { test(newWorld(t, db)) })
}

func newWorld(t *testing.T, db store.DB) world {
	t.Helper()
	w := world{T: t, db: db, gate: gate.New(db, gate.Config{References: true, Owned: notice.Owned(), Zone: shanghai})}
	w.engine = w.gate.Session(gate.Actor{Reference: "Device/engine", Access: gate.Whole(), Process: gate.Everything})
	now, err := db.Now(t.Context())
	w.must(err)
	day := now.In(shanghai).AddDate(0, 0, 1) // notices are written by the database's clock, and settled by ours
	w.clock = &clock{now: time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, shanghai)}
	w.people = &people{phones: map[string]string{}, means: map[notice.Recipient][]string{}, blind: map[string][]string{}}
	w.out = &outside{}
	kinds, err := notice.NewRegistry(append(notice.Standard(), own, named, alone)...)
	w.must(err)
	w.config = notice.Config{
		Kinds: kinds, People: w.people, Zone: shanghai, URL: "https://health.example.cn", Now: w.clock.Now,
		Providers: map[notice.Channel]notice.Provider{notice.SMS: w.out, notice.Email: w.out, notice.WeChat: w.out},
	}
	w.Service = w.server()
	w.put("Organization", "a", `"name":"仁爱医院"`)
	w.put("Patient", "li", `"name":[{"text":"李小明"}]`)
	w.put("Practitioner", "wang", `"name":[{"text":"王医生"}]`)
	w.people.mean(notice.Recipient{Reference: "Patient/li"}, "li")
	w.people.mean(notice.Recipient{Reference: "Practitioner/wang"}, "wang")
	w.people.phone("li", "+8613900000001")
	w.people.phone("wang", "+8613900000002")
	return w
}

// Kinds beside the standard ones.
var (
	own   = notice.Kind{Code: "own", Group: notice.Platform, Names: both("平台", "platform"), Says: notice.Own{Words: both("通用", "general")}, Channels: notice.Channels()}
	named = notice.Kind{Code: "named", Group: notice.Care, Names: both("机构", "institution"), Clinical: true, Says: notice.Declared{Words: both("有新通知", "a notice"), Institution: true}, Channels: notice.Channels()}
	alone = notice.Kind{Code: "alone", Group: notice.Work, Names: both("立即", "at once"), Says: notice.Declared{Words: both("立即办理", "at once")}, Channels: notice.Channels(), AtOnce: true}
)

func both(chinese, english string) bilingual.Text {
	return bilingual.Text{Zh: chinese, En: english}
}

// server is one more server on the same database.
func (w world) server() *notice.Service { return notice.New(w.db, w.gate, w.config) }

func (w world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w world) refused(err error, code fault.Code) {
	w.Helper()
	if fault.CodeOf(err) != code {
		w.Fatalf("got %v, want %s", err, code)
	}
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

// to moves on to the next time of that hour and minute.
func (c *clock) to(hour, minute int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := time.Date(c.now.Year(), c.now.Month(), c.now.Day(), hour, minute, 0, 0, c.now.Location())
	if !next.After(c.now) {
		next = next.AddDate(0, 0, 1)
	}
	c.now = next
}

// people are who means whom, as the test says.
type people struct {
	mu     sync.Mutex
	phones map[string]string
	means  map[notice.Recipient][]string
	blind  map[string][]string // what is not shown, by account
}

func (p *people) mean(r notice.Recipient, accounts ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.means[r] = accounts
}

func (p *people) phone(account, phone string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.phones[account] = phone
}

func (p *people) Holders(_ context.Context, r notice.Recipient, most int) (list []notice.Person, _ error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range p.means[r] {
		list = append(list, notice.Person{Account: a, Phone: p.phones[a]})
	}
	return list[:min(len(list), most)], nil
}

func (p *people) Holds(_ context.Context, account string, r notice.Recipient) (notice.Person, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return notice.Person{Account: account, Phone: p.phones[account]}, slices.Contains(p.means[r], account), nil
}

// Sees implements [notice.People].
func (p *people) Sees(_ context.Context, account string, _ notice.Recipient, all []fhir.Ref) (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !slices.ContainsFunc(all, func(r fhir.Ref) bool { return slices.Contains(p.blind[account], r.String()) }), nil
}

// blindTo says what somebody who acts for a resident is not shown.
func (p *people) blindTo(account string, names ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.blind[account] = names
}

// outside is what has left.
type outside struct {
	mu   sync.Mutex
	sent []notice.Message
	fail error
	hook func(notice.Message) // called without the lock
}

func (o *outside) Send(_ context.Context, m notice.Message) (string, error) {
	o.mu.Lock()
	fail, hook := o.fail, o.hook
	if fail == nil {
		o.sent = append(o.sent, m)
	}
	o.mu.Unlock()
	if hook != nil {
		hook(m)
	}
	return "r-" + m.ID, fail
}

func (o *outside) failing(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fail = err
}

func (o *outside) all() []notice.Message {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.sent)
}

// take gives what has left since it was called last, as channel, account and number of notices.
func (o *outside) take() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var list []string
	for _, m := range o.sent {
		list = append(list, fmt.Sprintf("%s %s %d", m.Channel, m.Account, m.Count))
	}
	o.sent = nil
	slices.Sort(list)
	return strings.Join(list, ", ")
}

func typeOf(name string) schema.Type {
	t, ok := schema.TypeOf(name)
	if !ok {
		panic("no type " + name)
	}
	return t
}

func (w world) put(kind, id, members string) {
	w.Helper()
	r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":%q,"id":%q,%s}`, kind, id, members))
	w.must(err)
	_, err = w.engine.Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: typeOf(kind), ID: id, Resource: r}}, nil)
	w.must(err)
}

// a is a notice of a kind for somebody.
func (w world) a(kind string, to ...string) notice.Notice {
	n := notice.Notice{Kind: w.config.Kinds[kind], Sent: w.clock.Now(), Title: both("题目", "title"), Text: both("内容", "text")}
	for _, r := range to {
		n.Recipients = append(n.Recipients, notice.Recipient{Reference: r})
	}
	return n
}

// write writes a notice and gives its id.
func (w world) write(n notice.Notice) string {
	w.Helper()
	r, err := notice.Resource(n)
	w.must(err)
	done, err := w.engine.Apply(w.Context(), []gate.Op{{Kind: gate.Create, Type: r.Type, Resource: r}}, nil)
	w.must(err)
	return done[0].Version.Ref.ID
}

// retract marks a notice as entered in error.
func (w world) retract(id string) {
	w.Helper()
	v, err := w.engine.Read(w.Context(), fhir.Ref{Type: typeOf("Communication"), ID: id})
	w.must(err)
	text := strings.Replace(string(v.Body.Bytes), `"completed"`, `"entered-in-error"`, 1)
	r, err := fhir.ParseResource([]byte(text))
	w.must(err)
	_, err = w.engine.Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: id, Resource: r}}, nil)
	w.must(err)
}

// settle moves the cursor of a service to the end of the feed, as a worker does.
func (w world) settle(s *notice.Service) {
	w.Helper()
	for { // until other transactions on the same server let all changes have their numbers
		_, err := w.db.Sequence(w.Context(), 1000)
		w.must(err)
		state, err := w.db.FeedState(w.Context())
		w.must(err)
		if state.Waiting == 0 {
			break
		}
	}
	for {
		state, err := w.db.FeedState(w.Context())
		w.must(err)
		at := store.Position{}
		for _, f := range state.Followers {
			if f.Name == notice.Cursor {
				at = f.At
			}
		}
		s1, err := w.db.Feed(w.Context(), at, 200, notice.Types()...)
		w.must(err)
		if s1.To == at {
			return
		}
		effect, err := s.Take(w.Context(), s1.Entries)
		w.must(err)
		w.must(w.db.Write(w.Context(), store.Work{Puts: 10, Do: func(tx store.Tx, _ store.Found) error {
			if ok, err := tx.Advance(notice.Cursor, at, s1.To); err != nil || !ok {
				return cmp.Or(err, error(fault.New(fault.Conflict, "moved")))
			}
			return effect(tx)
		}}))
	}
}

// gather runs the jobs that put messages together, of everybody.
func (w world) gather(s *notice.Service) {
	w.Helper()
	w.people.mu.Lock()
	accounts := map[string]bool{}
	for _, list := range w.people.means {
		for _, a := range list {
			accounts[a] = true
		}
	}
	for a := range w.people.phones {
		accounts[a] = true
	}
	w.people.mu.Unlock()
	for a := range accounts {
		for _, c := range notice.Channels() {
			w.must(s.Gather(w.Context(), args(map[string]string{"account": a, "channel": string(c)})))
		}
	}
}

func args(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// messages are the ids of all that were put together.
func (w world) messages() (ids []string) {
	w.Helper()
	list, err := w.Outbox(w.Context(), "")
	w.must(err)
	for _, m := range list {
		ids = append(ids, m.ID)
	}
	slices.Reverse(ids)
	return ids
}

// states are those of all messages, in their order.
func (w world) states() string {
	w.Helper()
	list, err := w.Outbox(w.Context(), "")
	w.must(err)
	var all []string
	for _, m := range list {
		all = append(all, string(m.State))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// send runs the jobs that send.
func (w world) send(s *notice.Service) {
	w.Helper()
	for _, id := range w.messages() {
		w.must(s.Send(w.Context(), args(map[string]string{"message": id})))
	}
}

// pump lets everything leave that may now.
func (w world) pump() {
	w.Helper()
	w.settle(w.Service)
	w.gather(w.Service)
	w.send(w.Service)
}

// left wants to have left, since the last look, what it says.
func (w world) left(want string) {
	w.Helper()
	w.pump()
	if got := w.out.take(); got != want {
		w.Fatalf("at %s there left %q, want %q", w.clock.Now().Format("15:04"), got, want)
	}
}

// unread are the titles of somebody's unread notices by a session that sees everything.
func (w world) inbox(account string, unread bool) (ids []string) {
	w.Helper()
	before := ""
	for {
		p, err := w.Inbox(w.Context(), w.engine, account, unread, before, 2)
		w.must(err)
		for _, e := range p.Entries {
			ids = append(ids, e.ID)
		}
		if before = p.Next; before == "" {
			return ids
		}
	}
}
