package form

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// leaves are the types of single values.
var leaves = []reflect.Type{
	reflect.TypeFor[string](), reflect.TypeFor[bool](), reflect.TypeFor[int](), reflect.TypeFor[Decimal](), reflect.TypeFor[time.Time](),
	reflect.TypeFor[DateTime](), reflect.TypeFor[Date](), reflect.TypeFor[Reference](), reflect.TypeFor[Named](), reflect.TypeFor[Coding](),
	reflect.TypeFor[Identifier](), reflect.TypeFor[urgency](), reflect.TypeFor[fhir.Resource](), reflect.TypeFor[AnyCode](),
}

// drawStruct draws the declaration of a form.
func drawStruct(t *rapid.T, deep int) reflect.Type {
	var fields []reflect.StructField
	for i := range rapid.IntRange(0, 5).Draw(t, "fields") {
		of := leaves[rapid.IntRange(0, len(leaves)-1).Draw(t, "type")]
		if deep > 0 && rapid.IntRange(0, 3).Draw(t, "part") == 0 {
			of = drawStruct(t, deep-1)
		}
		tag := fmt.Sprintf(`name:"f-%d" zh:"字段" en:"Field"`, i)
		switch rapid.IntRange(0, 2).Draw(t, "times") {
		case 1:
			of = reflect.PointerTo(of)
		case 2:
			of, tag = reflect.SliceOf(of), tag+` most:"4"`
		}
		fields = append(fields, reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: of, Tag: reflect.StructTag(tag)})
	}
	return reflect.StructOf(fields)
}

// fill draws what somebody fills in.
func fill(t *rapid.T, f *Form, into reflect.Value) {
	for _, x := range f.Fields {
		v := into.Field(x.place)
		switch {
		case x.many:
			for range rapid.IntRange(x.Min, x.Max).Draw(t, "times") {
				v.Set(reflect.Append(v, drawValue(t, x)))
			}
		case !x.maybe:
			v.Set(drawValue(t, x))
		case rapid.Bool().Draw(t, "given"):
			p := reflect.New(x.typ)
			p.Elem().Set(drawValue(t, x))
			v.Set(p)
		}
	}
}

var words = rapid.StringMatching(`[a-z北京\\"<&]([ \na-zé中😀/]{0,20}[a-z。])?`)

func drawValue(t *rapid.T, x Field) reflect.Value {
	id := rapid.StringMatching(`[A-Za-z0-9.-]{1,64}`)
	reference := func() Reference {
		all := schema.Types()
		return Reference(fhir.Ref{Type: all[rapid.IntRange(0, len(all)-1).Draw(t, "of")], ID: id.Draw(t, "id")}.String())
	}
	v := reflect.New(x.typ).Elem()
	switch x.typ {
	case reflect.TypeFor[bool]():
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.TypeFor[int]():
		v.SetInt(int64(rapid.Int32().Draw(t, "int")))
	case reflect.TypeFor[Decimal]():
		v.SetString(rapid.StringMatching(`-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?`).Draw(t, "decimal"))
	case reflect.TypeFor[time.Time]():
		at := time.UnixMicro(rapid.Int64Range(-62135596799e6, 253402300799e6).Draw(t, "instant")).UTC()
		v.Set(reflect.ValueOf(at))
	case reflect.TypeFor[DateTime]():
		v.SetString(rapid.SampledFrom([]string{"2026", "2026-11", "2026-11-21", "2026-11-21T08:30:00+08:00", "1900-01-01T00:00:00.000Z"}).Draw(t, "dateTime"))
	case reflect.TypeFor[Date]():
		v.SetString(time.Unix(rapid.Int64Range(-62135596799, 253402300799).Draw(t, "date"), 0).UTC().Format(time.DateOnly))
	case reflect.TypeFor[Reference]():
		v.SetString(string(reference()))
	case reflect.TypeFor[Named]():
		v.Set(reflect.ValueOf(Named{reference(), words.Draw(t, "display")}))
	case reflect.TypeFor[Coding]():
		v.Set(reflect.ValueOf(Coding{words.Draw(t, "system"), words.Draw(t, "code"), rapid.SampledFrom([]string{"", "甲"}).Draw(t, "display")}))
	case reflect.TypeFor[Identifier]():
		v.Set(reflect.ValueOf(Identifier{rapid.SampledFrom([]string{"", "urn:x"}).Draw(t, "system"), words.Draw(t, "value")}))
	case reflect.TypeFor[urgency]():
		v.SetString(rapid.SampledFrom([]string{"routine", "urgent"}).Draw(t, "code"))
	case reflect.TypeFor[fhir.Resource]():
		r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Basic", "id":%q,"code":{"text":%q}}`, id.Draw(t, "id"), words.Draw(t, "text")))
		if err != nil {
			t.Fatal(err)
		}
		v.Set(reflect.ValueOf(r))
	case reflect.TypeFor[AnyCode]():
		v.SetString(rapid.StringMatching(`[a-z0-9.]+( [a-z])?`).Draw(t, "code"))
	case reflect.TypeFor[string]():
		v.SetString(words.Draw(t, "text"))
	default:
		fill(t, x.Part, v)
	}
	return v
}

