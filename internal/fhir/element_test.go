package fhir

import (
	"strings"
	"testing"

	"yitong/internal/fault"
)

func elementOf(t *testing.T, text string) Element {
	t.Helper()
	d, err := NewDoc([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return ElementOf(d)
}

func TestElementEdits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, before, after string
		edit                func(Element)
	}{
		{"string", `{ "a":"x" , "b":1.00 }`, `{ "a":"y\"" , "b":1.00 }`, func(e Element) { e.PutString("a", `y"`) }},
		{"the same string", `{"a":"\u0078"}`, `{"a":"\u0078"}`, func(e Element) { e.PutString("a", "x") }},
		{"no string", `{"a":"x", "b":1}`, `{"b":1}`, func(e Element) { e.PutString("a", "") }},
		{"decimal", `{"a":1.0}`, `{"a":1.00}`, func(e Element) { e.PutDecimal("a", "1.00") }},
		{"no decimal", `{"a":1.0,"b":2}`, `{"b":2}`, func(e Element) { e.PutDecimal("a", "") }},
		{"deep", `{}`, `{"a":[{"b":true}]}`, func(e Element) { e.Child("a").Nth(0).PutBool("b", true) }},
		{"removed with what it leaves empty", `{"a":[{"b":true}],"c":1}`, `{"c":1}`, func(e Element) { e.Child("a").Nth(0).Child("b").Remove() }},
		{"raw", `{"a":1}`, `{"a":[1, 2]}`, func(e Element) { e.Child("a").SetRaw([]byte(`[1, 2]`)) }},
		{"choice", `{"resourceType":"Observation","valueQuantity":{"value":1},"note":[]}`,
			`{"resourceType":"Observation","note":[],"valueInteger":2}`, func(e Element) { e.PutInt("valueInteger", 2) }},
		{"choice with what stands beside it", `{"resourceType":"Observation","valueString":"x","_valueString":{"id":"a"}}`,
			`{"resourceType":"Observation","valueQuantity":{"value":2}}`, func(e Element) { e.Child("valueQuantity").PutDecimal("value", "2") }},
		{"the same choice", `{"resourceType":"Observation","valueString":"x","_valueString":{"id":"a"}}`,
			`{"resourceType":"Observation","valueString":"y","_valueString":{"id":"a"}}`, func(e Element) { e.PutString("valueString", "y") }},
		{"choice in a contained resource", `{"resourceType":"Basic","contained":[{"resourceType":"Patient","deceasedBoolean":true}]}`,
			`{"resourceType":"Basic","contained":[{"resourceType":"Patient","deceasedDateTime":"2026"}]}`,
			func(e Element) { e.Child("contained").Nth(0).PutString("deceasedDateTime", "2026") }},
		{"choice beside a primitive", `{"resourceType":"Patient","_gender":{"extension":[{"url":"u","valueCode":"x"}]}}`,
			`{"resourceType":"Patient","_gender":{"extension":[{"url":"u","valueUri":"y"}]}}`,
			func(e Element) { e.Child("_gender").Child("extension").Nth(0).PutString("valueUri", "y") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := elementOf(t, c.before)
			c.edit(e)
			if got, err := e.Bytes(); err != nil || string(got) != c.after {
				t.Errorf("got  %s, %v\nwant %s", got, err, c.after)
			}
		})
	}
}

func TestElementFails(t *testing.T) {
	t.Parallel()
	const text = `{"resourceType":"Patient","name":"no list","a":1}`
	for _, c := range []struct {
		name, place string
		edit        func(Element)
	}{
		{"no list", "Patient.name", func(e Element) { e.Child("name").Nth(0).PutString("family", "x") }},
		{"control character", "Patient.a", func(e Element) { e.PutString("a", "\x00") }},
		{"no number", "Patient.a", func(e Element) { e.PutDecimal("a", `1,"b":2`) }},
		{"number with space", "Patient.a", func(e Element) { e.PutDecimal("a", "1 ") }},
		{"no JSON", "", func(e Element) { e.Child("a").SetRaw([]byte(`1,"b":2`)) }},
		{"behind the place behind the last", "Patient", func(e Element) { e.Child("b").Nth(1).PutBool("c", true) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := elementOf(t, text)
			c.edit(e)
			f := fault.From(e.Err())
			if e.Err() == nil || f.Code != fault.Malformed || !strings.Contains(strings.Join(f.Expression, " "), c.place) {
				t.Errorf("error %v, want Malformed at %s", e.Err(), c.place)
			}
			e.PutString("later", "x")
			e.Child("a").Remove()
			if got := string(e.Doc().Bytes()); got != text {
				t.Errorf("the text is %s", got)
			}
			if got, err := e.Child("a").Bytes(); err == nil || got != nil {
				t.Errorf("Bytes gave %s, %v", got, err)
			}
		})
	}
}

func TestElementReads(t *testing.T) {
	t.Parallel()
	e := elementOf(t, `{"s":"\u0078","d":1.00,"n":null,"l":[1,null],"t":true,"o":{"a":1}}`)
	if e.GetString("s") != "x" || e.GetString("d") != "" || e.GetDecimal("d") != "1.00" || e.GetDecimal("s") != "" {
		t.Error("strings and decimals")
	}
	if v, ok := e.GetBool("t"); !v || !ok {
		t.Error("boolean")
	}
	if _, ok := e.GetBool("s"); ok {
		t.Error("a string is no boolean")
	}
	if v, ok := e.Child("o").GetInt("a"); v != 1 || !ok {
		t.Error("integer")
	}
	if e.Child("n").Exists() || e.Child("x").Exists() || !e.Child("l").Exists() {
		t.Error("what exists")
	}
	if e.Child("l").Len() != 2 || e.Child("o").Len() != 0 {
		t.Error("lengths")
	}
	var zero Element
	if zero.Exists() || zero.Child("a").GetString("b") != "" || zero.Err() != nil {
		t.Error("the zero Element is not empty")
	}
}
