package gate_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
	"yitong/test/databases"
)

// audited is a region with a trail. Its records are told apart by how many minutes after noon they were made.
type audited struct {
	region
	plain *gate.Session // which leaves no trail
}

// put writes as the platform, without a trail.
func (a audited) put(ops ...gate.Op) {
	a.Helper()
	if _, err := a.plain.Apply(a.Context(), ops, nil); err != nil {
		a.Fatal(err)
	}
}

func eachAudited(t *testing.T, test func(audited)) {
	t.Helper()
	databases.Each(t, func(t *testing.T, db store.DB) {
		r := newRegion(t, db) // which is there before the trail begins
		r.gate = gate.New(r.db, gate.Config{
			References: true, Zone: time.UTC, Now: func() time.Time { return *r.now.Load() }, Trail: trail.NewRecorder(r.db),
		})
		plain := r.whole
		r.whole = r.gate.Session(r.whole.Actor())
		test(audited{r, plain})
	})
}

// idAt is the id of the record of a minute.
func idAt(minute int) string {
	return fmt.Sprintf("%08x-%04x-7000-8000-%012d", noon.Add(time.Duration(minute)*time.Minute).UnixMilli()>>16, noon.Add(time.Duration(minute)*time.Minute).UnixMilli()&0xffff, minute)
}

// trace adds records to the trail, from a minute on, and binds them if that is wanted.
func (a audited) trace(from int, bound bool, records ...trail.Record) {
	a.Helper()
	for i, r := range records {
		if r.ID, r.At = idAt(from+i), noon.Add(time.Duration(from+i)*time.Minute); r.Outcome == "" {
			r.Outcome = trail.Done
		}
		if err := a.db.Trace(a.Context(), r.Append(nil)); err != nil {
			a.Fatal(err)
		}
	}
	if !bound {
		return
	}
	loose, err := a.db.Loose(a.Context(), 1<<20)
	if err != nil {
		a.Fatal(err)
	}
	last, err := a.db.LastBatch(a.Context())
	if err != nil {
		a.Fatal(err)
	}
	b := store.Batch{Number: last + 1}
	var lines [][]byte
	var rows []int64
	for _, row := range loose {
		rows = append(rows, row.ID)
		for line := range bytes.Lines(row.Lines) {
			r, err := trail.Parse(line)
			if err != nil {
				a.Fatal(err)
			}
			if lines = append(lines, line); b.First.IsZero() {
				b.First, b.Last = r.At, r.At
			}
			if r.At.Before(b.First) {
				b.First = r.At
			}
			if r.At.After(b.Last) {
				b.Last = r.At
			}
			b.Keys = append(b.Keys, trail.Keys(store.NewHasher(a.db.Secret()), &r)...)
		}
	}
	b.Lines, b.Body = len(lines), trail.Pack(lines)
	b.Digest, b.Tags = trail.Digest(b.Number, lines)
	if is, err := a.db.Bind(a.Context(), store.Binding{Batch: &b, Rows: rows}); !is || err != nil {
		a.Fatal(is, err)
	}
}

// minutes are those of the AuditEvents that a search finds, page by page, in their order.
func (a audited) minutes(s *gate.Session, query string) (minutes []int, err error) {
	a.Helper()
	cursor := ""
	for {
		found, err := a.search(s, "AuditEvent?"+query, cursor)
		if err != nil {
			return nil, err
		}
		for _, v := range found.Matches {
			minutes = append(minutes, int(v.Updated.Sub(noon)/time.Minute))
		}
		if cursor = found.Next; cursor == "" {
			return minutes, nil
		}
	}
}

// tells fails the test unless a search finds the AuditEvents of just these minutes.
func (a audited) tells(s *gate.Session, query string, want ...int) {
	a.Helper()
	if got, err := a.minutes(s, query); err != nil || !slices.Equal(got, want) {
		a.Errorf("AuditEvent?%s as %s finds %v, %v; want %v", query, s.Actor().Role, got, err, want)
	}
}

