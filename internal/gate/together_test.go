package gate_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// crowd fills a region with Patients of both institutions, some of whom stand for the same resident or have let the other institution look,
// and with Observations of some of them.
func crowd(r region) {
	ops := []gate.Op{update("Patient", "golden", meta("a")+`,"link":[{"other":{"reference":"Patient/p0"},"type":"seealso"},{"other":{"reference":"Patient/p3"},"type":"seealso"}]`)}
	for i := range 12 {
		link := ""
		if i%3 == 0 && i < 6 {
			link = `,"link":[{"other":{"reference":"Patient/golden"},"type":"refer"}]`
		}
		ops = append(ops, update("Patient", fmt.Sprint("p", i), meta([]string{"a", "b"}[i%2])+link+fmt.Sprintf(`,"name":[{"text":"居民%d"}]`, i)))
	}
	r.put(ops...)
	ops = nil
	for i := range 60 {
		ops = append(ops, create("Observation", about([]string{"a", "b"}[i%2], fmt.Sprint("p", i%12), []string{"8867-4", "5220-9"}[min(i%5, 1)], "")))
	}
	r.put(ops...)
	r.put(update("Consent", "x", privacy("p1", opens("Organization/a"))), update("Consent", "y", privacy("golden", opens("Organization/b"))), update("Consent", "z", privacy("p2", opens("Practitioner/b"))), update("Patient", "gone", ""))
	r.put(remove("Patient", "gone"))
}

// sessions are of everybody whose rights differ.
func (r region) sessions() map[string]*gate.Session {
	all := map[string]*gate.Session{
		"the platform": r.whole, "nobody": r.gate.Session(gate.Actor{Reference: "Practitioner/a"}),
		"a resident": r.resident(gate.Resident, "p1"), "a proxy": r.resident(gate.Proxy, "p1"), "one rule": r.by("a", gate.Rule{Type: typeOf("Observation"), May: gate.MayLook, Query: "status=final"}),
		"codes hidden": r.by("a", gate.Rule{Type: typeOf("Observation"), May: gate.MayLook, Query: "-custodian=Organization/a", Hide: []string{"code"}}),
	}
	for _, role := range gate.Roles() {
		if role.Placed() {
			all[string(role)+" of a"], all[string(role)+" of b"] = r.staff(role, "a"), r.staff(role, "b")
		}
	}
	return all
}

// TestCountsTogether: several counts tell what each tells by itself, whoever asks; where one is refused, all are.
func TestCountsTogether(t *testing.T) {
	eachRegion(t, func(r region) {
		crowd(r)
		observation := typeOf("Observation")
		queries := rapid.SampledFrom([]string{
			"code=8867-4", "code=http://loinc.org|8867-4", "code=http://loinc.org|5220-9", "code=x|8867-4", "code=8867-4,5220-9", "code=none", "status=final", "code:not=8867-4", "",
			"subject=Patient/p1", "subject=Patient/p2", "subject=Patient/p0", "subject=Patient/golden&code=8867-4", "patient=p11", "patient.name=居民1", "_id=oa,ob", "date=ge2026", "_lastUpdated=gt2020", "_security=HIV",
			"_sort=code&code=8867-4", "none=1", "date=x",
		})
		sessions := r.sessions()
		rapid.Check(r, func(t *rapid.T) {
			who := rapid.SampledFrom(slices.Sorted(maps.Keys(sessions))).Draw(t, "who")
			s, asked := sessions[who], rapid.SliceOfN(queries, 0, 6).Draw(t, "asked")
			var lists [][]search.Pair
			var want []int
			var refused []fault.Code
			for _, query := range asked {
				pairs := gate.Pairs(query)
				lists = append(lists, pairs)
				request, err := s.Request([]schema.Type{observation}, append(slices.Clone(pairs), search.Pair{Name: "_summary", Value: "count"}), gate.Wishes{})
				n := 0
				if err == nil {
					var found *gate.Results
					if found, err = s.Search(t.Context(), request, "", ""); err == nil {
						n = found.Total
					}
				}
				if want = append(want, n); err != nil {
					refused = append(refused, fault.CodeOf(err))
				}
			}
			got, err := s.Counts(t.Context(), observation, lists)
			if refused != nil && !slices.Contains(refused, fault.CodeOf(err)) || refused == nil && (err != nil || !slices.Equal(got, want)) {
				t.Errorf("%s is told %v (%v) of %q, want %v %v", who, got, err, asked, want, refused)
			}
		})
	})
}

