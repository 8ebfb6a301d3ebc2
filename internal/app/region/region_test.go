package region

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

func texts(t *testing.T, o Options) (all [][]byte) {
	t.Helper()
	for text, err := range Make(o) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	return all
}

// golden is the digest of the region that the next test makes.
const golden = "a75939367b2249f9f7d411f0089b3d0184dc3146af44046317d18300b62e8924"

// TestTheSameOptionsMakeTheSameBytes: on every processor, at every time of a day.
func TestTheSameOptionsMakeTheSameBytes(t *testing.T) {
	t.Parallel()
	day := Options{Seed: 7, Residents: 60, Years: 2, Today: someDay}
	one := bytes.Join(texts(t, day), nil)
	if sum := sha256.Sum256(one); hex.EncodeToString(sum[:]) != golden {
		t.Errorf("the region has changed, or this processor makes another one: %x; if that is as it should be, write it down", sum)
	}
	// The same date in China, though another time and still the day before in London.
	early := Options{Seed: 7, Residents: 60, Years: 2, Today: time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)}
	if !bytes.Equal(one, bytes.Join(texts(t, early), nil)) {
		t.Error("the time of day makes a difference")
	}
	for name, o := range map[string]Options{
		"seed": {Seed: 8, Residents: 60, Today: someDay},
		"day":  {Seed: 7, Residents: 60, Today: someDay.AddDate(0, 0, 1)},
	} {
		if bytes.Equal(one, bytes.Join(texts(t, o), nil)) {
			t.Errorf("another %s makes no difference", name)
		}
	}
}

// Whole households of a small region are those of a larger one; only the last may have been cut short.
func TestALargerRegionBeginsAsASmallerOne(t *testing.T) {
	t.Parallel()
	small := texts(t, Options{Seed: 3, Residents: 30, Years: 2, Today: someDay})
	large := texts(t, Options{Seed: 3, Residents: 60, Years: 2, Today: someDay})
	for i, text := range small[:len(small)-1] {
		if !bytes.Equal(text, large[i]) {
			t.Errorf("bundle %d differs", i)
		}
	}
}

// Households that share bundles are the same, in the same order.
func TestHouseholdsShareBundles(t *testing.T) {
	t.Parallel()
	alone := texts(t, Options{Seed: 3, Residents: 60, Years: 1, Today: someDay})
	shared := texts(t, Options{Seed: 3, Residents: 60, Years: 1, Gather: 100_000, Today: someDay})
	entries := func(of [][]byte) (all []byte) {
		for _, text := range of {
			text = bytes.TrimPrefix(text, []byte(`{"resourceType":"Bundle","type":"transaction","entry":[`))
			all = append(append(all, bytes.TrimSuffix(text, []byte("]}"))...), ",\n"...)
		}
		return all
	}
	if !bytes.Equal(entries(alone), entries(shared)) {
		t.Error("what is in the bundles differs")
	}
	if len(shared)*2 > len(alone) {
		t.Errorf("%d bundles in place of %d", len(shared), len(alone))
	}
	for i, text := range shared[1 : len(shared)-1] {
		if len(text) < 100_000 {
			t.Errorf("bundle %d has %d bytes", i+1, len(text))
		}
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"no day":                 {Residents: 5},
		"less than nobody":       {Residents: -1, Today: someDay},
		"years to come":          {Residents: 5, Years: -1, Today: someDay},
		"before the staff came":  {Residents: 5, Years: mostYears + 1, Today: someDay},
		"more than are numbered": {Residents: most + 1, Today: someDay},
	} {
		n := 0
		for text, err := range Make(o) {
			n++
			var refused *fault.Error
			if text != nil || !errors.As(err, &refused) || refused.Code != fault.Malformed {
				t.Errorf("%s: %q, %v", name, text, err)
			}
		}
		if n != 1 {
			t.Errorf("%s: %d results", name, n)
		}
	}
	if got := len(read(t, Options{Seed: 1, Years: 1, Today: someDay}).residents()); got != 600 {
		t.Errorf("%d residents without a wish, not 600", got)
	}
	if got := len(read(t, Options{Seed: 1, Residents: 1, Years: 2, Today: someDay}).residents()); got != 1 {
		t.Errorf("%d residents, not one", got)
	}
	for range Make(Options{Seed: 1, Today: someDay}) {
		break // must not go on yielding
	}
}

func TestResourcesHaveTheShapeOfR4(t *testing.T) {
	t.Parallel()
	for _, r := range read(t, Options{Seed: 2, Residents: 200, Years: 2, Today: someDay}).resources {
		shaped(t, r.Root, r.Type.Shape())
		if t.Failed() {
			t.Fatalf("%s", r.Root.Raw())
		}
	}
}

func TestReferencesResolve(t *testing.T) {
	t.Parallel()
	w := read(t, Options{Seed: 3, Residents: 200, Years: 2, Today: someDay})
	for _, r := range w.resources {
		from := r.Type.String() + "/" + r.ID
		r.Links(func(l fhir.Link) {
			if l.Kind != fhir.LinkReference {
				return
			}
			to := l.Node.Str()
			if _, there := w.byName[to]; !there || w.bundle[to] > w.bundle[from] {
				t.Errorf("%s points at %s, which is not there yet", from, to)
			}
		})
	}
}

