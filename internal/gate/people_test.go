package gate_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/store"
	"yitong/test/databases"
)

// region is a record of two institutions, a and b, under the standard policy, at a time that only the test moves on.
type region struct {
	*testing.T
	db    store.DB
	calls *atomic.Int64 // of the gate to the database
	gate  *gate.Gate
	now   *atomic.Pointer[time.Time]
	whole *gate.Session // the platform itself
}

// noon is when a region begins.
var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// eachRegion runs a test in a region of its own on each database, side by side.
func eachRegion(t *testing.T, test func(region), change ...func(*gate.Config)) {
	t.Helper()
	databases.Each(t, func(t *testing.T, db store.DB) { test(newRegion(t, db, change...)) })
}

func newRegion(t *testing.T, db store.DB, change ...func(*gate.Config)) region {
	t.Helper()
	r := region{T: t, calls: &atomic.Int64{}, now: &atomic.Pointer[time.Time]{}}
	r.db = counted{db, r.calls}
	r.at(noon)
	config := gate.Config{References: true, Zone: time.UTC, Now: func() time.Time { return *r.now.Load() }}
	for _, c := range change {
		c(&config)
	}
	r.gate = gate.New(r.db, config)
	r.whole = r.gate.Session(gate.Actor{Reference: "Device/platform", Access: gate.Whole()})
	r.put(
		update("Organization", "a", ""), update("Organization", "b", ""), update("Organization", "c", ""),
		update("Practitioner", "a", ""), update("Practitioner", "b", ""), update("Practitioner", "c", ""),
		update("Patient", "pa", meta("a")+`,"gender":"female","birthDate":"1956-12-31","name":[{"text":"张三丰"}]`),
		update("Patient", "pb", meta("b")+`,"gender":"male","name":[{"text":"李四"}]`),
	)
	r.put(
		update("Observation", "oa", about("a", "pa", "8867-4", "")), update("Observation", "hiv", about("a", "pa", "5220-9", "")),
		update("Observation", "ob", about("b", "pb", "8867-4", "")),
		update("Condition", "ca", meta("a")+`,"subject":{"reference":"Patient/pa"}`),
	)
	return r
}

// at sets the time.
func (r region) at(now time.Time) { r.now.Store(&now) }

// put writes as the platform.
func (r region) put(ops ...gate.Op) []gate.Result {
	r.Helper()
	results, err := r.whole.Apply(r.Context(), ops, nil)
	if err != nil {
		r.Fatal(err)
	}
	return results
}

// staff is a session of somebody in a role at an institution.
func (r region) staff(role gate.Role, at string) *gate.Session {
	of := gate.Of{Actor: "Practitioner/" + at, Institution: "Organization/" + at}
	if role == gate.System {
		of.Actor = "Device/" + at
	}
	return r.gate.Session(gate.Actor{
		Reference: of.Actor, Role: role, Institution: of.Institution, As: string(role), Access: policy.Standard().Access(role, of),
	})
}

// resident is a session of a resident for themselves, or of a proxy for them.
func (r region) resident(role gate.Role, id string) *gate.Session {
	of := gate.Of{Actor: "Patient/" + id, Resident: ref("Patient", id)}
	return r.gate.Session(gate.Actor{Reference: of.Actor, Role: role, Access: policy.Standard().Access(role, of)})
}

// by is a session by rules of one's own, at an institution.
func (r region) by(at string, rules ...gate.Rule) *gate.Session {
	return r.gate.Session(gate.Actor{Reference: "Practitioner/" + at, Institution: "Organization/" + at, Access: gate.NewAccess(rules)})
}

// found are the names that a search finds, such as Observation?code=x or Patient/pa/Observation.
func (r region) found(s *gate.Session, search string) ([]string, error) {
	r.Helper()
	found, err := r.search(s, search, "")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, v := range slices.Concat(found.Matches, found.Included) {
		names = append(names, v.Ref.String())
	}
	slices.Sort(names)
	return names, nil
}