// days is what a region has in its trail.
func (a audited) days() {
	a.Helper()
	doctor := func(at string) trail.Record {
		return trail.Record{Do: "read", Who: "Practitioner/" + at, As: "doctor", For: "Organization/" + at, Client: "his", Why: "TREAT", From: "10.0.0." + at}
	}
	one, several, denied, unsaid, other := doctor("a"), doctor("b"), doctor("b"), doctor("c"), doctor("b")
	one.On, one.Saw, one.Of = "Observation/oa", []string{"Observation/oa/1"}, []string{"Patient/pa"}
	several.Do, several.On, several.Query = "search-type", "Observation", "subject=Patient/pa,Patient/pb"
	several.Of, several.Saw = []string{"Patient/pa", "Patient/pb"}, []string{"Observation/oa/1 0", "Observation/ob/1 1"}
	denied.Outcome, denied.On, denied.Of = trail.Denied, "Observation/oa", []string{"Patient/pa"}
	unsaid.Do, unsaid.On, unsaid.Of, unsaid.Saw = "search-type", "Observation", []string{"Patient/pb", "Patient/pa"}, []string{"Observation/oa/1", "Observation/ob/1"}
	other.On, other.Saw, other.Of = "Observation/ob", []string{"Observation/ob/1"}, []string{"Patient/pb"}
	a.put(update("Practitioner", "a", `,"name":[{"text":"王医生"}]`), update("Organization", "a", `,"name":"县医院"`))
	a.trace(1, true, one, several)
	a.trace(3, true, denied, trail.Record{Do: "update", Who: "Patient/pa", As: "resident", From: "10.9.9.9", On: "Consent/x", Wrote: []string{"C Consent/x/1"}, Of: []string{"Patient/pa"}})
	a.trace(5, false, unsaid, other, trail.Record{Do: "read", Who: "Patient/pb", As: "proxy", On: "Observation/oa", Saw: []string{"Observation/oa/1"}, Of: []string{"Patient/pa"}})
}

// TestWhoReadsTheTrail: residents find what is about them and what they did, the offices what their own people did, the regulator all,
// nobody else anything.
func TestWhoReadsTheTrail(t *testing.T) {
	eachAudited(t, func(a audited) {
		a.days()
		pa, pb := a.resident(gate.Resident, "pa"), a.resident(gate.Resident, "pb")
		a.tells(pa, "_sort=-date", 7, 5, 4, 3, 2, 1)
		a.tells(pa, "_count=2", 7, 5, 4, 3, 2, 1)
		a.tells(pa, "patient=Patient/pa&outcome=4", 3)
		a.tells(pa, "agent=Practitioner/b", 3, 2)
		a.tells(pa, "agent=Organization/a", 1)
		a.tells(pa, "agent=Patient/pa", 4)
		a.tells(pa, "action=E", 5, 2)
		a.tells(pa, "action=R", 7, 3, 1)
		a.tells(pa, "action=C", 4)
		a.tells(pa, "action=U")
		a.tells(pa, "action=C,R&action=R,U", 7, 3, 1)
		a.tells(pa, "action:not=E", 7, 4, 3, 1)
		a.tells(pa, "outcome=http://hl7.org/fhir/audit-event-outcome|4", 3)
		a.tells(pa, "outcome=8")
		a.tells(pa, "date=ge2026-05-04T12:03:00Z&date=lt2026-05-04T12:05:00Z", 4, 3)
		a.tells(pa, "_lastUpdated=le2026-05-04T12:02:00Z", 2, 1)
		a.tells(pa, "subtype=search-type", 5, 2)
		a.tells(pa, "subtype=denied,update", 4, 3)
		a.tells(pa, "subtype=urn:yitong:outcome|denied", 3)
		a.tells(pa, "_id="+idAt(2)+","+idAt(6)+","+idAt(1), 2, 1)
		a.tells(pa, "entity=Observation/oa", 7, 3, 2, 1)
		a.tells(pa, "type=rest&outcome:not=0", 3)
		a.tells(pb, "", 7, 6, 5, 2)
		a.tells(a.staff(gate.Office, "a"), "", 1)
		a.tells(a.staff(gate.Office, "b"), "", 6, 3, 2)
		a.tells(a.staff(gate.Office, "b"), "patient=Patient/pa", 3, 2)
		a.tells(a.staff(gate.Administrator, "c"), "", 5)
		a.tells(a.staff(gate.Administrator, "b"), "patient=Patient/pa&entity=Observation/oa", 3, 2)
		a.tells(a.staff(gate.Regulator, "c"), "", 7, 6, 5, 4, 3, 2, 1)
		a.tells(a.staff(gate.Regulator, "c"), "entity=Observation/ob&_count=1", 6, 5, 2)
		a.tells(a.whole, "agent=Practitioner/b&patient=Patient/pa", 3, 2)
		for _, role := range gate.Roles() {
			if slices.Contains([]gate.Role{gate.Resident, gate.Office, gate.Administrator, gate.Regulator}, role) {
				continue
			}
			s := a.staff(role, "a")
			if !role.Placed() {
				s = a.resident(role, "pa")
			}
			a.refuses(s, "AuditEvent", fault.Forbidden)
			if _, err := s.Read(a.Context(), ref("AuditEvent", idAt(1))); fault.CodeOf(err) != fault.Forbidden {
				a.Errorf("%s reads the trail: %v", role, err)
			}
		}
	})
}

