package rest_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate/emergency"
	"yitong/internal/store"
)

// watched notes which calls of the database a server makes, in their order.
type watched struct {
	store.DB
	mu    sync.Mutex
	calls []string
}

func (w *watched) note(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, name)
}

// taken are the calls until now, which begin anew.
func (w *watched) taken() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	calls := strings.Join(w.calls, " ")
	w.calls = nil
	return calls
}

func (w *watched) Head(ctx context.Context, ref fhir.Ref) (store.Version, error) {
	w.note("head")
	return w.DB.Head(ctx, ref)
}

func (w *watched) Version(ctx context.Context, ref fhir.Ref, number int64) (store.Version, error) {
	w.note("version")
	return w.DB.Version(ctx, ref, number)
}

func (w *watched) Versions(ctx context.Context, ref fhir.Ref, before int64, n int) ([]store.Past, error) {
	w.note("versions")
	return w.DB.Versions(ctx, ref, before, n)
}

func (w *watched) Changes(ctx context.Context, t schema.Type, before store.Mark, n int) ([]store.Past, error) {
	w.note("changes")
	return w.DB.Changes(ctx, t, before, n)
}

func (w *watched) Gather(ctx context.Context, want store.Want) (store.Found, error) {
	w.note("gather")
	return w.DB.Gather(ctx, want)
}

func (w *watched) Seek(ctx context.Context, ranges []store.Range) ([][]store.Posting, error) {
	w.note("seek")
	return w.DB.Seek(ctx, ranges)
}

func (w *watched) Sizes(ctx context.Context, ranges []store.Range, most int) ([]int, error) {
	w.note("sizes")
	return w.DB.Sizes(ctx, ranges, most)
}

func (w *watched) Heads(ctx context.Context, refs []fhir.Ref) ([]store.Version, error) {
	w.note("heads")
	return w.DB.Heads(ctx, refs)
}

func (w *watched) Holders(ctx context.Context, keys []store.Key, most int) ([]store.Version, error) {
	w.note("holders")
	return w.DB.Holders(ctx, keys, most)
}

func (w *watched) Held(ctx context.Context, keys []store.Key) ([]bool, error) {
	w.note("held")
	return w.DB.Held(ctx, keys)
}

func (w *watched) Names(ctx context.Context, rids []int64) ([]fhir.Ref, error) {
	w.note("names")
	return w.DB.Names(ctx, rids)
}

func (w *watched) Bodies(ctx context.Context, rids []int64) ([]store.Version, error) {
	w.note("bodies")
	return w.DB.Bodies(ctx, rids)
}

func (w *watched) Born(ctx context.Context, rids []int64) (map[int64]time.Time, error) {
	w.note("born")
	return w.DB.Born(ctx, rids)
}

func (w *watched) Item(ctx context.Context, kind, id string) (store.Item, error) {
	w.note("item")
	return w.DB.Item(ctx, kind, id)
}

func (w *watched) Named(ctx context.Context, kind, name string) (store.Item, error) {
	w.note("named")
	return w.DB.Named(ctx, kind, name)
}

func (w *watched) Owned(ctx context.Context, kind, owner, behind string, most int) ([]store.Item, error) {
	w.note("owned")
	return w.DB.Owned(ctx, kind, owner, behind, most)
}

func (w *watched) Write(ctx context.Context, work store.Work) error {
	w.note("write")
	return w.DB.Write(ctx, work)
}

