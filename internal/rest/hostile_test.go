package rest_test

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/rest"
	"yitong/internal/store"
)

// secret stands in every text of what institution a keeps, and in the ids of it.
const secret = "qz7"

// hidden is the record of a resident of institution a, none of whose resources anybody outside may see.
var hidden = []string{
	`{"resourceType":"Patient","id":"qz7p","META","identifier":[{"system":"urn:qz7","value":"qz7"}],"name":[{"text":"qz7","family":"qz7"}],"telecom":[{"system":"phone","value":"qz7"}],"gender":"female","birthDate":"1956-12-31",` +
		`"address":[{"text":"qz7","city":"qz7"}],"generalPractitioner":[{"reference":"Practitioner/b"}],"managingOrganization":{"reference":"Organization/b"},"contact":[{"name":{"text":"qz7"}}]}`,
	`{"resourceType":"RelatedPerson","id":"qz7r","META","identifier":[{"value":"qz7"}],"patient":{"reference":"Patient/qz7p"},"name":[{"text":"qz7"}]}`,
	`{"resourceType":"Encounter","id":"qz7e","META","identifier":[{"value":"qz7"}],"status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/qz7p"},"serviceProvider":{"reference":"Organization/b"},` +
		`"participant":[{"individual":{"reference":"Practitioner/b"}}],"location":[{"location":{"reference":"Location/l"}}],"period":{"start":"2026-01-01"}}`,
	`{"resourceType":"Condition","id":"qz7c","META","identifier":[{"value":"qz7"}],"subject":{"reference":"Patient/qz7p"},"encounter":{"reference":"Encounter/qz7e"},"code":{"text":"qz7","coding":[{"system":"http://loinc.org","code":"8867-4"}]},"asserter":{"reference":"Practitioner/b"}}`,
	`{"resourceType":"Observation","id":"qz7o","META","identifier":[{"value":"qz7"}],"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4","display":"qz7"}]},"subject":{"reference":"Patient/qz7p","display":"qz7"},` +
		`"encounter":{"reference":"Encounter/qz7e"},"performer":[{"reference":"Practitioner/b"},{"reference":"Organization/b"}],"valueString":"qz7","effectiveDateTime":"2026-01-01","note":[{"text":"qz7"}]}`,
	`{"resourceType":"DiagnosticReport","id":"qz7d","META","identifier":[{"value":"qz7"}],"status":"final","code":{"text":"qz7"},"subject":{"reference":"Patient/qz7p"},"result":[{"reference":"Observation/qz7o"}],"performer":[{"reference":"Practitioner/b"}],"conclusion":"qz7"}`,
	`{"resourceType":"MedicationRequest","id":"qz7m","META","identifier":[{"value":"qz7"}],"status":"active","intent":"order","medicationReference":{"reference":"Medication/m"},"subject":{"reference":"Patient/qz7p"},"requester":{"reference":"Practitioner/b"}}`,
	`{"resourceType":"Appointment","id":"qz7a","META","identifier":[{"value":"qz7"}],"status":"booked","comment":"qz7","participant":[{"actor":{"reference":"Patient/qz7p","display":"qz7"},"status":"accepted"},{"actor":{"reference":"Practitioner/b"},"status":"accepted"},{"actor":{"reference":"Location/l"},"status":"accepted"}]}`,
	`{"resourceType":"Coverage","id":"qz7v","META","identifier":[{"value":"qz7"}],"status":"active","beneficiary":{"reference":"Patient/qz7p"},"payor":[{"reference":"Organization/a"}],"subscriberId":"qz7"}`,
	`{"resourceType":"Claim","id":"qz7l","META","identifier":[{"value":"qz7"}],"status":"active","patient":{"reference":"Patient/qz7p"},"insurer":{"reference":"Organization/a"},"provider":{"reference":"Organization/b"}}`,
	`{"resourceType":"DocumentReference","id":"qz7f","META","identifier":[{"value":"qz7"}],"status":"current","subject":{"reference":"Patient/qz7p"},"content":[{"attachment":{"title":"qz7","url":"Binary/qz7b"}}],"author":[{"reference":"Practitioner/b"}]}`,
	`{"resourceType":"Binary","id":"qz7b","META","contentType":"text/plain","securityContext":{"reference":"Patient/qz7p"},"data":"cXo3"}`,
	`{"resourceType":"Task","id":"qz7t","META","identifier":[{"value":"qz7"}],"status":"requested","intent":"order","code":{"text":"qz7"},"for":{"reference":"Patient/qz7p"},"focus":{"reference":"Observation/qz7o"},"owner":{"reference":"Practitioner/b"}}`,
	`{"resourceType":"Consent","id":"qz7n","META","identifier":[{"value":"qz7"}],"status":"active","scope":{"coding":[{"code":"treatment"}]},"patient":{"reference":"Patient/qz7p"},"organization":[{"reference":"Organization/b"}],"performer":[{"reference":"Practitioner/b"}]}`,
	`{"resourceType":"Group","id":"qz7g","META","identifier":[{"value":"qz7"}],"type":"person","actual":true,"name":"qz7","member":[{"entity":{"reference":"Patient/qz7p"}}],"managingEntity":{"reference":"Organization/b"}}`,
	`{"resourceType":"Provenance","id":"qz7w","META","target":[{"reference":"Observation/qz7o"}],"recorded":"2026-01-01T00:00:00Z","agent":[{"who":{"reference":"Practitioner/b"}}]}`,
	`{"resourceType":"List","id":"qz7i","META","identifier":[{"value":"qz7"}],"status":"current","mode":"working","title":"qz7","subject":{"reference":"Patient/qz7p"},"entry":[{"item":{"reference":"Condition/qz7c"}}],"source":{"reference":"Practitioner/b"}}`,
}

