package form

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

var (
	nameOf = regexp.MustCompile(`^_?[A-Za-z][A-Za-z0-9-]{0,62}$`)
	tags   = []string{"name", "zh", "en", "doc", "bytes", "types", "from", "to", "least", "most"}

	textType  = reflect.TypeFor[string]()
	codedType = reflect.TypeFor[Coded]()
	kindOf    = map[reflect.Type]Kind{
		textType: KindText, reflect.TypeFor[bool](): KindBoolean, reflect.TypeFor[int](): KindInteger,
		reflect.TypeFor[Decimal](): KindDecimal, reflect.TypeFor[time.Time](): KindInstant, reflect.TypeFor[DateTime](): KindDateTime,
		reflect.TypeFor[Date](): KindDate, reflect.TypeFor[Reference](): KindReference, reflect.TypeFor[Named](): KindReference,
		reflect.TypeFor[Coding](): KindCoding, reflect.TypeFor[Identifier](): KindIdentifier, reflect.TypeFor[fhir.Resource](): KindResource,
		reflect.TypeFor[AnyCode](): KindCode,
	}
)

// declared reads the declaration of a struct that stands inside others.
func declared(t reflect.Type, inside []reflect.Type) (*Form, error) {
	if t.Kind() != reflect.Struct {
		return nil, errors.New("a form is declared as a struct")
	}
	if slices.Contains(inside, t) {
		return nil, errors.New("it holds itself")
	}
	f := &Form{typ: t, byName: map[string]int{}}
	for i := range t.NumField() {
		x, err := field(t.Field(i), append(inside, t))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Field(i).Name, err)
		}
		if _, twice := f.byName[x.Name]; twice {
			return nil, fmt.Errorf("%s: there is a %s already", t.Field(i).Name, x.Name)
		}
		x.place, f.byName[x.Name] = i, i
		f.Fields = append(f.Fields, x)
	}
	return f, nil
}

// field reads the declaration of one field.
func field(s reflect.StructField, inside []reflect.Type) (x Field, err error) {
	if !s.IsExported() || s.Anonymous {
		return x, errors.New("a field of a form is exported, and is not embedded")
	}
	given, err := tagsOf(s.Tag)
	if err != nil {
		return x, err
	}
	x = Field{Name: given["name"], Words: bilingual.Text{Zh: given["zh"], En: given["en"]}, Doc: given["doc"], typ: s.Type, Min: 1, Max: 1}
	if !nameOf.MatchString(x.Name) {
		return x, fmt.Errorf("its name %q should be of letters, digits and hyphens", x.Name)
	}
	if !x.Words.Whole() {
		return x, errors.New("it says what people call it, in zh and en")
	}
	switch s.Type.Kind() {
	case reflect.Pointer:
		x.maybe, x.Min, x.typ = true, 0, s.Type.Elem()
	case reflect.Slice:
		x.many, x.Min, x.Max, x.typ = true, 0, RepeatsMost, s.Type.Elem()
	}
	if err := x.kind(inside); err != nil {
		return x, err
	}
	return x, x.bounds(given)
}

// tagsOf takes a tag apart. One with a name that is not known is a slip.
func tagsOf(tag reflect.StructTag) (map[string]string, error) {
	given := map[string]string{}
	rest := string(tag)
	for _, name := range tags {
		if value, ok := tag.Lookup(name); ok {
			given[name] = value
			rest = strings.Replace(rest, name+":"+strconv.Quote(value), "", 1)
		}
	}
	if rest = strings.TrimSpace(rest); rest != "" {
		return nil, fmt.Errorf("its tag has %s, which is none of %s, or is written otherwise than name:\"value\"", rest, strings.Join(tags, ", "))
	}
	return given, nil
}

// kind finds out what the values of the field are.
func (x *Field) kind(inside []reflect.Type) error {
	kind, known := kindOf[x.typ]
	switch {
	case known:
		x.Kind = kind
	case x.typ.Implements(codedType) && x.typ.Kind() == reflect.String:
		x.Kind, x.Codes = KindCode, reflect.Zero(x.typ).Interface().(Coded).Codes()
		return codes(x.Codes)
	case x.typ.Kind() == reflect.Struct:
		part, err := declared(x.typ, inside)
		x.Kind, x.Part = KindPart, part
		return err
	default:
		return fmt.Errorf("no form has values of type %s", x.typ)
	}
	return nil
}

// codes checks a closed list.
func codes(list []bilingual.Code) error {
	seen := map[string]bool{}
	for _, c := range list {
		switch {
		case c.Code == "" || c.Code != strings.Join(strings.Fields(c.Code), " "):
			return fmt.Errorf("%q is no code", c.Code)
		case seen[c.Code]:
			return fmt.Errorf("the code %s is listed twice", c.Code)
		case !c.Words.Whole():
			return fmt.Errorf("the code %s says what people call it, in zh and en", c.Code)
		}
		seen[c.Code] = true
	}
	if len(list) == 0 {
		return errors.New("its list has no codes")
	}
	return nil
}

// bounds reads the tags that bound a field.
func (x *Field) bounds(given map[string]string) error {
	number := func(name string, usual, least int) (int, error) {
		text, ok := given[name]
		if !ok {
			return usual, nil
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < least {
			return 0, fmt.Errorf("%s is a whole number from %d on, not %q", name, least, text)
		}
		return n, nil
	}
	if given["most"] == "*" {
		delete(given, "most")
		x.Max = 0
	}
	if (given["least"] != "" || given["most"] != "" || x.Max == 0) && !x.many {
		return errors.New("least and most are of slices")
	}
	var err [3]error
	x.Min, err[0] = number("least", x.Min, 0)
	if x.Max != 0 {
		x.Max, err[1] = number("most", x.Max, 1)
	}
	if x.Kind == KindText {
		x.Bytes, err[2] = number("bytes", TextMost, 1)
	} else if given["bytes"] != "" {
		return errors.New("bytes is of texts")
	}
	if err := x.span(given); err != nil {
		return err
	}
	if x.Max != 0 && x.Min > x.Max {
		return fmt.Errorf("it has to be given %d times, but may be only %d", x.Min, x.Max)
	}
	if list, ok := given["types"]; ok {
		if err := x.targets(list); err != nil {
			return err
		}
	}
	return errors.Join(err[:]...)
}

// span reads between what whole numbers lie.
func (x *Field) span(given map[string]string) error {
	if x.Kind != KindInteger {
		if given["from"]+given["to"] != "" {
			return errors.New("from and to are of whole numbers")
		}
		return nil
	}
	x.From, x.To = math.MinInt32, math.MaxInt32
	for name, bound := range map[string]*int{"from": &x.From, "to": &x.To} {
		if text, ok := given[name]; ok {
			n, err := strconv.ParseInt(text, 10, 32)
			if err != nil {
				return fmt.Errorf("%s is a whole number of 32 bits, not %q", name, text)
			}
			*bound = int(n)
		}
	}
	if x.From > x.To {
		return fmt.Errorf("nothing lies from %d to %d", x.From, x.To)
	}
	return nil
}

// targets reads the types of a reference or a resource.
func (x *Field) targets(list string) error {
	if x.Kind != KindReference && x.Kind != KindResource && x.Kind != KindText {
		return errors.New("types is of references, resources and texts")
	}
	for name := range strings.SplitSeq(list, "|") {
		t, known := schema.TypeOf(name)
		if !known {
			return fmt.Errorf("%q is no resource type of FHIR R4", name)
		}
		x.Targets = append(x.Targets, t)
	}
	return nil
}
