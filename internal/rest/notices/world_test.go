package notices_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/app"
	"yitong/internal/bilingual"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/gate/trail"
	"yitong/internal/notice"
	"yitong/internal/rest/auth"
	"yitong/internal/rest/notices"
	"yitong/internal/store"
	"yitong/internal/worker"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// world is a record with two residents who have accounts, and notices that leave at once.
type world struct {
	*testing.T
	db       store.DB
	gate     *gate.Gate
	accounts *account.Accounts
	out      *phones
	kinds    notice.Registry
	zone     *time.Location
	ids      map[string]string // accounts by Patient
	late     atomic.Int64      // by which the clock of the accounts is ahead
}

// now is the clock of the accounts.
func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.late.Load())) }

func each(t *testing.T, test func(*world)) {
	t.Helper()
	databases.Each(t, func(t *testing.T, db store.DB) { test(newWorld(t, db)) })
}

const card = "urn:oid:2.16.156.10011.1.3" // the resident identity card

func newWorld(t *testing.T, db store.DB) *world {
	t.Helper()
	w := &world{T: t, db: db, out: &phones{}, zone: time.UTC, ids: map[string]string{}}
	w.gate = gate.New(db, gate.Config{Owned: notice.Owned(), Trail: trail.NewRecorder(db)})
	key := make([]byte, account.KeyBytes)
	box, err := account.NewBox(key)
	w.must(err)
	w.accounts, err = account.New(db, w.gate, account.Config{Box: box, Work: account.Work{Memory: 64, Passes: 1, Lanes: 1}, Sender: w.out, Now: w.now})
	w.must(err)
	w.kinds, err = notice.NewRegistry(notice.Standard()...)
	w.must(err)
	for id, p := range people {
		w.put("Patient", id, fmt.Sprintf(`"active":true,"name":[{"text":%q}],"identifier":[{"system":%q,"value":%q}],"telecom":[{"system":"phone","value":%q}]`, p.name, card, p.number, p.phone))
	}
	return w
}

// people are the residents.
var people = map[string]struct{ name, number, phone string }{
	"li":   {"李小明", "110101199001011237", "13900000001"},
	"chen": {"陈芳", "110101199002021245", "13900000002"},
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) engine() *gate.Session {
	return w.gate.Session(gate.Actor{Reference: "Device/engine", Access: gate.Whole(), Process: gate.Everything})
}

func (w *world) put(kind, id, members string) {
	w.Helper()
	r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":%q,"id":%q,%s}`, kind, id, members))
	w.must(err)
	t, _ := schema.TypeOf(kind)
	_, err = w.engine().Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: t, ID: id, Resource: r}}, nil)
	w.must(err)
}

// tell writes a notice to a resident.
func (w *world) tell(kind, patient string) (id string) {
	w.Helper()
	r, err := notice.Resource(notice.Notice{
		Kind: w.kinds[kind], Recipients: []notice.Recipient{{Reference: "Patient/" + patient}}, Subject: "Patient/" + patient, Sent: time.Now(),
		Title: bilingual.Text{Zh: "检查结果", En: "A result"}, Text: bilingual.Text{Zh: "血糖 5.6", En: "Glucose 5.6"},
	})
	w.must(err)
	done, err := w.engine().Apply(w.Context(), []gate.Op{{Kind: gate.Create, Type: r.Type, Resource: r}}, nil)
	w.must(err)
	return done[0].Version.Ref.ID
}

// phones are what is sent to them, codes and notices alike.
type phones struct {
	mu    sync.Mutex
	texts []string
	mails []notice.Message
}

// Send implements [account.Sender].
func (p *phones) Send(_ context.Context, phone, text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.texts = append(p.texts, phone+" "+text)
	return nil
}

func (p *phones) last() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.texts[len(p.texts)-1]
}

// provider brings notices to the same phones.
type provider struct{ *phones }

func (p provider) Send(ctx context.Context, m notice.Message) (string, error) {
	if m.Channel == notice.Email {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.mails = append(p.mails, m)
		return "", nil
	}
	return "", p.phones.Send(ctx, m.To, m.Text)
}

// node is one server.
type node struct {
	*world
	*httptest.Server
	notices *notice.Service
	pages   *auth.Site
}