func (r region) search(s *gate.Session, search, cursor string) (*gate.Results, error) {
	r.Helper()
	kind, query, _ := strings.Cut(search, "?")
	asked, err := s.Request([]schema.Type{typeOf(kind)}, gate.Pairs(query), gate.Wishes{})
	if err != nil {
		r.Fatalf("%s: %v", search, err)
	}
	return s.Search(r.Context(), asked, search, cursor)
}

// finds fails the test unless a search finds just that.
func (r region) finds(s *gate.Session, search string, want ...string) {
	r.Helper()
	if got, err := r.found(s, search); err != nil || !slices.Equal(got, want) {
		r.Errorf("%s as %s finds %q, %v; want %q", search, s.Actor().Role, got, err, want)
	}
}

// refuses fails the test unless a search is refused so.
func (r region) refuses(s *gate.Session, search string, want fault.Code) {
	r.Helper()
	if got, err := r.found(s, search); fault.CodeOf(err) != want {
		r.Errorf("%s as %s finds %q, %v; want %s", search, s.Actor().Role, got, err, want)
	}
}

// read is a resource as it stands in the record.
func (r region) read(name string) store.Version {
	r.Helper()
	v, err := r.whole.Read(r.Context(), named(name))
	if err != nil {
		r.Fatal(err)
	}
	return v
}

// code is what becomes of ops in a session.
func (r region) code(s *gate.Session, ops ...gate.Op) fault.Code {
	r.Helper()
	_, err := s.Apply(r.Context(), ops, nil)
	return fault.CodeOf(err)
}

// may fails the test unless ops come out so; "" is that they are carried out.
func (r region) may(s *gate.Session, want fault.Code, ops ...gate.Op) {
	r.Helper()
	if _, err := s.Apply(r.Context(), ops, nil); fault.CodeOf(err) != want {
		r.Errorf("%s: got %v, want %q", s.Actor().Role, err, want)
	}
}

// sees tells what reading a resource comes to, by every way to read one; they must agree.
func (r region) sees(s *gate.Session, name string) fault.Code {
	r.Helper()
	to := named(name)
	_, err := s.Read(r.Context(), to)
	code := fault.CodeOf(err)
	_, history := s.History(r.Context(), gate.History{Type: to.Type, ID: to.ID, Count: 10})
	_, version := s.VRead(r.Context(), to, 1)
	for way, other := range map[string]error{"its history": history, "its version 1": version} {
		if fault.CodeOf(other) != code {
			r.Errorf("%s as %s: read %v, %s %v", name, s.Actor().Role, err, way, other)
		}
	}
	if together, err := s.Reads(r.Context(), []fhir.Ref{to, to}); err != nil || together[0].Exists() != (code == "") || together[1].Exists() != (code == "") {
		r.Errorf("%s as %s: read %v, together with others %v", name, s.Actor().Role, code, err)
	}
	_, batch := s.Apply(r.Context(), []gate.Op{{Kind: gate.Read, Type: to.Type, ID: to.ID}}, nil)
	if (batch == nil) != (err == nil) {
		r.Errorf("%s as %s: read %v, in a transaction %v", name, s.Actor().Role, err, batch)
	}
	return code
}

func named(name string) fhir.Ref {
	kind, id, _ := strings.Cut(name, "/")
	return ref(kind, id)
}

// meta is the members of a resource that an institution answers for; about those of an Observation of somebody.
func meta(custodian string, labels ...string) string {
	security := ""
	if labels != nil {
		security = `"security":[` + strings.Join(labels, ",") + `],`
	}
	return fmt.Sprintf(`,"meta":{%s"extension":[%s]}`, security, custodied("Organization/"+custodian))
}

func custodied(to string) string {
	return fmt.Sprintf(`{"url":%q,"valueReference":{"reference":%q}}`, gate.Custodian, to)
}

func about(custodian, patient, code, members string) string {
	return meta(custodian) + observed(patient, code) + members
}

