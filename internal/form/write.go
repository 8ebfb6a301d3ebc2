package form

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/primitive"
)

// instantLayout is how an instant is written, in the offset that it has.
const instantLayout = "2006-01-02T15:04:05.000000Z07:00"

// Write writes what [Form.Read] reads: a value of the struct that declares the form, or a pointer to one, as
// Parameters. The error is Internal: for a value of another type, and for what may not be so, such as a field that has
// to be given and is empty.
func (f *Form) Write(v any) ([]byte, error) {
	value := reflect.Indirect(reflect.ValueOf(v))
	if !value.IsValid() || value.Type() != f.typ {
		return nil, fault.New(fault.Internal, "a form of %s is written from a %T", f.typ, v)
	}
	b, err := f.list([]byte(`{"resourceType":"Parameters"`), "parameter", value)
	if err != nil {
		return nil, err
	}
	return append(b, '}'), nil
}

// list writes the fields of a value as a member that is an array, behind others; nothing where nothing is given.
func (f *Form) list(b []byte, member string, value reflect.Value) (_ []byte, err error) {
	opening := `,"` + member + `":[`
	written := false
	for _, x := range f.Fields {
		all := x.values(value.Field(x.place))
		if len(all) < x.Min || x.Max != 0 && len(all) > x.Max {
			return nil, fault.New(fault.Internal, "%s of %s is given %d times, not %s", x.Name, f.typ, len(all), x.Times())
		}
		for _, one := range all {
			if b = append(b, opening...); !written {
				opening, written = ",", true
			}
			b = append(append(b, `{"name":`...), fhir.Quote(x.Name)...)
			if b, err = x.write(b, one); err != nil {
				return nil, err
			}
			b = append(b, '}')
		}
	}
	if written {
		b = append(b, ']')
	}
	return b, nil
}

// values are those that a field has.
func (x Field) values(v reflect.Value) (all []reflect.Value) {
	switch {
	case x.many:
		for i := range v.Len() {
			all = append(all, v.Index(i))
		}
	case x.maybe:
		if !v.IsNil() {
			all = append(all, v.Elem())
		}
	case x.Kind == KindBoolean || x.Kind == KindInteger || x.Kind == KindPart || !v.IsZero():
		all = append(all, v)
	}
	return all
}

// write writes a value as a member behind others.
func (x Field) write(b []byte, v reflect.Value) ([]byte, error) {
	if x.Kind == KindPart {
		return x.Part.list(b, "part", v)
	}
	text, err := x.text(v)
	if err != nil {
		return nil, err
	}
	return append(append(append(append(b, `,"`...), x.choices()[0].member...), `":`...), text...), nil
}

// text is a value as JSON.
func (x Field) text(v reflect.Value) ([]byte, error) {
	of := x.choices()[0].of
	switch one := v.Interface().(type) {
	case bool:
		return strconv.AppendBool(nil, one), nil
	case int:
		if one < x.From || one > x.To {
			return nil, fault.New(fault.Internal, "%s is %d, which is not from %d to %d", x.Name, one, x.From, x.To)
		}
		return x.checked(of, strconv.AppendInt(nil, int64(one), 10))
	case Decimal:
		return x.checked(of, []byte(one))
	case time.Time:
		return x.checked(of, fhir.Quote(one.Format(instantLayout)))
	case Reference:
		return object("reference", string(one))
	case Named:
		return object("reference", string(one.Reference), "display", one.Display)
	case Coding:
		return object("system", one.System, "code", one.Code, "display", one.Display)
	case Identifier:
		return object("system", one.System, "value", one.Value)
	case fhir.Resource:
		return one.Root.Raw(), nil
	}
	if x.Codes != nil && !x.code(v.String()) {
		return nil, fault.New(fault.Internal, "%q is no code of %s", v.String(), x.Name)
	}
	return x.checked(of, fhir.Quote(v.String()))
}

// checked is a value if it is one of its type.
func (x Field) checked(of primitive.Type, raw []byte) ([]byte, error) {
	if err := check(of, raw); err != nil {
		return nil, fault.Wrap(err, "writing "+x.Name)
	}
	return raw, nil
}

// object writes an object of texts, without those that are empty.
func object(pairs ...string) ([]byte, error) {
	b := []byte{'{'}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, fhir.Quote(pairs[i])...), ':'), fhir.Quote(strings.ToValidUTF8(pairs[i+1], "�"))...)
	}
	if len(b) == 1 {
		return nil, fault.New(fault.Internal, "a value has nothing that could be written")
	}
	return append(b, '}'), nil
}
