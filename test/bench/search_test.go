package bench

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yitong/internal/fhir"
)

// TestSearchTellsEveryFigure runs the benchmark for a moment; it fails by itself where a search finds too little.
func TestSearchTellsEveryFigure(t *testing.T) {
	t.Parallel()
	for _, db := range []string{"sqlite", "postgres"} {
		report := measure(t, "search", Options{Databases: []string{db}, Residents: 30})
		db += ".search."
		for _, one := range append([]template{{name: "mix"}}, templates...) {
			f := report[db+one.name]
			if f.Value <= 0 || f.Unit != "per second" || (one.name != "mix") != (f.Ceiling > 0) {
				t.Errorf("%s%s: %+v", db, one.name, f)
			}
			for _, p := range []string{".p50", ".p95"} {
				if f := report[db+one.name+p]; f.Value <= 0 || f.Unit != "ms" || (one.name != "mix") != (f.Ceiling > 0) {
					t.Errorf("%s%s%s: %+v", db, one.name, p, f)
				}
			}
			if f, failed := report[db+one.name+".failed"]; failed {
				t.Errorf("%s%s: %v requests failed", db, one.name, f.Value)
			}
			if one.name != "mix" && report[db+one.name+".found"].Value <= 0 {
				t.Errorf("%s%s found nothing", db, one.name)
			}
		}
		for _, name := range []string{"load", "rss", "rss.load", "resources", "bodies", "size", "keys_per_resource", "body_per_resource", "bytes_per_resource", "overhead", "overhead.index"} {
			if report[db+name].Value <= 0 {
				t.Errorf("%s%s is missing", db, name)
			}
		}
	}
}

// TestDataOfAFolder: files may lack what the region has, and name their resources by temporary names.
func TestDataOfAFolder(t *testing.T) {
	t.Parallel()
	const bundle = `{"resourceType":"Bundle","type":"transaction","entry":[
		{"fullUrl":"urn:uuid:0a","resource":{"resourceType":"Patient","id":"0a","identifier":[{"system":"urn:x","value":"1"}],"name":[{"family":"Okonkwo"}]},"request":{"method":"POST","url":"Patient"}},
		{"fullUrl":"urn:uuid:0b","resource":{"resourceType":"Encounter","id":"0b","status":"finished","class":{"system":"urn:c","code":"AMB"},"subject":{"reference":"urn:uuid:0a"},"period":{"start":"2026-03-02"},"participant":[{"individual":{"reference":"Practitioner?identifier=x"}}]},"request":{"method":"POST","url":"Encounter"}},
		{"fullUrl":"urn:uuid:0c","resource":{"resourceType":"Condition","id":"0c","code":{"coding":[{"system":"urn:c","code":"C"}]},"subject":{"reference":"urn:uuid:0a"}},"request":{"method":"POST","url":"Condition"}},
		{"fullUrl":"urn:uuid:0d","resource":{"resourceType":"Observation","id":"0d","status":"final","code":{"coding":[{"system":"urn:c","code":"w"}]},"subject":{"reference":"urn:uuid:0a"},"encounter":{"reference":"urn:uuid:0b"},"effectiveDateTime":"2026-03-02T10:00:00Z","valueQuantity":{"value":70.5,"system":"http://unitsofmeasure.org","code":"kg"}},"request":{"method":"POST","url":"Observation"}}]}`
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "a.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	z.Write([]byte(bundle))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	report := measure(t, "search", Options{Databases: []string{"sqlite"}, Data: dir})
	for _, one := range templates {
		f := report["sqlite.search."+one.name]
		if out := strings.HasPrefix(f.Unit, "left out: "); out != (one.name == "pinyin") || !out && f.Value <= 0 {
			t.Errorf("%s: %+v", one.name, f)
		}
	}
}

func TestStoreCountsLines(t *testing.T) {
	t.Parallel()
	report, err := Run(t.Context(), []string{"store"}, Options{Residents: 20})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Patient", "Observation", "Encounter", "all"} {
		name = "store.region." + name
		if least, most := report[name].Value, report[name+".most"].Value; least <= 0 || most < least || report[name+".resources"].Value <= 0 || report[name+".body"].Value <= 0 {
			t.Errorf("%s: %v lines, at most %v", name, least, most)
		}
	}
}

func TestTooManyLines(t *testing.T) {
	t.Parallel()
	for lines, ok := range map[float64]bool{50: true, 51: false} {
		if err := within("store.data", &budget{resources: 2, lines: lines}); (err == nil) != ok {
			t.Errorf("%v lines of two Observations: %v", lines, err)
		}
	}
	if err := within("store.data", nil); err != nil {
		t.Errorf("without Observations: %v", err)
	}
}

// TestCorpus: every resource is stored once, and not in the order of the data.
func TestCorpus(t *testing.T) {
	t.Parallel()
	c, err := newCorpus(t.Context(), Options{Residents: 10}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer c.file.Close()
	seen := map[string]bool{}
	var size int64
	var order []string
	for from := 0; from < c.size(); from += 50 {
		text, err := c.bundle(from, min(from+50, c.size()))
		if err != nil {
			t.Fatal(err)
		}
		tree, err := fhir.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for e := tree.Root().Get("entry").First(); e.Exists(); e = e.Next() {
			order = append(order, e.Get("request").Get("url").Str())
			seen[order[len(order)-1]] = true
			size += int64(len(e.Get("resource").Raw()))
		}
	}
	if len(seen) != c.size() || len(order) != c.size() || size != c.bytes() || c.size() < 100 {
		t.Errorf("%d resources of %d bytes, %d of them different; want %d of %d", len(order), size, len(seen), c.size(), c.bytes())
	}
	i, same := 0, 0
	for r, err := range resources(Options{Residents: 10}) {
		if err != nil {
			t.Fatal(err)
		}
		if order[i] == r.Type.String()+"/"+r.ID {
			same++
		}
		i++
	}
	if same > c.size()/10 {
		t.Errorf("%d of %d resources stand where they stood", same, c.size())
	}
}