// node starts a server; with work, it settles and sends too.
func (w *world) node(work bool) *node {
	w.Helper()
	n := &node{world: w, pages: auth.New(w.accounts, auth.Config{Zone: w.zone})}
	n.notices = notice.New(w.db, w.gate, notice.Config{
		Kinds: w.kinds, People: app.Addressees(w.gate, w.accounts), Digest: time.Nanosecond, Zone: w.zone, URL: "https://health.example.cn",
		Providers: map[notice.Channel]notice.Provider{notice.SMS: provider{w.out}, notice.Email: provider{w.out}},
	})
	ctx, cancel := context.WithCancel(context.Background())
	mux := http.NewServeMux()
	n.Server = httptest.NewUnstartedServer(mux)
	n.Start()
	foreign := http.NewCrossOriginProtection()
	who := func(r *http.Request) (*account.Principal, error) {
		if err := foreign.Check(r); err != nil {
			return nil, err
		}
		return w.accounts.BySession(r.Context(), n.pages.Token(r))
	}
	desk := notices.New(notices.Config{Notices: n.notices, Gate: w.gate, People: w.accounts, Who: who, Site: n.pages, Origin: n.URL, Stop: ctx.Done()}).Handler()
	mux.Handle("/notices", desk)
	mux.Handle("/notices/", desk)
	var all sync.WaitGroup
	ready := make(chan struct{})
	all.Go(func() { n.notices.Tail(ctx, ready) })
	<-ready
	if work {
		c := worker.Config{Poll: 5 * time.Millisecond, Cursors: []worker.Cursor{{Name: notice.Cursor, Types: notice.Types(), Take: n.notices.Take}}}
		for kind, do := range n.notices.Jobs() {
			c.Handlers = append(c.Handlers, worker.Handler{Kind: kind, Run: func(ctx context.Context, t worker.Task) error { return do(ctx, t.Args) }})
		}
		run, err := worker.New(context.Background(), w.db, c)
		w.must(err)
		all.Go(func() { _ = run.Run(ctx) })
	}
	w.Cleanup(func() { cancel(); n.Close(); all.Wait() })
	return n
}

// signIn signs a resident in, whose name is verified, and gives the token of the session.
func (w *world) signIn(id string) (token string) {
	w.Helper()
	ctx, p := w.Context(), people[id]
	w.must(w.accounts.SendCode(ctx, p.phone, account.From{}))
	code := regexp.MustCompile(`\b[0-9]{6}\b`).FindString(w.out.last())
	token, err := w.accounts.SignInByCode(ctx, p.phone, code, account.From{})
	w.must(err)
	who, err := w.accounts.Signed(ctx, token)
	w.must(err)
	w.ids[id] = who.Account.ID
	token, err = w.accounts.VerifyName(ctx, who, account.Claim{Name: p.name, System: card, Number: p.number}, account.From{})
	w.must(err)
	who, err = w.accounts.Signed(ctx, token)
	w.must(err)
	token, err = w.accounts.Act(ctx, who, "Patient/"+id)
	w.must(err)
	return token
}

// browser is one in which somebody has signed in at a node.
type browser struct {
	*node
	http.Client
}

func (n *node) browser(token string) *browser {
	n.Helper()
	jar, err := cookiejar.New(nil)
	n.must(err)
	u, err := url.Parse(n.URL)
	n.must(err)
	jar.SetCookies(u, []*http.Cookie{{Name: "yitong", Value: token}})
	return &browser{n, http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// do sends a request and reads the JSON of its answer into out, unless that is nil. It gives the status.
func (b *browser) do(method, path string, body, out any) int {
	b.Helper()
	text, err := json.Marshal(body)
	b.must(err)
	r, err := http.NewRequestWithContext(b.Context(), method, b.URL+path, bytes.NewReader(text))
	b.must(err)
	r.Header.Set("Content-Type", "application/json")
	answer, err := b.Do(r)
	b.must(err)
	defer answer.Body.Close()
	if text, err = io.ReadAll(answer.Body); err == nil && out != nil {
		err = json.Unmarshal(text, out)
	}
	b.must(err)
	return answer.StatusCode
}

// page is one of the pages.
func (b *browser) page(path string) (status int, text string) {
	b.Helper()
	answer, err := b.Get(b.URL + path)
	b.must(err)
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	b.must(err)
	if answer.Header.Get("Location") != "" {
		return answer.StatusCode, answer.Header.Get("Location")
	}
	return answer.StatusCode, string(all)
}

// send sends a form of a page.
func (b *browser) send(path, token string, fields url.Values) (status int, text string) {
	b.Helper()
	fields.Set("form", token)
	answer, err := b.PostForm(b.URL+path, fields)
	b.must(err)
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	b.must(err)
	if answer.Header.Get("Location") != "" {
		return answer.StatusCode, answer.Header.Get("Location")
	}
	return answer.StatusCode, string(all)
}

// until waits until something is so.
func (w *world) until(what string, is func() bool) {
	w.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.Fatalf("still not: %s", what)
		}
	}
}

// lines are those of the trail that a test looks for.
func (w *world) lines(has ...string) (n int) {
	w.Helper()
	rows, err := w.db.Loose(w.Context(), 1<<20)
	w.must(err)
	for _, row := range rows {
		for line := range strings.Lines(string(row.Lines)) {
			if !slices.ContainsFunc(has, func(part string) bool { return !strings.Contains(line, part) }) {
				n++
			}
		}
	}
	return n
}
