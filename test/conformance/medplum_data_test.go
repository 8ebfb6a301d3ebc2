//go:build conformance

package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yitong/internal/app/region"
)

const (
	perType     = 50       // so many examples of a type are taken; of terminology there are a thousand
	exampleMost = 40 << 10 // the bytes of the largest that are
	residents   = 24       // of the made-up region
	bundleMost  = 100      // resources that are loaded at a time
)

// resource is one that both implementations hold.
type resource struct {
	kind, id string
	text     json.RawMessage
}

// searched are the resources to search in: official examples, a small region, and samples of every type.
func searched(t *testing.T) (list []resource) {
	seen, many := map[string]bool{}, map[string]int{}
	add := func(kind, id string, text []byte) {
		var line bytes.Buffer
		if err := json.Compact(&line, text); err != nil {
			t.Fatal(err)
		}
		if name := kind + "/" + id; !seen[name] {
			seen[name] = true
			many[kind]++
			list = append(list, resource{kind, id, line.Bytes()})
		}
	}
	for _, file := range exampleFiles(t) {
		kind, _, _ := strings.Cut(file, "-")
		if info, err := os.Stat(filepath.Join(folder, file)); err != nil || info.Size() > exampleMost || many[kind] >= perType {
			continue
		}
		if e, ok := readExample(t, file); ok && idToPut(e) != "" {
			add(e.kind, e.id, e.text)
		}
	}
	for text, err := range region.Make(region.Options{Residents: residents, Years: 1, Today: region.Day}) {
		if err != nil {
			t.Fatal(err)
		}
		all, err := entries(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range all {
			var head struct{ ResourceType, ID string }
			if err := json.Unmarshal(e.Resource, &head); err != nil {
				t.Fatal(err)
			}
			add(head.ResourceType, head.ID, e.Resource)
		}
	}
	known := slices.Clone(list)
	for s := range Spread() {
		if s.ID != "" {
			add(s.Type.String(), s.ID, tame(t, s.Text, known))
		}
	}
	return list
}

// sane replaces what JavaScript cannot read among the values of Spread.
var sane = strings.NewReplacer("2015-06-30T23:59:60Z", "2015-06-30T23:59:59Z", "1.7976931348623159e308", "1e308")

// tame makes a sample of Spread plain: its primitives have a value and no extension, its references lead to resources
// that are there, its Periods do not end before they begin.
func tame(t *testing.T, text []byte, known []resource) []byte {
	d := json.NewDecoder(strings.NewReader(sane.Replace(string(text))))
	d.UseNumber()
	var whole any
	if err := d.Decode(&whole); err != nil {
		t.Fatal(err)
	}
	turn := len(text)
	var walk func(any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			start, _ := v["start"].(string)
			if end, is := v["end"].(string); is && start != "" && end[:4] <= start[:4] { // a Period may not end before it begins
				delete(v, "end")
			}
			for _, name := range slices.Sorted(maps.Keys(v)) {
				if name[0] == '_' {
					delete(v, name)
				} else if _, one := v[name].(string); one && name == "reference" {
					turn += 7
					r := known[turn%len(known)]
					v[name] = r.kind + "/" + r.id
				} else {
					v[name] = walk(v[name])
				}
			}
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
			return slices.DeleteFunc(v, func(e any) bool { return e == nil })
		}
		return v
	}
	text, err := json.Marshal(walk(whole))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// load puts the resources into the record, in their order.
func load(t *testing.T, h http.Handler, resources []resource) {
	for part := range slices.Chunk(resources, bundleMost) {
		var b bytes.Buffer
		b.WriteString(`{"resourceType":"Bundle","type":"transaction","entry":[`)
		for i, r := range part {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"resource":%s,"request":{"method":"PUT","url":"%s/%s"}}`, r.text, r.kind, r.id)
		}
		b.WriteString("]}")
		if err := ask(h, http.MethodPost, "/", b.Bytes()).must(http.StatusOK); err != nil {
			t.Fatal(err)
		}
	}
}