// emergencies is a record in which doctors of b and of a have opened records in an emergency, those of a in the one twin only; and
// in which Zhu, of whom a hides nothing else, is known to a third institution.
func emergencies() story {
	s := usualStory()
	s.owned = emergency.Owned()
	now := time.Date(2026, 5, 4, 16, 0, 0, 0, shanghai)
	s.now = func() time.Time { return now }
	s.actors["admin of b"] = s.actors["administrator"]
	s.plain = append(s.plain[:len(s.plain):len(s.plain)], `{"resourceType":"Organization","id":"c","name":"c"}`)
	for i := range 7 {
		s.plain = append(s.plain, fmt.Sprintf(`{"resourceType":"Patient","id":"c%d","meta":{%s},"identifier":[{"system":"urn:c","value":"c%d"}],"name":[{"text":"朱五"}]}`, i, keptBy("c"), i))
	}
	const use = `"identifier":[{"system":"urn:yitong:emergency","value":"Practitioner/a/1"}]`
	s.hidden = append(s.hidden[:len(s.hidden):len(s.hidden)],
		`{"resourceType":"Consent","id":"qz7k","META",`+use+`,"status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},`+
			`"category":[{"coding":[{"system":"urn:yitong:permit","code":"emergency"}]}],"patient":{"reference":"Patient/c6"},"dateTime":"2026-05-04T15:00:00+08:00",`+
			`"provision":{"type":"permit","period":{"start":"2026-05-04T15:00:00+08:00","end":"2026-05-04T23:00:00+08:00"},"actor":[{"reference":{"reference":"Organization/a"}}]}}`,
		`{"resourceType":"Task","id":"qz7x","META",`+use+`,"status":"requested","intent":"order","code":{"coding":[{"system":"urn:yitong:process","code":"emergency-review"}]},"focus":{"reference":"Consent/qz7k"},"for":{"reference":"Patient/c6"},`+
			`"authoredOn":"2026-05-04T15:00:00+08:00","owner":{"reference":"Organization/a"},"reasonCode":{"text":"qz7"},"restriction":{"period":{"end":"2026-05-05T15:00:00+08:00"}}}`,
		`{"resourceType":"Communication","id":"qz7h","META",`+use+`,"status":"completed","category":[{"coding":[{"system":"urn:yitong:process","code":"emergency-notice"}]}],"subject":{"reference":"Patient/c6"},"about":[{"reference":"Consent/qz7k"}],"payload":[{"contentString":"qz7"}]}`,
		`{"resourceType":"Encounter","id":"qz7z","META","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/c6"},"serviceProvider":{"reference":"Organization/a"},"period":{"start":"2026-05-04"}}`,
		`{"resourceType":"Encounter","id":"qz7q","META","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/c1"},"serviceProvider":{"reference":"Organization/b"},"period":{"start":"2026-05-04"}}`,
	)
	return s
}

// openers may open a record in an emergency.
var openers = []string{"doctor", "nurse", "pharmacist"}

// watchedTwins are twins whose calls of the database are noted.
type watchedTwins struct {
	twins
	dbs [2]*watched
}

func (s story) watched(t *testing.T, open func(testing.TB) store.DB) (w watchedTwins) {
	n := 0
	s.db = func(db store.DB) store.DB {
		w.dbs[n] = &watched{DB: db}
		n++
		return w.dbs[n-1]
	}
	w.twins = s.twins(t, open)
	return w
}

// same is [twins.same], and the calls of the database are the same, too.
func (w watchedTwins) same(who string, a asked) {
	w.Helper()
	w.taken()
	w.twins.same(who, a)
	if calls := w.taken(); calls[0] != calls[1] {
		w.Errorf("%s can tell by the time of %s\nwhat is hidden is there: %s\nit never was:           %s", who, a, calls[0], calls[1])
	}
}

func (w watchedTwins) taken() (calls [2]string) {
	for i, db := range w.dbs {
		calls[i] = db.taken()
	}
	return calls
}

// alike asks one server for two things, of which one is not there. But for their names the answers and the calls are the same.
func (w watchedTwins) alike(who string, one, other asked, names *strings.Replacer) {
	w.Helper()
	w.taken()
	first, _ := toldBy(w.with, who, one)
	calls := w.taken()[0]
	second, _ := toldBy(w.with, who, other)
	if again := w.taken()[0]; calls != again {
		w.Errorf("%s can tell by the time of %s\nwhat is there: %s\nwhat is not:   %s", who, one, calls, again)
	}
	if names.Replace(first) != names.Replace(second) {
		w.Errorf("%s can tell by %s\nwhat is there:\n%.700s\nwhat is not:\n%.700s", who, one, first, second)
	}
}

// TestHostileEmergencies: whom emergency access is refused, and whom nothing is to be reviewed, cannot tell who is in the record, and
// what others have opened; neither by what they are answered nor by what the database has to do.
func TestHostileEmergencies(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := emergencies().watched(t, open)
			for _, who := range slices.Sorted(maps.Keys(outsiders)) {
				w.opening(who)
				w.reviewing(who)
			}
			w.fill()
			w.full()
			for _, who := range slices.Sorted(maps.Keys(outsiders)) {
				w.telling(who)
			}
		})
	}
}

// named are the ways in which a resident is named.
func named(id, system, value string) (all []asked) {
	for _, reason := range []string{"", "急", strings.Repeat("急", 20), sound} {
		all = append(all,
			asked{method: "POST", address: "/Patient/" + id + "/$emergency-access", body: asks("reason", reason)},
			asked{method: "POST", address: "/Patient/$emergency-access", body: asks("patient", "Patient/"+id, "reason", reason)},
			asked{method: "POST", address: "/Patient/$emergency-access", body: asks("identifier", system+"|"+value, "reason", reason)},
			asked{method: "POST", address: "/Patient/" + id + "/$emergency-access", body: asks("patient", "Patient/"+id, "reason", reason)},
		)
	}
	return append(all,
		asked{method: "GET", address: "/Patient/" + id + "/$emergency-access"},
		asked{method: "POST", address: "/Patient/" + id + "/$emergency-access?reason=x", body: asks("reason", sound)},
		asked{method: "POST", address: "/", body: `{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"POST","url":"Patient/` + id + `/$emergency-access"},"resource":` + asks("reason", "急") + `}]}`},
	)
}

