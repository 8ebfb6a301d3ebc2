package form

import (
	"strings"
	"testing"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fhir"
)

// urgency is a closed list.
type urgency string

func (urgency) Codes() []bilingual.Code {
	return []bilingual.Code{{Code: "routine", Words: bilingual.Text{Zh: "普通", En: "Routine"}}, {Code: "urgent", Words: bilingual.Text{Zh: "紧急", En: "Urgent"}}}
}

type place struct {
	Ward string `name:"ward" zh:"病区" en:"Ward" bytes:"20"`
	Bed  *int   `name:"bed" zh:"床位" en:"Bed" from:"1" to:"99"`
}

type asked struct {
	Reason   string         `name:"reason" zh:"理由" en:"Reason" bytes:"60" doc:"Why."`
	Urgency  urgency        `name:"urgency" zh:"缓急" en:"Urgency"`
	Patient  *Reference     `name:"patient" zh:"居民" en:"Resident" types:"Patient|Person"`
	By       *Named         `name:"by" zh:"申请人" en:"By" types:"Practitioner"`
	Codes    []Coding       `name:"code" zh:"代码" en:"Code" most:"2"`
	Number   *Identifier    `name:"number" zh:"证件" en:"Number"`
	At       *time.Time     `name:"at" zh:"时间" en:"At"`
	Since    *DateTime      `name:"_since" zh:"自" en:"Since"`
	Day      *Date          `name:"day" zh:"日期" en:"Day"`
	Dose     *Decimal       `name:"dose" zh:"剂量" en:"Dose"`
	Abroad   *bool          `name:"abroad" zh:"出境" en:"Abroad"`
	Notes    []string       `name:"note" zh:"备注" en:"Note" most:"*"`
	Places   []place        `name:"place" zh:"地点" en:"Place"`
	To       *string        `name:"to" zh:"接收方" en:"To" types:"Organization"`
	Resource *fhir.Resource `name:"resource" zh:"资源" en:"Resource" types:"Observation"`
}

