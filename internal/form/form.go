package form

import (
	"fmt"
	"reflect"
	"slices"

	"yitong/internal/bilingual"
	"yitong/internal/fhir/schema"
)

// Coded is a type of texts that are one of a closed list.
type Coded interface{ Codes() []bilingual.Code }

// Form is what there is to fill in. It may be used by many at the same time, who leave it as it is.
type Form struct {
	Fields []Field

	typ    reflect.Type
	byName map[string]int
}

// Field is one thing to fill in.
type Field struct {
	Name     string
	Words    bilingual.Text
	Doc      string // "" for nothing beyond its words
	Kind     Kind
	Min, Max int              // how often; Max 0: any number
	Targets  []schema.Type    // of a reference or a resource; nil for any. Of a text: it may be a reference to one of these too
	Codes    []bilingual.Code // of KindCode; nil for any
	Bytes    int              // of a text, at most
	From, To int              // the least and the greatest whole number of KindInteger
	Part     *Form            // of KindPart

	typ   reflect.Type // of one value
	place int          // in the struct
	many  bool         // a slice
	maybe bool         // a pointer
}

// Bounds that a declaration need not state.
const (
	TextMost    = 4096 // bytes of a text
	RepeatsMost = 100  // times that a repeating parameter may be given
)

// Of is the form that a struct declares. It panics where the declaration makes no sense, which start-up and tests see.
func Of[T any]() *Form {
	t := reflect.TypeFor[T]()
	f, err := declared(t, nil)
	if err != nil {
		panic(fmt.Sprintf("form: %s: %v", t, err))
	}
	return f
}

// Field is the field of that name.
func (f *Form) Field(name string) (Field, bool) {
	i, ok := f.byName[name]
	if !ok {
		return Field{}, false
	}
	return f.Fields[i], true
}

// Names are the names of the fields, in their order.
func (f *Form) Names() (names []string) {
	for _, x := range f.Fields {
		names = append(names, x.Name)
	}
	return names
}

// Called tells whether the field is a [Named]: a reference with what its target is called.
func (x Field) Called() bool { return x.typ == reflect.TypeFor[Named]() }

// Required tells whether the field has to be given.
func (x Field) Required() bool { return x.Min > 0 }

// Times is how often the field may be given, such as 0..1 or 1..*.
func (x Field) Times() string { return fmt.Sprintf("%d..%s", x.Min, x.most()) }

func (x Field) most() string {
	if x.Max == 0 {
		return "*"
	}
	return fmt.Sprint(x.Max)
}

func (x Field) code(code string) bool {
	return slices.ContainsFunc(x.Codes, func(c bilingual.Code) bool { return c.Code == code })
}