// opening tries to open what is hidden. Who may open records, does it for a reason that is none.
func (w watchedTwins) opening(who string) {
	w.Helper()
	names := strings.NewReplacer("qz7p", "x", "none", "x")
	for i, a := range named("qz7p", "urn:qz7", "qz7") {
		if slices.Contains(openers, who) && strings.Contains(a.body, sound) && !strings.Contains(a.address, "?") && a.method == "POST" && !twice(a) {
			continue // they are let in
		}
		w.same(who, a)
		w.alike(who, a, named("none", "urn:none", "none")[i], names)
	}
}

// twice tells whether a resident is named in two ways.
func twice(a asked) bool {
	return strings.Contains(a.address, "/Patient/qz7p") && strings.Contains(a.body, `"patient"`)
}

// reviewing tries to review what others have opened.
func (w watchedTwins) reviewing(who string) {
	w.Helper()
	for _, id := range []string{"qz7x", "qz7t", "qz7k", "none"} {
		if who == "regulator" && id == "qz7x" {
			continue // who sees all reviews
		}
		for _, said := range []string{
			asks("verdict", "justified"), asks("verdict", "unjustified"), asks("verdict", "unjustified", "note", sound), asks("verdict", "perhaps"), asks(), asks("verdict", "justified", "note", "急"),
		} {
			one := asked{method: "POST", address: "/Task/" + id + "/$emergency-review", body: said}
			w.same(who, one)
			if id != "none" {
				w.alike(who, one, asked{method: "POST", address: "/Task/none/$emergency-review", body: said}, strings.NewReplacer(id, "x", "none", "x"))
			}
		}
	}
}

// fill opens as many records as may be in both twins.
func (w watchedTwins) fill() {
	w.Helper()
	for i := range 5 {
		a := asked{method: "POST", address: fmt.Sprintf("/Patient/c%d/$emergency-access", i), body: asks("reason", sound)}
		w.twins.same(openers[0], a) // the openers are one person
		if told, _ := toldBy(w.with, openers[0], a); !strings.HasPrefix(told, "200") {
			w.Fatal(told)
		}
	}
}

// full tries to open one more, which is refused whoever is named.
func (w watchedTwins) full() {
	w.Helper()
	names := strings.NewReplacer("qz7p", "x", "none", "x")
	for _, who := range openers {
		for i, a := range named("qz7p", "urn:qz7", "qz7") {
			w.twins.same(who, a)
			there, _ := toldBy(w.with, who, a)
			none, _ := toldBy(w.with, who, named("none", "urn:none", "none")[i])
			if names.Replace(there) != names.Replace(none) {
				w.Errorf("%s can tell by %s: %s, %s", who, a, there, none)
			}
			if strings.Contains(a.body, sound) && !twice(a) && !strings.HasPrefix(there, "429") && i < 15 {
				w.Errorf("%s may open one more by %s: %s", who, a, there)
			}
		}
	}
}

// telling asks for what is told of emergencies.
func (w watchedTwins) telling(who string) {
	w.Helper()
	for _, query := range []string{"", "?_since=2026-01-01", "?institution=Organization/a", "?institution=Organization/b", "?institution=Organization/none", "?institution=a"} {
		if who == "regulator" && !strings.Contains(query, "/b") && !strings.Contains(query, "none") {
			continue // who sees the uses of all
		}
		w.twins.same(who, asked{method: "GET", address: "/$emergency-uses" + query})
	}
	for _, query := range []string{
		"Task?code=urn:yitong:process|emergency-review&_total=accurate", "Task?patient=Patient/c6", "Consent?category=urn:yitong:permit|emergency&_total=accurate", "Consent?patient=Patient/c6",
		"Communication?category=urn:yitong:process|emergency-notice", "Communication?_summary=count", "Task/qz7x", "Consent/qz7k", "Communication/qz7h", "Patient?_id=c6&_revinclude=*:*", "Encounter?patient=Patient/c6&_total=accurate",
	} {
		if who != "regulator" || !strings.HasPrefix(query, "Task") {
			w.twins.same(who, asked{method: "GET", address: "/" + query})
		}
	}
}