// TestTrailOfOthers: nobody sees, or finds by, what a record about several says of others.
func TestTrailOfOthers(t *testing.T) {
	eachAudited(t, func(a audited) {
		a.days()
		pa, pb := a.resident(gate.Resident, "pa"), a.resident(gate.Resident, "pb")
		for query, none := range map[string]*gate.Session{
			"patient=Patient/pb": pa, "entity=Patient/pb": pa, "entity=Observation/ob": pa, "agent=Patient/pb": pa, "patient=Patient/pa": pb, "entity=Observation/oa": pb,
			"entity=Consent/x": pb, "_id=" + idAt(1): pb, "patient:missing=true": pa,
		} {
			a.tells(none, query)
		}
		for _, c := range []struct {
			s      *gate.Session
			hidden []string
		}{
			{pa, []string{"pb", "Observation/ob", "subject=", "10.0.0", "li "}}, {pb, []string{"Patient/pa", "Observation/oa", "subject=", "10.0.0", "10.9.9.9"}},
			{a.staff(gate.Office, "a"), []string{"pb", "Observation/ob"}},
			{a.staff(gate.Administrator, "b"), []string{`"query"`}},
		} {
			found, err := a.search(c.s, "AuditEvent?", "")
			if err != nil || len(found.Matches) == 0 || found.Total != -1 || len(found.Included) > 0 {
				a.Fatalf("%v of %d", err, len(found.Matches))
			}
			for _, v := range found.Matches {
				text := string(v.Resource())
				for _, encoded := range strings.SplitAfter(text, `"query":"`)[1:] {
					plain, err := base64.StdEncoding.DecodeString(encoded[:strings.IndexByte(encoded, '"')])
					if text += string(plain); err != nil {
						a.Error(err)
					}
				}
				for _, hidden := range c.hidden {
					if strings.Contains(text, hidden) {
						a.Errorf("%s of %s sees %q in %s", c.s.Actor().Role, c.s.Actor().Reference, hidden, text)
					}
				}
				again, err := c.s.Read(a.Context(), v.Ref)
				if err != nil || string(again.Resource()) != string(v.Resource()) {
					a.Errorf("%s is read as %s: %v", text, again.Body.Bytes, err)
				}
			}
		}
		for minute, want := range map[int]fault.Code{1: fault.NotFound, 2: "", 6: "", 77: fault.NotFound} {
			_, err := pb.Read(a.Context(), ref("AuditEvent", idAt(minute)))
			if fault.CodeOf(err) != want {
				a.Errorf("what was done in minute %d is read: %v, want %q", minute, err, want)
			}
		}
	})
}