// TestWhoAnswers: what is about residents names the institution that saw them, or the centre where they belong; the directory
// names none.
func TestWhoAnswers(t *testing.T) {
	t.Parallel()
	w := read(t, Options{Seed: 14, Residents: 200, Years: 2, Today: someDay})
	to := func(n fhir.Node, name string) string { return n.Get(name).Get("reference").Str() }
	answering := map[string]int{}
	for _, r := range w.resources {
		want := ""
		got, _ := r.Extended(gate.Custodian)
		switch resident, seen := w.byName[subject(r.Root)], w.byName[to(r.Root, "encounter")]; {
		case slices.Contains(gate.PublicTypes(), r.Type):
		case r.Type.String() == "Consent": // a resident's own
		case r.Type.String() == "Encounter":
			want = to(r.Root, "serviceProvider")
		case seen.Type != 0:
			want = to(seen.Root, "serviceProvider")
		case r.Type.String() == "Patient":
			want = to(r.Root, "managingOrganization")
		default:
			want = to(resident.Root, "managingOrganization")
		}
		if got != want || want != "" && w.byName[want].Type.String() != "Organization" {
			t.Errorf("%q answers for %s/%s, want %q", got, r.Type, r.ID, want)
		}
		if r.Type.String() == "Patient" {
			answering[got]++
		}
	}
	for name, n := range answering {
		if n > answering["Organization/"+Centre] {
			t.Errorf("%s has %d residents, more than the centre that should have the most", name, n)
		}
	}
	if len(answering) < 12 {
		t.Errorf("residents of %v", answering)
	}
}

func TestNumbersAreValidAndGivenOutOnce(t *testing.T) {
	t.Parallel()
	w := read(t, Options{Seed: 4, Residents: 300, Years: 2, Today: someDay})
	valid := map[string]func(string) bool{
		citizenSystem: func(s string) bool { return validCitizenID(s) && strings.HasPrefix(s, unassigned) },
		recordSystem:  func(s string) bool { return validRecordNumber(s) && strings.HasPrefix(s, unassigned) },
		institutionSystem: func(s string) bool {
			return validCreditCode(s) && (strings.HasPrefix(s[2:], unassigned) || strings.HasPrefix(s[2:], far.district.stand()))
		},
		licenceSystem: func(s string) bool { return digits(s) && (len(s) == 15 || len(s) == 12) },
		qualificationSystem: func(s string) bool {
			return len(s) == 27 && digits(s) && validCitizenID(s[9:])
		},
		birthSystem:               func(s string) bool { return len(s) == 10 && s[0] == 'Y' && digits(s[1:]) },
		staffSystem:               func(s string) bool { return len(s) == 5 && digits(s) },
		base + Hospital + "/card": func(s string) bool { return len(s) == 8 && digits(s) },
		base + Second + "/card":   func(s string) bool { return len(s) == 8 && digits(s) },
		register.code:             func(s string) bool { return strings.HasPrefix(s, provinceOf) && len(s) == 9 && digits(s) },
		passport.code:             func(s string) bool { return strings.HasPrefix(s, "YT") && len(s) == 9 && digits(s[2:]) },
		permit.code:               func(s string) bool { return s[1:3] == "99" && len(s) == 9 && digits(s[1:]) },
	}
	seen := map[string]bool{}
	for _, r := range w.resources {
		lists := []fhir.Node{r.Root.Get("identifier"), r.Root.Get("qualification").Item(0).Get("identifier")}
		for _, list := range lists {
			for id := list.First(); id.Exists(); id = id.Next() {
				system, value := cmp.Or(id.Get("system").Str(), code(id.Get("type"))), id.Get("value").Str()
				if check := valid[system]; check == nil || !check(value) {
					t.Errorf("%s: %q is not valid", id.Path(), value)
				}
				if seen[system+value] && system != register.code { // which is that of a household
					t.Errorf("%s is given out twice", value)
				}
				seen[system+value] = true
			}
		}
		if phone := r.Root.Get("telecom").Item(0).Get("value").Str(); r.Type.String() == "Patient" && phone != "" {
			if seen[phone] || !strings.HasPrefix(phone, "1900000") {
				t.Errorf("phone %s", phone)
			}
			seen[phone] = true
		}
	}
}

func TestCitizenIDsAgreeWithTheirOwners(t *testing.T) {
	t.Parallel()
	for _, p := range read(t, Options{Seed: 5, Residents: 300, Years: 1, Today: someDay}).residents() {
		id := identifier(p, citizenSystem)
		if id == "" {
			continue
		}
		if born := strings.ReplaceAll(p.Get("birthDate").Str(), "-", ""); id[6:14] != born {
			t.Errorf("%s was born on %s", id, born)
		}
		if male := (id[16]-'0')%2 == 1; male != (p.Get("gender").Str() == "male") {
			t.Errorf("%s is %s", id, p.Get("gender").Str())
		}
	}
}

func BenchmarkMake(b *testing.B) {
	b.ReportAllocs()
	total, resources := 0, 0
	for b.Loop() {
		total, resources = 0, 0
		for text, err := range Make(Options{Seed: 1, Today: someDay}) {
			if err != nil {
				b.Fatal(err)
			}
			total += len(text)
			resources += bytes.Count(text, []byte(`"request":`))
		}
	}
	b.SetBytes(int64(total))
	b.ReportMetric(float64(resources), "resources/op")
}