// observed is the members of an Observation that does not say whose it is.
func observed(patient, code string) string {
	return fmt.Sprintf(`,"status":"final","code":{"coding":[{"system":"http://loinc.org","code":%q}]},"subject":{"reference":"Patient/%s"}`, code, patient)
}

// custodian is the institution that answers for a resource in the record, "" for none.
func (r region) custodian(name string) string {
	r.Helper()
	v, err := fhir.ParseResource(r.read(name).Body.Bytes)
	if err != nil {
		r.Fatal(err)
	}
	at, _ := v.Extended(gate.Custodian)
	return strings.TrimPrefix(at, "Organization/")
}

// withheld is the label of what a resident withholds.
const withheld = `{"system":"urn:yitong:label","code":"withheld"}`

// carries tells whether a resource in the record has a label.
func (r region) carries(name, label string) bool {
	r.Helper()
	return strings.Contains(string(r.read(name).Body.Bytes), label)
}

func patching(kind, id, text string) gate.Op {
	p, err := fhir.ParsePatch([]byte(text))
	if err != nil {
		panic(err)
	}
	return gate.Op{Kind: gate.Patch, Type: typeOf(kind), ID: id, Patch: p}
}

// matching makes an op conditional.
func (r region) matching(op gate.Op, query string) gate.Op {
	op.Match = criteria(r, op.Type.String(), query)
	return op
}

// replace is an update of what a condition is to name.
func replace(kind, members string) gate.Op {
	return gate.Op{Kind: gate.Update, Type: typeOf(kind), Resource: resource(kind, members)}
}

// counted counts what is asked of a database.
type counted struct {
	store.DB
	calls *atomic.Int64
}

func (c counted) Head(ctx context.Context, ref fhir.Ref) (store.Version, error) {
	c.calls.Add(1)
	return c.DB.Head(ctx, ref)
}

func (c counted) Heads(ctx context.Context, refs []fhir.Ref) ([]store.Version, error) {
	c.calls.Add(1)
	return c.DB.Heads(ctx, refs)
}

func (c counted) Version(ctx context.Context, ref fhir.Ref, n int64) (store.Version, error) {
	c.calls.Add(1)
	return c.DB.Version(ctx, ref, n)
}

func (c counted) Versions(ctx context.Context, ref fhir.Ref, before int64, n int) ([]store.Past, error) {
	c.calls.Add(1)
	return c.DB.Versions(ctx, ref, before, n)
}

func (c counted) Owned(ctx context.Context, kind, owner, behind string, most int) ([]store.Item, error) {
	c.calls.Add(1)
	return c.DB.Owned(ctx, kind, owner, behind, most)
}

func (c counted) OwnedBy(ctx context.Context, kind string, owners []string, most int) ([][]store.Item, error) {
	c.calls.Add(1)
	return c.DB.OwnedBy(ctx, kind, owners, most)
}

func (c counted) Bodies(ctx context.Context, rids []int64) ([]store.Version, error) {
	c.calls.Add(1)
	return c.DB.Bodies(ctx, rids)
}

func (c counted) Seek(ctx context.Context, ranges []store.Range) ([][]store.Posting, error) {
	c.calls.Add(1)
	return c.DB.Seek(ctx, ranges)
}

func (c counted) Sizes(ctx context.Context, ranges []store.Range, most int) ([]int, error) {
	c.calls.Add(1)
	return c.DB.Sizes(ctx, ranges, most)
}

func (c counted) Holders(ctx context.Context, keys []store.Key, most int) ([]store.Version, error) {
	c.calls.Add(1)
	return c.DB.Holders(ctx, keys, most)
}

func (c counted) Held(ctx context.Context, keys []store.Key) ([]bool, error) {
	c.calls.Add(1)
	return c.DB.Held(ctx, keys)
}

func (c counted) Names(ctx context.Context, rids []int64) ([]fhir.Ref, error) {
	c.calls.Add(1)
	return c.DB.Names(ctx, rids)
}