// plainly is what everybody has, and what institution b keeps.
var plainly = []string{
	`{"resourceType":"Organization","id":"a","name":"a"}`, `{"resourceType":"Organization","id":"b","name":"b"}`,
	`{"resourceType":"Practitioner","id":"b","name":[{"text":"b"}]}`, `{"resourceType":"Location","id":"l","name":"l"}`, `{"resourceType":"Medication","id":"m"}`,
	`{"resourceType":"Patient","id":"pb","META","identifier":[{"value":"pb"}],"name":[{"text":"李四"}],"gender":"male","generalPractitioner":[{"reference":"Practitioner/b"}]}`,
	`{"resourceType":"Encounter","id":"eb","META","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/pb"},"serviceProvider":{"reference":"Organization/b"},"location":[{"location":{"reference":"Location/l"}}]}`,
	`{"resourceType":"Observation","id":"ob","META","identifier":[{"value":"ob"}],"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/pb"},"encounter":{"reference":"Encounter/eb"},"performer":[{"reference":"Practitioner/b"}]}`,
	`{"resourceType":"Appointment","id":"ab","META","status":"booked","participant":[{"actor":{"reference":"Patient/pb"},"status":"accepted"},{"actor":{"reference":"Location/l"},"status":"accepted"}]}`,
}

// outsiders are those to whom nothing of a's resident is open, by their names.
var outsiders = func() map[string]gate.Actor {
	patient, _ := schema.TypeOf("Patient")
	out := map[string]gate.Actor{"nobody": {Reference: "Practitioner/b"}}
	for _, role := range gate.Roles() {
		of := gate.Of{Actor: "Practitioner/b", Institution: "Organization/b"}
		if !role.Placed() {
			of.Institution = ""
		}
		if role == gate.Resident || role == gate.Proxy {
			of.Actor, of.Resident = "Patient/pb", fhir.Ref{Type: patient, ID: "pb"}
		}
		out[string(role)] = gate.Actor{Reference: of.Actor, Role: role, Institution: of.Institution, As: string(role), Access: policy.Standard().Access(role, of)}
	}
	return out
}()

// insider is a doctor of institution a.
const insider = "doctor of a"

// story is what two servers hold: both what is plain, and one of them what is hidden, too. A text with "META" is kept by b where it
// is plain, by a where it is hidden.
type story struct {
	plain, hidden []string
	owned         []gate.Ownership
	actors        map[string]gate.Actor // by the names that a request gives for them
	now           func() time.Time      // nil: the clock of the machine
	db            func(store.DB) store.DB
}

// twins are two servers of the same record, but that one has what is hidden, too, and in the other it never was.
type twins struct {
	*testing.T
	with, without http.Handler
}

// usualStory is the story of one resident of institution a.
func usualStory() story {
	actors := maps.Clone(outsiders)
	of := gate.Of{Actor: "Practitioner/a", Institution: "Organization/a"}
	actors[insider] = gate.Actor{Reference: of.Actor, Institution: of.Institution, Access: policy.Standard().Access(gate.Doctor, of)}
	return story{plain: plainly, hidden: hidden, actors: actors}
}

