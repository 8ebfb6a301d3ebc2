package fhir

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fault"
)

// drawResource draws a resource with members in any order, with and without id and meta.
func drawResource(t *rapid.T) string {
	space := rapid.SampledFrom([]string{"", " ", "\r\n", "\t"})
	s := func() string { return space.Draw(t, "space") }
	members := []string{`"resourceType"` + s() + `:` + s() + `"Basic"`}
	if rapid.Bool().Draw(t, "id") {
		members = append(members, `"id"`+s()+`: "old"`)
	}
	if rapid.Bool().Draw(t, "meta") {
		members = append(members, `"meta":`+s()+drawMeta(t))
	}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 3, rapid.ID).Draw(t, "members") {
		members = append(members, `"`+name+`":`+drawJSON(t, 3))
	}
	members = rapid.Permutation(members).Draw(t, "order")
	for i := range members {
		members[i] = s() + members[i] + s()
	}
	return s() + "{" + strings.Join(members, ",") + "}" + s()
}

func drawMeta(t *rapid.T) string {
	all := []string{
		`"versionId":"7"`, `"lastUpdated": "2001-01-01T00:00:00Z"`, `"_versionId":{"id":"x"}`, `"_lastUpdated":{"extension":[]}`,
		`"profile" : ["p"]`, `"tag":[{"code":"x"} ]`, `"security":[]`, `"source":"#1"`,
	}
	members := rapid.SliceOfNDistinct(rapid.SampledFrom(all), 0, 5, rapid.ID).Draw(t, "meta members")
	space := rapid.SampledFrom([]string{"", " ", "\n"})
	for i := range members {
		members[i] = space.Draw(t, "space") + members[i] + space.Draw(t, "space")
	}
	return "{" + strings.Join(members, ",") + space.Draw(t, "space") + "}"
}

// testInstant is when the resources of tests were stored.
var testInstant = time.Date(2026, 11, 21, 8, 30, 0, 123_456_000, time.FixedZone("", 8*3600))

// authors is a decoded resource less what belongs to the record.
func authors(v any) map[string]any {
	r := v.(map[string]any)
	delete(r, "id")
	if meta, ok := r["meta"].(map[string]any); ok {
		for _, name := range []string{"versionId", "lastUpdated", "_versionId", "_lastUpdated"} {
			delete(meta, name)
		}
		if len(meta) == 0 {
			delete(r, "meta")
		}
	}
	return r
}

// TestBodyAndRender keeps random resources and gives them back: the same but for id, version and instant, and the
// bytes around meta and id as they were.
func TestBodyAndRender(t *testing.T) {
	t.Parallel()
	at := testInstant
	rapid.Check(t, func(t *rapid.T) {
		text := drawResource(t)
		outer := rapid.SampledFrom([]string{"%s", `{"entry":[%s]}`}).Draw(t, "in")
		tree, err := Parse(fmt.Appendf(nil, outer, text))
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		n := tree.Root()
		if strings.HasPrefix(outer, "{") {
			n = n.Get("entry").Item(0)
		}
		r, err := ReadResource(n)
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		version := rapid.Int64Range(1, 1<<40).Draw(t, "version")
		body := r.Body("new", nil)
		got := body.Render(version, at)
		kept, err := ParseResource(got)
		if err != nil || kept.ID != "new" || kept.Type != r.Type {
			t.Fatalf("%s became %s: %v", text, got, err)
		}
		meta := kept.Root.Get("meta")
		if v := meta.Get("versionId").Str(); v != strconv.FormatInt(version, 10) {
			t.Fatalf("%s became %s: version %s", text, got, v)
		}
		if v := meta.Get("lastUpdated").Str(); v != "2026-11-21T00:30:00.123456Z" {
			t.Fatalf("%s became %s: instant %s", text, got, v)
		}
		if was, is := authors(decode(t, []byte(text))), authors(decode(t, got)); !reflect.DeepEqual(was, is) {
			t.Fatalf("%s became %s", text, got)
		}
		for c := r.Root.First(); c.Exists(); c = c.Next() {
			if name := string(c.Name()); name != "id" && name != "meta" && !bytes.Equal(kept.Root.Get(name).Raw(), c.Raw()) {
				t.Fatalf("%s became %s: %s is not as it was", text, got, name)
			}
		}
		again := kept.Body("new", nil).Render(version, at) // white space beside the record's members may go, once
		third, err := ParseResource(again)
		if err != nil || !reflect.DeepEqual(decode(t, again), decode(t, got)) || !bytes.Equal(third.Body("new", nil).Render(version, at), again) {
			t.Fatalf("%s kept again became %s, %v", got, again, err)
		}
	})
}

// TestBodyTakesEdits makes other edits with those of the envelope, also where both mean the same bytes.
func TestBodyTakesEdits(t *testing.T) {
	t.Parallel()
	const text = ` {"resourceType":"Patient","meta":{"versionId":"9","_versionId":{"extension":[{"url":"u","valueUri":"old"}]},"source":"old"},"implicitRules":"old"} `
	r, err := ParseResource([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var e Edits
	r.Links(func(l Link) {
		if l.Node.Str() == "old" {
			e.replace(l.Node, []byte(`"new"`))
		}
	})
	if len(e) != 3 {
		t.Fatalf("%d links", len(e))
	}
	got := string(r.Body("a", e).Render(1, time.Unix(0, 0)))
	const want = `{"resourceType":"Patient","id":"a","meta":{"versionId":"1","lastUpdated":"1970-01-01T00:00:00.000000Z","source":"new"},"implicitRules":"new"}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestReadResourceRefuses(t *testing.T) {
	t.Parallel()
	for text, place := range map[string]string{
		`[]`: "$this", `{}`: "$this", `{"resourceType":1}`: "$this", `{"resourceType":"Human"}`: "Human.resourceType",
		`{"resourceType":"DomainResource"}`: "DomainResource.resourceType", `{"resourceType":"Patient","id":""}`: "Patient.id",
		`{"resourceType":"Patient","id":null}`: "Patient.id", `{"resourceType":"Patient","id":"a_b"}`: "Patient.id",
		`{"resourceType":"Patient","id":"` + strings.Repeat("a", 65) + `"}`: "Patient.id", `{"resourceType":"Patient","meta":null}`: "Patient.meta",
		`{"resourceType":"Patient","meta":"x"}`: "Patient.meta",
	} {
		_, err := ParseResource([]byte(text))
		if f := fault.From(err); err == nil || f.Code != fault.Malformed || len(f.Expression) != 1 || f.Expression[0] != place {
			t.Errorf("%s: %v, want Malformed at %s", text, err, place)
		}
	}
}