// TestTrailByRulesOfOnesOwn: whatever way a rule is limited to a resident, and whatever layers there are, only what is about the
// resident is seen.
func TestTrailByRulesOfOnesOwn(t *testing.T) {
	eachAudited(t, func(a audited) {
		a.days()
		rule := func(query, of string) gate.Rule {
			r := gate.Rule{Type: typeOf("AuditEvent"), May: gate.MayLook, Query: query}
			if of != "" {
				r.Of = ref("Patient", of)
			}
			return r
		}
		whole := gate.Rule{Type: typeOf("AuditEvent"), May: gate.MayLook}
		for name, c := range map[string]struct {
			layers [][]gate.Rule
			want   []int
			sees   string // of minute 2
		}{
			"by criteria":            {[][]gate.Rule{{rule("patient=Patient/pa", "")}}, []int{7, 5, 4, 3, 2, 1}, "oa"},
			"by a compartment":       {[][]gate.Rule{{rule("", "pa")}}, []int{7, 5, 4, 3, 2, 1}, "oa"},
			"all, but for a program": {[][]gate.Rule{{whole}, {rule("", "pa")}}, []int{7, 5, 4, 3, 2, 1}, "oa"},
			"one, a program all":     {[][]gate.Rule{{rule("", "pb")}, {whole}}, []int{7, 6, 5, 2}, "ob"},
			"one, a program another": {[][]gate.Rule{{rule("", "pa")}, {rule("", "pb")}}, nil, ""},
			"both":                   {[][]gate.Rule{{rule("", "pa"), rule("", "pb")}}, []int{7, 6, 5, 4, 3, 2, 1}, "oa ob"},
			"one, or an institution": {[][]gate.Rule{{rule("", "pa"), rule("agent=Organization/b", "")}}, []int{7, 6, 5, 4, 3, 2, 1}, "oa ob"},
			"denied ones of one":     {[][]gate.Rule{{rule("outcome=4", "pa")}}, []int{3}, ""},
			"no layer":               {[][]gate.Rule{{whole}, {}}, nil, "-"},
		} {
			s := a.gate.Session(gate.Actor{Reference: "Patient/pa", Access: gate.NewAccess(c.layers...)})
			if c.sees == "-" {
				a.refuses(s, "AuditEvent", fault.Forbidden)
				continue
			}
			a.tells(s, "", c.want...)
			v, err := s.Read(a.Context(), ref("AuditEvent", idAt(2)))
			if (err == nil) != (c.sees != "") {
				a.Errorf("%s: %v", name, err)
			}
			for _, one := range []string{"oa", "ob"} {
				if err == nil && strings.Contains(string(v.Body.Bytes), "Observation/"+one) != strings.Contains(c.sees, one) {
					a.Errorf("%s: %s", name, v.Body.Bytes)
				}
			}
		}
	})
}

// TestTrailUnderSeveralNames: a resident finds what is about any Patient that stands for them.
func TestTrailUnderSeveralNames(t *testing.T) {
	eachAudited(t, func(a audited) {
		a.put(update("Patient", "local", meta("b")+`,"link":[{"type":"refer","other":{"reference":"Patient/pa"}}]`),
			update("Patient", "pa", meta("a")+`,"link":[{"type":"seealso","other":{"reference":"Patient/local"}}]`))
		a.trace(1, true, trail.Record{Do: "read", Who: "Practitioner/b", As: "doctor", For: "Organization/b", On: "Patient/local", Saw: []string{"Patient/local/1"}, Of: []string{"Patient/local"}})
		pa := a.resident(gate.Resident, "pa")
		a.tells(pa, "", 1)
		a.tells(pa, "patient=Patient/pa", 1)
		a.tells(a.staff(gate.Regulator, "c"), "patient=Patient/local", 1)
		a.tells(a.staff(gate.Regulator, "c"), "patient=Patient/pa", 1)
		v, err := pa.Read(a.Context(), ref("AuditEvent", idAt(1)))
		if err != nil || !strings.Contains(string(v.Body.Bytes), "Patient/local/_history/1") {
			a.Errorf("%s: %v", v.Body.Bytes, err)
		}
	})
}

