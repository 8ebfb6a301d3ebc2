package load_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yitong/internal/app/load"
	"yitong/internal/fault"
	"yitong/internal/gate"
)

// TestWhatCounts: only what was written counts as stored. What a conditional create found, what was read and what was
// deleted do not.
func TestWhatCounts(t *testing.T) {
	eachDatabase(t, func(t *testing.T, kind string) {
		r := newRecord(t, kind, true)
		r.load(t, folder(t, map[string]string{"a.ndjson": "{\"resourceType\":\"Patient\",\"id\":\"p\",\"identifier\":[{\"system\":\"urn:s\",\"value\":\"1\"}]}\n{\"resourceType\":\"Basic\",\"id\":\"gone\",\"code\":{}}"}))
		entries := `[
			{"resource":{"resourceType":"Patient","identifier":[{"system":"urn:s","value":"1"}]},"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=urn:s|1"}},
			{"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}},
			{"resource":{"resourceType":"Basic","id":"new","code":{}},"request":{"method":"PUT","url":"Basic/new"}},
			{"resource":{"resourceType":"Patient","id":"p","identifier":[{"system":"urn:s","value":"1"}],"active":true},"request":{"method":"PUT","url":"Patient/p"}},
			{"request":{"method":"DELETE","url":"Basic/gone"}}]}`
		dir := folder(t, map[string]string{
			"t.json": `{"resourceType":"Bundle","type":"transaction","entry":` + entries,
			"u.json": `{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"GET","url":"Patient/p"}}]}`,
		})
		report := r.load(t, dir)
		if len(report.Failures) != 0 || report.Found != 1 || report.Total() != 3 || report.Stored["Patient"] != 2 || report.Stored["Basic"] != 1 || report.Repeated != 0 {
			t.Errorf("report %+v", report)
		}
		var b strings.Builder
		report.Print(&b)
		if !strings.Contains(b.String(), "3 resources stored from 2 files; 1 were there already; 0 failures") {
			t.Errorf("the report says\n%s", b.String())
		}
		if again := r.load(t, dir); again.Total() != 0 || again.Repeated != 3 || again.Found != 1 {
			t.Errorf("run again: %+v", again)
		}
	})
}

// long is a Bundle of more entries than a transaction may have; the last refers as it is told.
func long(kind, refers string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"resourceType":"Bundle","type":%q,"entry":[`, kind)
	for i := range 10_000 {
		fmt.Fprintf(&b, `{"fullUrl":"http://x/Basic/%d","resource":{"resourceType":"Basic","id":"%d","code":{}},"request":{"method":"PUT","url":"Basic/%d"}},`, i, i, i)
	}
	return b.String() + `{"fullUrl":"urn:uuid:0c6dd5b2-3cbd-4bd5-a2c5-000000000001","resource":{"resourceType":"Basic","code":{}` + refers + `},"request":{"method":"POST","url":"Basic"}}]}`
}

// TestLongBundles: a collection that is too long for a transaction is cut, unless its entries hang together.
func TestLongBundles(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "sqlite", false)
	for name, text := range map[string]string{
		"by temporary name": long("collection", `,"subject":{"reference":"urn:uuid:0c6dd5b2-3cbd-4bd5-a2c5-000000000001"}`),
		"by full URL":       long("searchset", `,"subject":{"reference":"http://x/Basic/7"}`),
		"in a narrative":    long("searchset", `,"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"http://x/Basic/7\">7</a></div>"}`),
		"a transaction":     long("transaction", ""),
	} {
		report := r.load(t, folder(t, map[string]string{"a.json": text}))
		if len(report.Failures) != 1 || fault.CodeOf(report.Failures[0].Err) != fault.TooLarge || !strings.Contains(report.Failures[0].Err.Error(), "10001") {
			t.Errorf("%s: %+v", name, report)
		}
	}
	if got := r.names(t); len(got) != 0 {
		t.Fatalf("%d were stored", len(got))
	}
	dir := folder(t, map[string]string{"a.json": long("collection", `,"subject":{"reference":"Basic/7"}`)})
	if report := r.load(t, dir); report.Total() != 10_001 || len(report.Failures) != 0 {
		t.Errorf("report %+v", report)
	}
	if report := r.load(t, dir); report.Repeated != 10_001 {
		t.Errorf("run again: %+v", report)
	}
	if got := r.versions(t); len(got) != 10_001 || further(t, got) != 0 {
		t.Errorf("%d resources, %d with further versions", len(got), further(t, got))
	}
}

// TestDeepLine: a resource that only the Bundle around it makes too deep is told of as such, and keeps no other out.
func TestDeepLine(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "sqlite", true)
	deep := func(id string, n int) string { // the resource, and an array and an object for each extension
		return fmt.Sprintf(`{"resourceType":"Basic","id":%q,"code":{}`, id) + strings.Repeat(`,"extension":[{"url":"u:[\"{"`, n) + strings.Repeat("}]", n) + "}\n"
	}
	report := r.load(t, folder(t, map[string]string{"a.ndjson": deep("1", 30) + deep("2", 31) + deep("3", 1)}))
	if got := r.names(t); !slices.Equal(got, []string{"Basic/1", "Basic/3"}) {
		t.Errorf("stored %q", got)
	}
	if len(report.Failures) != 1 || !strings.HasSuffix(report.Failures[0].Place, "a.ndjson, line 2") || !strings.Contains(report.Failures[0].Err.Error(), "66 deep") {
		t.Errorf("report %+v", report)
	}
}

// TestExportIntoUsedFolder: files of an earlier export never stand among those of a later one.
func TestExportIntoUsedFolder(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "sqlite", true)
	r.load(t, folder(t, map[string]string{"a.ndjson": "{\"resourceType\":\"Basic\",\"id\":\"b\",\"code\":{}}\n{\"resourceType\":\"Patient\",\"id\":\"p\"}"}))
	dir := folder(t, map[string]string{"Basic.ndjson": "old", "Observation.ndjson": "old", "mine.ndjson": "old", "Patient.json": "old", "Group.NDJSON": "old", "notes.txt": "old"})
	read := func() map[string]string {
		all := map[string]string{}
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			text, err := os.ReadFile(filepath.Join(dir, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			all[f.Name()] = string(text)
		}
		return all
	}
	s := r.gate.Session(gate.Actor{Access: gate.Whole()})
	if _, err := load.Export(t.Context(), s, dir, false); fault.CodeOf(err) != fault.Conflict || !strings.Contains(err.Error(), "--replace") {
		t.Errorf("without leave: %v", err)
	}
	for name, text := range read() {
		if text != "old" {
			t.Errorf("%s was written", name)
		}
	}
	if _, err := load.Export(t.Context(), s, dir, true); err != nil {
		t.Fatal(err)
	}
	got := read()
	for name, old := range map[string]bool{"Basic.ndjson": false, "Patient.ndjson": false, "mine.ndjson": true, "Patient.json": true, "Group.NDJSON": true, "notes.txt": true} {
		if text, there := got[name]; !there || old != (text == "old") {
			t.Errorf("%s: %q, %t", name, text, there)
		}
	}
	if len(got) != 6 {
		t.Errorf("the folder holds %d files", len(got))
	}
}