func newTwins(t *testing.T, open func(testing.TB) store.DB) twins { return usualStory().twins(t, open) }

// twins tells the story to two servers.
func (s story) twins(t *testing.T, open func(testing.TB) store.DB) twins {
	return twins{t, s.told(t, open(t), true), s.told(t, open(t), false)}
}

// told tells the story to one.
func (s story) told(t *testing.T, db store.DB, all bool) http.Handler {
	g := gate.New(db, gate.Config{References: true, Zone: shanghai, Owned: s.owned, Now: s.now})
	put(t, g, "b", s.plain)
	if all {
		put(t, g, "a", s.hidden)
	}
	if s.db != nil { // what is counted begins here
		g = gate.New(s.db(db), gate.Config{References: true, Zone: shanghai, Owned: s.owned, Now: s.now})
	}
	return rest.New(g, rest.Config{
		Version: "test", BodyMost: 1 << 20, Zone: shanghai, Log: slog.New(slog.DiscardHandler), References: true, URL: "http://localhost/fhir", RequestsMost: 64,
		Who: func(r *http.Request) (gate.Actor, error) { return s.actors[r.Header.Get("X-Who")], nil },
	}).Handler()
}

// put writes resources twice, so that each has a version that is past.
func put(t *testing.T, g *gate.Gate, custodian string, list []string) {
	whole := g.Session(gate.Actor{Reference: "Device/x", Access: gate.Whole()}).Behalf(gate.Everything)
	source := map[bool]string{true: secret, false: custodian}[custodian == "a"]
	for _, text := range list {
		text = strings.Replace(text, `"META"`, `"meta":{"source":"urn:`+source+`",`+keptBy(custodian)+`}`, 1)
		r, err := fhir.ParseResource([]byte(text))
		if err != nil {
			t.Fatal(err, text)
		}
		for range 2 {
			if _, err := whole.Apply(t.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil); err != nil {
				t.Fatal(err, text)
			}
		}
	}
}

// keptBy is the member of a meta that names a custodian.
func keptBy(custodian string) string {
	return `"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/` + custodian + `"}}]`
}

// asked is a request.
type asked struct {
	method, address, body string
	headers               []string
}

func (a asked) String() string { return a.method + " " + a.address + " " + a.body }