// TestWhatIsWrittenIsRead: of any form, what is filled in is written and read as it was; and a reader that is given
// what is declared finds what the schema and the definition tell.
func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		typ := drawStruct(t, 2)
		f, err := declared(typ, nil)
		if err != nil {
			t.Fatal(err)
		}
		v := reflect.New(typ)
		fill(t, f, v.Elem())
		text, err := f.Write(v.Interface())
		if err != nil {
			t.Fatal(err)
		}
		tree, err := fhir.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Read(tree.Root())
		if err != nil {
			t.Fatalf("%v of %s", err, text)
		}
		again, err := f.Write(got)
		if err != nil || !bytes.Equal(again, text) {
			t.Fatalf("%s, then %s", text, again)
		}
		if !same(reflect.ValueOf(got).Elem(), v.Elem()) {
			t.Fatalf("%+v, then %+v", v.Elem(), got)
		}
		if n := len(f.Definition("in")); n != len(f.Fields) {
			t.Fatalf("%d parameters are defined of %d", n, len(f.Fields))
		}
		if n := len(f.Schema()["properties"].(map[string]any)); n != len(f.Fields) {
			t.Fatalf("%d fields are in the schema of %d", n, len(f.Fields))
		}
	})
}

// same is reflect.DeepEqual, but for resources, which are the same if their texts are.
func same(a, b reflect.Value) bool {
	switch one := a.Interface().(type) {
	case fhir.Resource:
		return bytes.Equal(one.Root.Raw(), b.Interface().(fhir.Resource).Root.Raw())
	case time.Time:
		return one.Equal(b.Interface().(time.Time))
	}
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		for i := range a.Len() {
			if a.Len() != b.Len() || !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return a.Len() == b.Len()
	case reflect.Pointer:
		return a.IsNil() == b.IsNil() && (a.IsNil() || same(a.Elem(), b.Elem()))
	}
	return a.Equal(b)
}

// TestWriteRefuses: what cannot be read is not written.
func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	f := Of[asked]()
	whole := func(change func(*asked)) *asked {
		a := &asked{Reason: "复查", Urgency: "urgent"}
		change(a)
		return a
	}
	if _, err := f.Write(*whole(func(*asked) {})); err != nil {
		t.Error(err)
	}
	for name, v := range map[string]any{
		"another type":       7,
		"nothing":            nil,
		"a nil pointer":      (*asked)(nil),
		"no reason":          whole(func(a *asked) { a.Reason = "" }),
		"an unknown code":    whole(func(a *asked) { a.Urgency = "soon" }),
		"too many":           whole(func(a *asked) { a.Codes = []Coding{{Code: "a"}, {Code: "b"}, {Code: "c"}} }),
		"an empty coding":    whole(func(a *asked) { a.Codes = []Coding{{}} }),
		"no decimal":         whole(func(a *asked) { a.Dose = new(Decimal("1,5")) }),
		"no day":             whole(func(a *asked) { a.Day = new(Date("2026-02-30")) }),
		"an empty reference": whole(func(a *asked) { a.Patient = new(Reference("")) }),
		"out of bounds":      whole(func(a *asked) { a.Places = []place{{Ward: "a", Bed: new(100)}} }),
		"too big":            whole(func(a *asked) { a.Places = []place{{Ward: "a", Bed: new(1 << 40)}} }),
		"control characters": whole(func(a *asked) { a.Reason = "a\x01" }),
	} {
		if text, err := f.Write(v); fault.CodeOf(err) != fault.Internal {
			t.Errorf("%s: %s, %v", name, text, err)
		}
	}
}

// FuzzRead: whatever is sent, there is a form or an error that tells its places, and what was read is written and read
// again.
func FuzzRead(f *testing.F) {
	whole := Of[asked]()
	for _, text := range []string{
		`{"resourceType":"Parameters"}`, `[]`, `{"resourceType":"Patient"}`,
		`{"resourceType":"Parameters","parameter":[` + needed + patient + `]}`,
		`{"resourceType":"Parameters","parameter":[` + needed + `{"name":"place","part":[{"name":"ward","valueString":"三"},{"name":"bed","valueInteger":1}]}]}`,
		`{"resourceType":"Parameters","parameter":[` + needed + `{"name":"resource","resource":{"resourceType":"Observation"}},{"name":"dose","valueDecimal":1.0e1}]}`,
		`{"resourceType":"Parameters","parameter":[` + needed + `{"name":"at","valueInstant":"2026-11-21T00:00:00Z"},{"name":"number","valueString":"a|b"}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		tree, err := fhir.Parse(text)
		if err != nil {
			return
		}
		got, err := whole.Read(tree.Root())
		if err != nil {
			e := fault.From(err)
			if e.Code != fault.Malformed && e.Code != fault.Unprocessable || len(e.Issues) == 0 || len(e.Issues) != len(e.Expression) {
				t.Fatalf("%+v", e)
			}
			for _, i := range e.Issues {
				if i.English == "" || i.Chinese == "" || strings.ContainsRune(i.English, 0) {
					t.Fatalf("%+v", i)
				}
			}
			return
		}
		written, err := whole.Write(got)
		if err != nil {
			t.Fatalf("%v of %s", err, text)
		}
		tree, err = fhir.Parse(written)
		if err != nil {
			t.Fatal(err)
		}
		again, err := whole.Read(tree.Root())
		if err != nil || !same(reflect.ValueOf(again).Elem(), reflect.ValueOf(got).Elem()) {
			t.Fatalf("%+v, then %+v, %v", got, again, err)
		}
	})
}
