package auth_test

import (
	"context"
	"crypto/tls"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"yitong/internal/account"
	"yitong/internal/account/smart"
	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/rest/auth"
	"yitong/internal/store"
	"yitong/internal/store/sqlite"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// world is a platform with its pages, alone in a record.
type world struct {
	*testing.T
	accounts *account.Accounts
	record   *gate.Session
	site     *auth.Site
	serve    http.Handler
	apps     *apps

	mu   sync.Mutex
	now  time.Time
	sent map[string]string // the last text to each phone
}

// host is where the pages are.
const host = "yitong.test"

// each runs a test on both databases.
func each(t *testing.T, test func(*world)) {
	databases.Each(t, func(t *testing.T, db store.DB) { test(newWorld(t, db)) })
}

// one runs a test on the database that is there at once.
func one(t *testing.T) *world {
	t.Parallel()
	db, err := sqlite.Open(t.Context(), t.TempDir()+"/record.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return newWorld(t, db)
}

func newWorld(t *testing.T, db store.DB) *world {
	w := &world{T: t, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), sent: map[string]string{}, apps: &apps{}}
	box, err := account.NewBox(make([]byte, account.KeyBytes))
	w.must(err)
	g := gate.New(db, gate.Config{References: true})
	w.record = g.Session(gate.Actor{Reference: "Device/test", Access: gate.Whole()})
	w.accounts, err = account.New(db, g, account.Config{
		Box: box, Work: account.Work{Memory: 64, Passes: 1, Lanes: 1}, Now: w.clock, Sender: w, Issuer: host,
		Passkeys: account.Passkeys{Host: host, Origins: []string{"https://" + host}},
	})
	w.must(err)
	w.site = auth.New(w.accounts, auth.Config{
		Names: names{}, Apps: w.apps, Phones: true, Passkeys: true, Zone: time.FixedZone("Asia/Shanghai", 8*3600),
		Help: auth.Help{Phone: "0711-12320", Hours: bilingual.Text{Zh: "工作日 8:00–17:30", En: "working days, 8:00 to 17:30"}},
	})
	w.serve = w.site.Handler()
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// Send implements [account.Sender].
func (w *world) Send(_ context.Context, phone, text string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if phone == "+8613900000009" {
		return fault.New(fault.Unavailable, "the carrier is down")
	}
	w.sent[phone] = regexp.MustCompile(`\d{6}`).FindString(text)
	return nil
}

type names struct{}

func (names) Name(_ context.Context, reference string) string {
	return map[string]string{"Organization/h1": "市第一医院", "Organization/h2": "<b>城东</b>社区卫生服务中心",
		"Patient/p1": "王小明"}[reference]
}

// apps are the programs that somebody has allowed.
type apps struct {
	mu   sync.Mutex
	list map[string][]auth.Approval
}

func (a *apps) Approvals(_ context.Context, account string) ([]auth.Approval, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.list[account], nil
}

func (a *apps) Withdraw(_ context.Context, account, client string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	left := []auth.Approval{}
	for _, x := range a.list[account] {
		if x.Client != client {
			left = append(left, x)
		}
	}
	a.list[account] = left
	return nil
}

func (a *apps) allow(account string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = map[string][]auth.Approval{account: {{
		Client: "steps", Name: "步数<i>记录", English: "Step <i>counter", Institution: "市第一医院",
		Since:     time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
		Sentences: []smart.Sentence{{Chinese: "查看您的检验结果", English: "read your laboratory results"}},
	}}}
}

// put makes something in the record.
func (w *world) put(kind, id, text string) {
	w.Helper()
	t, _ := schema.TypeOf(kind)
	r, err := fhir.ParseResource([]byte(`{"resourceType":"` + kind + `","id":"` + id + `",` + text + `}`))
	w.must(err)
	_, err = w.record.Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: t, ID: id, Resource: r}}, nil)
	w.must(err)
}

// staff makes an account that has been invited.
func (w *world) staff(name, called string, grants ...account.Grant) (id, code string) {
	w.Helper()
	id, err := w.accounts.Create(w.Context(), account.Console, account.Account{Name: name, Called: called})
	w.must(err)
	for _, g := range grants {
		g.Account = id
		_, err = w.accounts.Give(w.Context(), account.Console, g)
		w.must(err)
	}
	code, err = w.accounts.Invite(w.Context(), account.Console, id, false)
	w.must(err)
	return id, code
}

// strongPassword is one that is taken.
const strongPassword = "hund-laterne 湖边 kupfer"

// browser is a browser that has not been here before.
type browser struct {
	*world
	client *http.Client
	scheme string
	seed   string // of the person's one-time passwords
	last   page
}