// TestCountsInOneLook: what lists tell takes one question to the database, and more than a bound is refused.
func TestCountsInOneLook(t *testing.T) {
	eachRegion(t, func(r region) {
		crowd(r)
		var lists [][]search.Pair
		for i := range gate.CountsMost {
			lists = append(lists, []search.Pair{{Name: "code", Value: []string{"8867-4", "5220-9", fmt.Sprint("none-", i)}[min(i, 2)]}})
		}
		for who, most := range map[string]int64{"the platform": 1, "system of a": 1 + 2*3, "office of a": 1 + 2*3} { // what may be hidden of two is looked at
			before := r.calls.Load()
			counts, err := r.sessions()[who].Counts(r.Context(), typeOf("Observation"), lists)
			if calls := r.calls.Load() - before; err != nil || calls > most || counts[0] == 0 || counts[2] != 0 {
				t.Errorf("%s: %d calls for %v, %v", who, calls, counts[:3], err)
			}
		}
		_, err := r.whole.Counts(r.Context(), typeOf("Observation"), append(lists, nil))
		if f := fault.From(err); fault.CodeOf(err) != fault.Unprocessable || f.IssueType() != "too-costly" || !strings.Contains(f.Message, "500") {
			t.Errorf("one more: %v", err)
		}
	})
}

// TestReadsTogether: several reads give what each gives by itself, whoever asks, and the trail tells the same of them.
func TestReadsTogether(t *testing.T) {
	eachAudited(t, func(r audited) {
		crowd(r.region)
		names := []string{"Patient/pa", "Patient/pb", "Patient/gone", "Patient/golden", "Patient/none", "Observation/oa", "Observation/hiv", "Organization/a", "Condition/ca", "Consent/x", "Practitioner/b", "AuditEvent/none"}
		for i := range 12 {
			names = append(names, fmt.Sprint("Patient/p", i))
		}
		observed, err := r.found(r.whole, "Observation?_count=100")
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, observed...)
		sessions := r.sessions()
		for _, who := range slices.Sorted(maps.Keys(sessions)) {
			s := r.gate.Session(sessions[who].Actor())
			var refs []fhir.Ref
			for _, name := range names {
				refs = append(refs, named(name))
			}
			s.Begin(gate.Doing{Do: "apart"})
			var want []string
			for _, ref := range refs {
				v, err := s.Read(r.Context(), ref)
				if err != nil && !slices.Contains([]fault.Code{fault.NotFound, fault.Gone, fault.Forbidden}, fault.CodeOf(err)) {
					t.Fatal(err)
				}
				if err != nil {
					v.Body.Bytes = nil
				}
				want = append(want, string(v.Body.Bytes))
			}
			if err := s.Leave(r.Context(), nil); err != nil {
				t.Fatal(err)
			}
			s.Begin(gate.Doing{Do: "together"})
			got, err := s.Reads(r.Context(), refs)
			if err != nil {
				t.Fatal(err)
			}
			for i := range refs {
				if string(got[i].Body.Bytes) != want[i] || got[i].Exists() != (want[i] != "") {
					t.Errorf("%s: %s is %s, and read by itself %s", who, names[i], got[i].Body.Bytes, want[i])
				}
			}
			if err := s.Leave(r.Context(), nil); err != nil {
				t.Fatal(err)
			}
			apart, together := r.newest("apart"), r.newest("together")
			if !slices.Equal(apart.Saw, together.Saw) || !slices.Equal(apart.Of, together.Of) || !slices.Equal(apart.By, together.By) {
				t.Errorf("%s: the trail tells\n%+v\nand of reads by themselves\n%+v", who, together, apart)
			}
		}
	})
}

// TestReadsInFewLooks: to read many takes no more questions to the database than to read few, and more than a bound is refused.
func TestReadsInFewLooks(t *testing.T) {
	eachRegion(t, func(r region) {
		crowd(r)
		var refs []fhir.Ref
		for i := range gate.ReadsMost {
			refs = append(refs, ref("Patient", fmt.Sprint("p", i)))
		}
		for _, who := range []string{"doctor of a", "office of b", "the platform"} {
			before := r.calls.Load()
			seen, err := r.sessions()[who].Reads(r.Context(), refs)
			n := 0
			for _, v := range seen {
				n += min(len(v.Body.Bytes), 1)
			}
			if calls := r.calls.Load() - before; err != nil || calls > 3 || n < 6 {
				t.Errorf("%s: %d calls to read %d, %v", who, calls, n, err)
			}
		}
		if _, err := r.whole.Reads(r.Context(), append(refs, refs[0])); fault.From(err).IssueType() != "too-costly" {
			t.Errorf("one more: %v", err)
		}
	})
}