var (
	unsteady = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(?:Z|[+-]\d\d:\d\d)|[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}(?:\.\d+\.[\w-]{22})?|_cursor=[\w-]+|"[0-9a-f]{64}"`)
	passing  = []string{"X-Request-Id", "Date", "Last-Modified", "Content-Length"}
)

// toldBy is what a server answers, without what differs from one time to the next.
func toldBy(h http.Handler, who string, a asked) (told, text string) {
	req := httptest.NewRequest(a.method, "http://localhost/fhir"+a.address, strings.NewReader(a.body))
	req.Header.Set("X-Who", who)
	req.Header.Set("Content-Type", "application/fhir+json")
	for i := 0; i < len(a.headers); i += 2 {
		req.Header.Set(a.headers[i], a.headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	id := w.Header().Get("X-Request-Id")
	var b strings.Builder
	fmt.Fprintln(&b, w.Code)
	for _, name := range slices.Sorted(keys(w.Header())) {
		if !slices.Contains(passing, name) {
			fmt.Fprintln(&b, name, w.Header()[name])
		}
	}
	b.WriteString(w.Body.String())
	text = b.String()
	if id != "" {
		text = strings.ReplaceAll(text, id, "the request")
	}
	return unsteady.ReplaceAllString(text, "…"), text
}

func keys(h http.Header) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range h {
			if !yield(k) {
				return
			}
		}
	}
}

// same asks both servers, and fails the test if somebody can tell one from the other.
func (w twins) same(who string, a asked) {
	w.Helper()
	with, text := toldBy(w.with, who, a)
	without, _ := toldBy(w.without, who, a)
	if with != without {
		there, never := apart(with, without)
		w.Errorf("%s can tell by %s\nwhat is hidden is there:\n%s\nit never was:\n%s", who, a, there, never)
	}
	if !strings.Contains(a.String()+strings.Join(a.headers, " "), secret) && strings.Contains(with, secret) { // a sealed cursor may look like anything
		w.Errorf("%s is told by %s: %.700s", who, a, text)
	}
}

// apart are two answers around where they begin to differ.
func apart(a, b string) (string, string) {
	const before, behind = 160, 500
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	i = max(i-before, 0)
	cut := func(text string) string { return strings.ToValidUTF8(text[i:min(len(text), i+before+behind)], "") }
	return a[:3] + " …" + cut(a), b[:3] + " …" + cut(b)
}

// differs tells whether somebody can tell one server from the other.
func (w twins) differs(who string, a asked) bool {
	with, _ := toldBy(w.with, who, a)
	without, _ := toldBy(w.without, who, a)
	return with != without
}

// reads are the requests that look for what is hidden, by every way there is.
func reads() (all []asked) {
	get := func(format string, args ...any) {
		all = append(all, asked{method: "GET", address: fmt.Sprintf(format, args...)})
	}
	post := func(address, body string, headers ...string) {
		all = append(all, asked{"POST", address, body, headers})
	}
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	table := search.R4(shanghai)
	ids := map[string]string{}
	for _, text := range hidden {
		r, err := fhir.ParseResource([]byte(strings.Replace(text, `"META",`, "", 1)))
		if err != nil {
			panic(err)
		}
		ids[r.Type.String()] = r.ID
	}
	for typ, id := range ids {
		t, _ := schema.TypeOf(typ)
		name := typ + "/" + id
		for _, path := range []string{"", "/_history", "/_history/1", "/_history/2", "/_history/3", "?_summary=true", "?_elements=id", "?_format=json"} {
			get("/%s%s", name, path)
			all = append(all, asked{method: "HEAD", address: "/" + name + path})
		}
		for _, header := range [][]string{{"If-None-Match", `W/"2"`}, {"If-None-Match", `W/"1"`}, {"If-None-Match", "*"}, {"If-Modified-Since", "Mon, 01 Jan 2035 00:00:00 GMT"}, {"If-Modified-Since", "Mon, 01 Jan 2001 00:00:00 GMT"}} {
			all = append(all, asked{"GET", "/" + name, "", header})
		}
		for _, query := range []string{
			"_id=" + id, "_id=" + id + "&_total=accurate", "_id=" + id + "&_summary=count", "_id:not=" + id, "identifier=qz7", "identifier=urn:qz7|qz7", "_lastUpdated=gt2000", "_summary=count",
			"_total=accurate&_count=1", "_total=estimate&_count=1", "_sort=-_lastUpdated", "_sort=_id", "_sort=-_id&_count=1", "_source=urn:qz7", "_include=*", "_revinclude=*:*", "_id=" + id + "&_include=*&_include:iterate=*",
			"_id=" + id + "&_revinclude=Provenance:target", "-custodian=Organization/a", "-custodian:not=Organization/b", "-custodian:missing=true", "_count=0", "_security:not=x", "_tag:missing=true",
		} {
			get("/%s?%s", typ, query)
		}
		get("/%s/_history", typ)
		get("/%s/_history?_count=1&_since=2000", typ)
		post("/"+typ+"/_search", "_id="+id, form...)
		post("/"+typ+"/_search?_count=1", "identifier=qz7&_total=accurate", form...)
		get("/%s/$everything", name)
		get("/Patient/qz7p/%s", typ)
		get("/Patient/qz7p/%s?_summary=count", typ)
		get("/Practitioner/b/%s", typ)
		get("/Encounter/qz7e/%s", typ)
		for _, name := range table.Names(t) {
			p := table.Lookup(t, name)
			get("/%s?%s:missing=false", typ, name)
			if p.Kind != search.Reference {
				if p.Kind == search.Date || p.Kind == search.String {
					get("/%s?_sort=-%s", typ, name)
				}
				continue
			}
			for target, id := range ids {
				get("/%s?%s=%s/%s", typ, name, target, id)
				get("/%s?%s:%s.identifier=qz7", typ, name, target)
				get("/%s?_has:%s:%s:identifier=qz7", target, typ, name)
				get("/%s?_has:%s:%s:_id=%s", target, typ, name, ids[typ])
			}
			for _, target := range []string{"Practitioner", "Organization", "Location", "Patient", "Medication"} {
				get("/%s?_revinclude=%s:%s", target, typ, name)
				get("/%s?_revinclude:iterate=%s:%s&_include:iterate=*", target, typ, name)
				get("/%s?_has:%s:%s:identifier=qz7", target, typ, name)
				get("/%s?_has:%s:%s:_lastUpdated=gt2000", target, typ, name)
			}
			get("/%s?%s:identifier=qz7", typ, name)
			get("/%s?%s.identifier=qz7", typ, name)
		}
	}
	for _, address := range []string{
		"/_history", "/_history?_count=3", "/?_lastUpdated=gt2000", "/?_type=Patient,Observation&_sort=-_lastUpdated&_total=accurate", "/?_id=qz7p", "/?_type=Observation,Condition&_summary=count",
		"/Patient/qz7p/*", "/Practitioner/b/*", "/Patient/qz7p/$everything?_type=Observation", "/Patient/qz7p/$everything?_count=1", "/Patient/$everything", "/Observation?patient=qz7p,pb&_count=1",
		"/Observation?patient.name=qz7", "/Observation?subject:Patient.birthdate=1956-12-31", "/Observation?encounter.subject=Patient/qz7p", "/Observation?value-string=qz7", "/metadata",
		"/Observation?code=8867-4&_include=Observation:patient&_revinclude:iterate=Condition:patient", "/Encounter?location=l&_include:iterate=*", "/Location?_id=l&_revinclude=*:*", "/Patient?name=qz7&_count=1",
		"/Patient?phonetic=qz7", "/Patient?gender=female", "/Patient?birthdate=1956-12-31&_sort=birthdate", "/Patient?_sort=family", "/Observation?_sort=-date&_count=1", "/Observation?_cursor=AAAA",
	} {
		get("%s", address)
	}
	batch := `{"resourceType":"Bundle","type":"%s","entry":[{"request":{"method":"GET","url":"%s"}},{"request":{"method":"GET","url":"Location/l"}}]}`
	for _, url := range []string{"Patient/qz7p", "Observation/qz7o", "Observation?patient=qz7p", "Patient?_id=qz7p", "Observation/qz7o/_history", "Binary/qz7b", "Patient/qz7p/$everything", "Observation?_has:Provenance:target:_id=qz7w"} {
		post("/", fmt.Sprintf(batch, "batch", url))
		post("/", fmt.Sprintf(batch, "transaction", url))
	}
	for _, path := range []string{"Observation.where(true)", "Observation.subject.resolve()", "Observation.subject.resolve().name.text", "Observation.hasMember.resolve()"} {
		post("/$fhirpath", fmt.Sprintf(`{"resourceType":"Parameters","parameter":[{"name":"expression","valueString":%q},{"name":"resource","resource":{"resourceType":"Observation","subject":{"reference":"Patient/qz7p"},"hasMember":[{"reference":"Observation/qz7o"}]}}]}`, path))
	}
	slices.SortFunc(all, func(a, b asked) int { return strings.Compare(a.String(), b.String()) })
	return all
}

// TestHostileReads: by no request that reads can anybody outside tell whether what institution a keeps of its resident is there: the
// whole answer, with its headers, is that of a record in which it never was.
func TestHostileReads(t *testing.T) {
	t.Parallel()
	all := reads()
	for name, open := range databases {
		w := newTwins(t, open)
		i := 0
		for who := range outsiders {
			step := 37 // the roles that see least by as many ways as they have
			switch who {
			case "doctor", "guide", "resident", "system":
				step = 11
			}
			i++
			t.Run(name+"/"+who, func(t *testing.T) {
				t.Parallel()
				w := twins{t, w.with, w.without}
				for n := i % step; n < len(all); n += step {
					w.same(who, all[n])
				}
			})
		}
	}
	t.Logf("%d requests", len(all))
}

// TestHostileRequestsLook: the requests are such that they tell of what is hidden to whom it is not.
func TestHostileRequestsLook(t *testing.T) {
	t.Parallel()
	w := newTwins(t, databases["sqlite"])
	asked, tell := 0, 0
	for n, a := range reads() {
		if n%29 == 0 {
			if asked++; w.differs(insider, a) {
				tell++
			}
		}
	}
	if tell < asked/10 {
		t.Errorf("of %d requests %d tell a doctor of a anything", asked, tell)
	}
	t.Logf("of %d requests %d tell", asked, tell)
}

// writes are the requests that try whether something is there by writing; sent are new resources, none is there before.
func writes() (all []asked) {
	add := func(method, address, body string, headers ...string) {
		all = append(all, asked{method, address, body, headers})
	}
	patch := []string{"Content-Type", "application/json-patch+json"}
	observation := func(members string) string {
		return `{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},` + members + `}`
	}
	for _, prefer := range []string{"return=minimal", "return=representation", "return=OperationOutcome"} {
		for _, to := range []string{"Patient/qz7p", "Patient/qz7p/_history/1", "Patient/qz7p/_history/9", "Patient?identifier=qz7", "Patient?phone=qz7", "Group/qz7g", "http://localhost/fhir/Patient/qz7p"} {
			add("POST", "/Observation", observation(`"subject":{"reference":"`+to+`"}`), "Prefer", prefer)
			add("POST", "/Observation/$validate", observation(`"subject":{"reference":"`+to+`"}`), "Prefer", prefer)
			add("POST", "/Appointment", `{"resourceType":"Appointment","status":"booked","participant":[{"status":"accepted","actor":{"reference":"`+to+`"}}]}`, "Prefer", prefer)
		}
		for _, to := range []string{"Observation/qz7o", "DiagnosticReport/qz7d", "Encounter/qz7e", "Consent/qz7n", "Observation?identifier=qz7"} {
			add("POST", "/Observation", observation(`"subject":{"reference":"Patient/pb"},"derivedFrom":[{"reference":"`+to+`"}]`), "Prefer", prefer)
			add("PUT", "/Observation/ob", observation(`"id":"ob","subject":{"reference":"Patient/pb"},"focus":[{"reference":"`+to+`"}]`), "Prefer", prefer)
			add("PATCH", "/Observation/ob", `[{"op":"add","path":"/focus","value":[{"reference":"`+to+`"}]}]`, append(patch, "Prefer", prefer)...)
		}
	}
	for _, text := range hidden {
		r, err := fhir.ParseResource([]byte(strings.Replace(text, `"META",`, "", 1)))
		if err != nil {
			panic(err)
		}
		name, typ := "/"+r.Type.String()+"/"+r.ID, "/"+r.Type.String()
		own := fmt.Sprintf(`{"resourceType":%q,"identifier":[{"value":"x"}]}`, r.Type)
		mine := fmt.Sprintf(`{"resourceType":%q,"id":%q}`, r.Type, r.ID)
		add("DELETE", name, "")
		add("DELETE", name, "", "If-Match", `W/"1"`)
		add("PATCH", name, `[{"op":"test","path":"/id","value":"x"}]`, patch...)
		add("PATCH", name, `[{"op":"test","path":"/id","value":"x"}]`, append(patch, "If-Match", `W/"2"`)...)
		add("PUT", name, mine, "If-Match", `W/"1"`)
		add("PUT", name, mine, "If-Match", `W/"2"`)
		for _, condition := range []string{"identifier=qz7", "_id=" + r.ID, "_lastUpdated=lt2001", "_source=urn:qz7"} {
			add("POST", typ, own, "If-None-Exist", condition+"&_tag=none")
			add("DELETE", typ+"?"+condition, "")
			add("PATCH", typ+"?"+condition, `[{"op":"add","path":"/language","value":"zh"}]`, patch...)
		}
		add("POST", "/", fmt.Sprintf(`{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":%q}}]}`, name[1:]))
		add("POST", "/", fmt.Sprintf(`{"resourceType":"Bundle","type":"transaction","entry":[{"resource":%s,"request":{"method":"PUT","url":%q,"ifMatch":"W/\"1\""}}]}`, mine, name[1:]))
		add("POST", "/", fmt.Sprintf(`{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"PATCH","url":%q},"resource":{"resourceType":"Parameters"}}]}`, name[1:]))
	}
	many := func(prefix string) string {
		var entries []string
		for i, text := range hidden {
			r, _ := fhir.ParseResource([]byte(strings.Replace(text, `"META",`, "", 1)))
			entries = append(entries, fmt.Sprintf(`{"fullUrl":"urn:uuid:%08d-0000-4000-8000-000000000000","resource":%s,"request":{"method":"POST","url":"Observation"}}`, i, observation(`"focus":[{"reference":"`+r.Type.String()+"/"+r.ID+`"}]`)))
		}
		return `{"resourceType":"Bundle","type":"` + prefix + `","entry":[` + strings.Join(entries, ",") + `]}`
	}
	add("POST", "/", many("transaction"))
	add("POST", "/", many("batch"))
	return all
}

// TestHostileWrites: by no request that writes, either.
func TestHostileWrites(t *testing.T) {
	t.Parallel()
	all := writes()
	for name, open := range databases {
		for _, who := range []string{"doctor", "pharmacist", "guide", "resident", "proxy", "insurer", "system", "office", "operator"} {
			t.Run(name+"/"+who, func(t *testing.T) {
				t.Parallel()
				w := newTwins(t, open)
				for _, a := range all {
					w.same(who, a)
				}
				w.same(who, asked{method: "GET", address: "/Observation?_sort=_id&_summary=count"})
			})
		}
	}
}