// page is what a browser was answered.
type page struct {
	status int
	text   string
	header http.Header
	path   string
}

func (w *world) browser() *browser { return w.browserBy("http") }

func (w *world) browserBy(scheme string) *browser {
	jar, err := cookiejar.New(nil)
	w.must(err)
	b := &browser{world: w, scheme: scheme}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	b.client = &http.Client{Jar: jar, Transport: b, CheckRedirect: stay}
	return b
}

// RoundTrip hands the request to the pages.
func (b *browser) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.RequestURI, r.RemoteAddr, r.Host = r.URL.RequestURI(), "192.0.2.7:4711", host
	if r.Body == nil {
		r.Body = http.NoBody
	}
	if b.scheme == "https" {
		r.TLS = &tls.ConnectionState{}
	}
	out := httptest.NewRecorder()
	b.serve.ServeHTTP(out, r)
	return out.Result(), nil
}

func (b *browser) address(path string) *url.URL {
	u, err := url.Parse(b.scheme + "://" + host + path)
	b.must(err)
	return u
}

func (b *browser) do(r *http.Request) page {
	b.Helper()
	r.Header.Set("User-Agent",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/148.0 Safari/537.36")
	out, err := b.client.Do(r)
	b.must(err)
	defer out.Body.Close()
	text, err := io.ReadAll(out.Body)
	b.must(err)
	b.last = page{out.StatusCode, string(text), out.Header, r.URL.RequestURI()}
	return b.last
}

// get opens an address as it is.
func (b *browser) get(path string) page {
	b.Helper()
	r, err := http.NewRequest("GET", b.address(path).String(), nil)
	b.must(err)
	return b.do(r)
}

// see opens an address and follows where it leads to within the pages.
func (b *browser) see(path string) page {
	b.Helper()
	p := b.get(path)
	for range 6 {
		if p.status != http.StatusSeeOther || !strings.HasPrefix(p.to(), "/auth/") {
			break
		}
		p = b.get(p.to())
	}
	return p
}

// send sends the form of the last page, with the fields given as name, value …
func (b *browser) send(fields ...string) page {
	b.Helper()
	return b.post(b.last.path, b.last.token(), fields...)
}

// follow sends the form and follows.
func (b *browser) follow(fields ...string) page {
	b.Helper()
	p := b.send(fields...)
	if p.status != http.StatusSeeOther {
		b.Fatalf("%s: %d, want 303: %s", p.path, p.status, p.problem())
	}
	return b.see(p.to())
}

func (b *browser) post(path, token string, fields ...string) page {
	b.Helper()
	return b.do(b.form(path, token, fields...))
}

func (b *browser) form(path, token string, fields ...string) *http.Request {
	b.Helper()
	q := url.Values{}
	if token != "" {
		q.Set("form", token)
	}
	for i := 0; i+1 < len(fields); i += 2 {
		q.Add(fields[i], fields[i+1])
	}
	r, err := http.NewRequest("POST", b.address(path).String(), strings.NewReader(q.Encode()))
	b.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", b.scheme+"://"+host)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

// cookie is a cookie of the browser, "" if it has none.
func (b *browser) cookie(name string) string {
	for _, c := range b.client.Jar.Cookies(b.address("/")) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// code is the one-time password of now, by a secret that a page has shown.
func (b *browser) code() string {
	b.Helper()
	b.wait(30 * time.Second) // each counts once
	code, err := totp.GenerateCode(b.seed, b.clock())
	b.must(err)
	return code
}

// to is where the answer leads.
func (p page) to() string { return p.header.Get("Location") }

func (p page) find(expression string) string {
	m := regexp.MustCompile(expression).FindStringSubmatch(p.text)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

func (p page) token() string   { return p.find(`name="form" value="([^"]+)"`) }
func (p page) title() string   { return p.find(`<h1>([^<]+)</h1>`) }
func (p page) problem() string { return p.find(`(?s)class="problem".*?<p>(?:<a[^>]*>)?([^<]+)`) }
func (p page) secret() string {
	return strings.ReplaceAll(p.find(`class="secret">([^<]+)<`), " ", "")
}

// is checks an answer's status, heading and part of its problem; "" for none.
func (b *browser) is(p page, status int, title, problem string) {
	b.Helper()
	if p.status != status || p.title() != title || problem == "" && p.problem() != "" ||
		!strings.Contains(p.problem(), problem) {
		b.Fatalf("%s: %d %q, problem %q; want %d %q, %q\nleads to %q", p.path, p.status, p.title(), p.problem(), status,
			title, problem, p.to())
	}
}
