package sign_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/sign"
	"yitong/internal/store"
	"yitong/internal/vault"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// world is a record of two institutions with people who sign, at a time that only the test moves on; it is long
// ago, because what comes into the record has the database's own.
type world struct {
	testing.TB
	db    store.DB
	gate  *gate.Gate
	all   *gate.Session
	clock *clock
	*sign.Service
}

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

const observation = `"status":"final","code":{"text":"血糖"},"subject":{"reference":"Patient/li"},"valueQuantity":{"value":5.60,"unit":"mmol/L"}`

func eachDatabase(t *testing.T, test func(world)) {
	t.Helper()
	databases.Each(t, func(t *testing.T, db store.DB) { test(newWorld(t, db)) })
}

func newWorld(t testing.TB, db store.DB) world {
	t.Helper()
	w := world{TB: t, db: db, clock: &clock{now: time.Now().UTC().AddDate(-40, 0, 0).Truncate(time.Microsecond)}}
	w.gate = gate.New(db, gate.Config{References: true, Owned: sign.Owned(), Now: w.clock.Now})
	w.all = w.gate.Session(gate.Actor{Reference: "Device/registry", Access: gate.Whole()})
	w.Service = w.server()
	w.put("Organization/a", `"name":"甲医院"`)
	w.put("Organization/b", `"name":"乙医院"`)
	for id, name := range map[string]string{"wang": "王医生", "zhao": "赵医生", "qian": "钱药师"} {
		w.put("Practitioner/"+id, `"name":[{"text":"`+name+`"}]`)
	}
	w.put("Patient/li", kept("a")+`,"name":[{"text":"李小明"}],"telecom":[{"system":"phone","value":"13900000001"}]`)
	w.put("Observation/1", kept("a")+","+observation)
	return w
}

// server is one more server on the same database.
func (w world) server(change ...func(*sign.Config)) *sign.Service {
	w.Helper()
	c := sign.Config{Vault: vault.New("sign", master(w, 1)), Now: w.clock.Now, Name: "区域平台", URL: "https://record.example", Log: slog.New(slog.DiscardHandler)}
	for _, one := range change {
		one(&c)
	}
	return sign.New(w.db, c)
}

func master(t testing.TB, seed byte) vault.Master {
	t.Helper()
	m, err := vault.NewSoftware(bytes.Repeat([]byte{seed}, vault.MasterBytes))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func kept(institution string) string {
	return `"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/` + institution + `"}}]}`
}

func ref(name string) fhir.Ref { return fhir.ParseReference(name).Ref }

func resource(t testing.TB, name, members string) fhir.Resource {
	t.Helper()
	of := ref(name)
	r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":%q,"id":%q,%s}`, of.Type, of.ID, members))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// put writes a resource, and gives its version.
func (w world) put(name, members string) int64 {
	w.Helper()
	v, err := w.try(w.all, name, members)
	if err != nil {
		w.Fatal(err)
	}
	return v.Number
}

func (w world) try(s *gate.Session, name, members string) (store.Version, error) {
	w.Helper()
	of := ref(name)
	results, err := s.Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: of.Type, ID: of.ID, Resource: resource(w, name, members)}}, nil)
	if err != nil {
		return store.Version{}, err
	}
	return results[0].Version, nil
}

// as is the session of somebody in a role at an institution.
func (w world) as(role gate.Role, reference, institution string) *gate.Session {
	of := gate.Of{Actor: reference, Institution: institution}
	if p := ref(reference); p.Type.String() == "Patient" {
		of.Resident = p
	}
	return w.gate.Session(gate.Actor{Reference: reference, Role: role, Institution: institution, As: string(role), Access: policy.Standard().Access(role, of)})
}

func (w world) wang() *gate.Session { return w.as(gate.Doctor, "Practitioner/wang", "Organization/a") }

// signed signs Observation/1 in the name of 王医生.
func (w world) signed() gate.Result {
	w.Helper()
	return w.signedBy(w.wang(), sign.Asked{Ref: ref("Observation/1")})
}

func (w world) signedBy(s *gate.Session, a sign.Asked) gate.Result {
	w.Helper()
	r, err := w.Sign(w.Context(), s, a)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// refused fails unless an error has a code.
func (w world) refused(err error, code fault.Code) {
	w.Helper()
	if fault.CodeOf(err) != code {
		w.Errorf("%v, want %s", err, code)
	}
}

// verified are the signatures of a resource as 王医生 is told of them.
func (w world) verified(name string) []sign.Signature {
	w.Helper()
	v, err := w.Verify(w.Context(), w.wang(), ref(name))
	if err != nil || !v.All {
		w.Fatal(v.All, err)
	}
	return v.Signatures
}

// one is the only signature of Observation/1.
func (w world) one() sign.Signature {
	w.Helper()
	list := w.verified("Observation/1")
	if len(list) != 1 {
		w.Fatalf("%d signatures", len(list))
	}
	return list[0]
}

// wrong fails unless a signature has just one fault with that code.
func (w world) wrong(s sign.Signature, code sign.Code) {
	w.Helper()
	if len(s.Faults) != 1 || s.Faults[0].Code != code || s.Valid() {
		w.Errorf("faults %v, want %s", s.Faults, code)
	}
}