// TestTrailInWords: a resident reads who looked, by name; and the record is a version like others.
func TestTrailInWords(t *testing.T) {
	eachAudited(t, func(a audited) {
		a.days()
		v, err := a.resident(gate.Resident, "pa").VRead(a.Context(), ref("AuditEvent", idAt(1)), 1)
		if err != nil {
			a.Fatal(err)
		}
		for _, words := range []string{
			"2026年5月4日 12:01，县医院的王医生（医生）因诊疗查看了您的检查检验结果（1 项）。",
			"On 4 May 2026, 12:01, 王医生 (doctor) of 县医院 looked at your test results (1) for treatment.",
			`"versionId":"1","lastUpdated":"2026-05-04T12:01:00.000000Z"`,
		} {
			if !strings.Contains(string(v.Resource()), words) {
				a.Errorf("no %s in %s", words, v.Resource())
			}
		}
		if _, err := a.whole.VRead(a.Context(), v.Ref, 2); fault.CodeOf(err) != fault.NotFound {
			a.Errorf("version 2: %v", err)
		}
	})
}

// TestTrailRefusals: what is not offered is refused by name, and nobody writes the trail.
func TestTrailRefusals(t *testing.T) {
	eachAudited(t, func(a audited) {
		a.days()
		for query, want := range map[string]fault.Code{
			"_total=accurate": fault.Malformed, "_total=estimate": fault.Malformed, "_summary=count": fault.Malformed, "_count=0": fault.Malformed,
			"_sort=date": fault.Malformed, "_sort=-_lastUpdated": fault.Malformed, "_sort=-date,-_id": fault.Malformed,
			"_include=AuditEvent:patient": fault.Malformed, "_revinclude=Provenance:target": fault.Malformed, "address=10.0": fault.Malformed,
			"patient.name=x": fault.Malformed, "agent-name=x": fault.Malformed, "_has:Provenance:target:agent=Practitioner/a": fault.Malformed, "policy=x": fault.Malformed,
			"_id=" + strings.Repeat("x,", 100) + "x": fault.TooLarge,
		} {
			a.refuses(a.whole, "AuditEvent?"+query, want)
		}
		for _, query := range []string{"_has:AuditEvent:patient:action=R", "_revinclude=AuditEvent:patient"} {
			a.refuses(a.whole, "Patient?"+query, fault.Malformed)
		}
		if _, err := a.whole.Criteria(typeOf("Patient"), "_has:AuditEvent:patient:action=R"); fault.CodeOf(err) != fault.Malformed {
			a.Errorf("a condition: %v", err)
		}
		if _, err := a.search(a.whole, "AuditEvent?", "a token"); fault.CodeOf(err) != fault.Malformed {
			a.Errorf("a forged cursor: %v", err)
		}
		for _, kind := range []string{"_history", "an instance"} {
			h := gate.History{Type: typeOf("AuditEvent"), Count: 10}
			if kind != "_history" {
				h.ID = idAt(1)
			}
			if _, err := a.whole.History(a.Context(), h); fault.CodeOf(err) != fault.NotSupported {
				a.Errorf("%s: %v", kind, err)
			}
		}
		event := `,"type":{"code":"rest"},"recorded":"2026-05-04T12:00:00Z","agent":[{"requestor":true}],"source":{"observer":{"display":"x"}}`
		for _, s := range []*gate.Session{a.whole, a.whole.Behalf(gate.Everything), a.staff(gate.Regulator, "c"), a.resident(gate.Resident, "pa")} {
			for _, op := range []gate.Op{
				create("AuditEvent", event), update("AuditEvent", "new", event), update("AuditEvent", idAt(1), event), remove("AuditEvent", idAt(1)),
				patching("AuditEvent", idAt(1), `[{"op":"remove","path":"/agent"}]`), a.matching(remove("AuditEvent", ""), "patient=Patient/pa"),
			} {
				a.may(s, fault.Forbidden, op)
			}
			a.may(s, fault.NotSupported, gate.Op{Kind: gate.Read, Type: typeOf("AuditEvent"), ID: idAt(1)})
		}
	})
}