func parameters(t testing.TB, list string) fhir.Node {
	t.Helper()
	tree, err := fhir.Parse([]byte(`{"resourceType":"Parameters","parameter":[` + list + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return tree.Root()
}

// TestDeclarations: what makes no sense is seen when a form is declared.
func TestDeclarations(t *testing.T) {
	t.Parallel()
	type inner struct {
		X string `name:"x" zh:"x"`
	}
	type self struct {
		More []self `name:"more" zh:"更多" en:"More"`
	}
	for want, declare := range map[string]func(){
		"a form is declared as a struct": func() { Of[string]() },
		"exported":                       func() { Of[struct{ x string }]() },
		"its name":                       func() { Of[struct{ X string }]() },
		"letters, digits": func() {
			Of[struct {
				X string `name:"a b" zh:"x" en:"X"`
			}]()
		},
		"in zh and en": func() {
			Of[struct {
				X string `name:"x" zh:"x"`
			}]()
		},
		"X: X: it says what people call it": func() {
			Of[struct {
				X []inner `name:"x" zh:"x" en:"X"`
			}]()
		},
		"there is a x already": func() {
			Of[struct {
				X string `name:"x" zh:"x" en:"X"`
				Y string `name:"x" zh:"y" en:"Y"`
			}]()
		},
		"it holds itself": func() { Of[self]() },
		"values of type float64": func() {
			Of[struct {
				X float64 `name:"x" zh:"x" en:"X"`
			}]()
		},
		"values of type *string": func() {
			Of[struct {
				X []*string `name:"x" zh:"x" en:"X"`
			}]()
		},
		"values of type form.plain": func() {
			Of[struct {
				X plain `name:"x" zh:"x" en:"X"`
			}]()
		},
		"its list has no codes": func() {
			Of[struct {
				X empty `name:"x" zh:"x" en:"X"`
			}]()
		},
		"the code a is listed twice": func() {
			Of[struct {
				X twice `name:"x" zh:"x" en:"X"`
			}]()
		},
		`"Human" is no resource type`: func() {
			Of[struct {
				X Reference `name:"x" zh:"x" en:"X" types:"Human"`
			}]()
		},
		"types is of": func() {
			Of[struct {
				X int `name:"x" zh:"x" en:"X" types:"Patient"`
			}]()
		},
		"bytes is of texts": func() {
			Of[struct {
				X int `name:"x" zh:"x" en:"X" bytes:"3"`
			}]()
		},
		"bytes is a whole number": func() {
			Of[struct {
				X string `name:"x" zh:"x" en:"X" bytes:"0"`
			}]()
		},
		"least and most are of slices": func() {
			Of[struct {
				X string `name:"x" zh:"x" en:"X" most:"3"`
			}]()
		},
		"most is a whole number": func() {
			Of[struct {
				X []string `name:"x" zh:"x" en:"X" most:"some"`
			}]()
		},
		"has to be given 3 times, but may be": func() {
			Of[struct {
				X []string `name:"x" zh:"x" en:"X" least:"3" most:"2"`
			}]()
		},
		`its tag has max:"3"`: func() {
			Of[struct {
				X []string `name:"x" zh:"x" en:"X" max:"3"`
			}]()
		},
		"from and to are of whole": func() {
			Of[struct {
				X string `name:"x" zh:"x" en:"X" from:"1"`
			}]()
		},
		"to is a whole number": func() {
			Of[struct {
				X int `name:"x" zh:"x" en:"X" to:"x"`
			}]()
		},
		"nothing lies from 3 to 2": func() {
			Of[struct {
				X int `name:"x" zh:"x" en:"X" from:"3" to:"2"`
			}]()
		},
	} {
		func() {
			defer func() {
				if said, _ := recover().(string); !strings.Contains(said, want) {
					t.Errorf("panicked with %q, want %q", said, want)
				}
			}()
			declare()
		}()
	}
	f := Of[asked]()
	if x, ok := f.Field("note"); !ok || x.Times() != "0..*" || x.Required() {
		t.Errorf("note is %+v", x)
	}
	if x, _ := f.Field("code"); x.Times() != "0..2" {
		t.Errorf("code may be given %s", x.Times())
	}
	if x, _ := f.Field("place"); x.Max != RepeatsMost {
		t.Errorf("place may be given %s", x.Times())
	}
	if x, _ := f.Field("reason"); x.Times() != "1..1" || x.Bytes != 60 || x.Doc != "Why." {
		t.Errorf("reason is %+v", x)
	}
	if _, ok := f.Field("none"); ok {
		t.Error("there is a field that was not declared")
	}
}

type (
	plain string
	empty string
	twice string
)

func (empty) Codes() []bilingual.Code { return nil }
func (twice) Codes() []bilingual.Code {
	return []bilingual.Code{{Code: "a", Words: bilingual.Text{Zh: "甲", En: "A"}}, {Code: "a", Words: bilingual.Text{Zh: "乙", En: "B"}}}
}

// TestBounds: what bounds a value is said in a sentence.
func TestBounds(t *testing.T) {
	t.Parallel()
	type bounded struct {
		A int    `name:"a" zh:"a" en:"A"`
		B int    `name:"b" zh:"b" en:"B" from:"-1"`
		C int    `name:"c" zh:"c" en:"C" to:"7"`
		D int    `name:"d" zh:"d" en:"D" from:"1" to:"7"`
		E string `name:"e" zh:"e" en:"E" bytes:"7"`
		F string `name:"f" zh:"f" en:"F"`
	}
	f := Of[bounded]()
	for name, want := range map[string]string{"a": "", "b": "From -1 on.", "c": "Up to 7.", "d": "From 1 to 7.", "e": "At most 7 bytes.", "f": ""} {
		if x, _ := f.Field(name); x.Bounds() != want {
			t.Errorf("%s: %q, want %q", name, x.Bounds(), want)
		}
	}
}