// TestTrailAmongOtherTypes: in a search of many types that names none it is left out, and otherwise refused.
func TestTrailAmongOtherTypes(t *testing.T) {
	eachAudited(t, func(a audited) {
		a.days()
		types := []schema.Type{typeOf("AuditEvent"), typeOf("Patient")}
		for query, want := range map[string]fault.Code{"": "", "_type=AuditEvent,Patient": fault.Malformed} {
			asked, err := a.whole.Request(types, gate.Pairs(query), gate.Wishes{})
			if err != nil {
				a.Fatal(err)
			}
			found, err := a.whole.Search(a.Context(), asked, "", "")
			if fault.CodeOf(err) != want || err == nil && len(found.Matches) != 2 {
				a.Errorf("%q finds %+v, %v", query, found, err)
			}
		}
	})
}

// TestTrailPagesAreBounded: however much each record gave out, a page stays of a size that can be sent, and nothing is lost between
// pages.
func TestTrailPagesAreBounded(t *testing.T) {
	eachAudited(t, func(a audited) {
		var saw []string
		for i := range 1000 {
			saw = append(saw, fmt.Sprintf("Observation/%064d/1", i))
		}
		const many = 60
		var records []trail.Record
		for range many {
			records = append(records, trail.Record{Do: "search-type", Who: "Practitioner/a", As: "doctor", For: "Organization/a", On: "Observation", Saw: saw, Of: []string{"Patient/pa"}})
		}
		a.trace(0, true, records...)
		found, err := a.search(a.whole, "AuditEvent?_count=1000", "")
		if err != nil || found.Next == "" {
			a.Fatalf("%d at once: %v", len(found.Matches), err)
		}
		size := 0
		for _, v := range found.Matches {
			size += len(v.Body.Bytes)
		}
		if size > 9<<20 {
			a.Errorf("a page has %d bytes", size)
		}
		minutes, err := a.minutes(a.whole, "_count=1000")
		if err != nil || len(minutes) != many || !slices.IsSortedFunc(minutes, func(x, y int) int { return y - x }) {
			a.Errorf("%v: %v", minutes, err)
		}
	})
}

// TestWithoutTrail: where the trail is not kept, AuditEvents are resources like others.
func TestWithoutTrail(t *testing.T) {
	eachRegion(t, func(r region) {
		made := r.put(create("AuditEvent", `,"type":{"code":"rest"},"recorded":"2026-05-04T12:00:00Z","agent":[{"requestor":true}],"source":{"observer":{"display":"x"}}`))
		r.finds(r.whole, "AuditEvent?type=rest", made[0].Version.Ref.String())
	})
}

// TestAuditEventsAreResources: what is shown can be read again, by the record's own reader.
func TestAuditEventsAreResources(t *testing.T) {
	eachAudited(t, func(a audited) {
		a.days()
		found, err := a.search(a.whole, "AuditEvent?_count=3", "")
		if err != nil || len(found.Matches) != 3 {
			a.Fatal(err)
		}
		for _, v := range found.Matches {
			r, err := fhir.ParseResource(v.Resource())
			if err != nil || !json.Valid(v.Resource()) || r.ID != v.Ref.ID {
				a.Errorf("%s: %v", v.Resource(), err)
			}
		}
	})
}
