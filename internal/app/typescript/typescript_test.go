package typescript_test

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"yitong/internal/app/typescript"
	"yitong/internal/bilingual"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/module"
	"yitong/internal/process"
)

type colour string

func (colour) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: "red", Words: bilingual.Text{Zh: "红", En: "Red"}}, {Code: "blue-green", Words: bilingual.Text{Zh: "青", En: "Blue-green"}},
	}
}

type asked struct {
	Colour colour           `name:"colour" zh:"颜色" en:"Colour"`
	Of     *form.Reference  `name:"for-whom" zh:"居民" en:"Resident" types:"Patient"`
	Parts  []part           `name:"part" zh:"部分" en:"Part" least:"1" most:"3"`
	Number *form.Identifier `name:"number" zh:"号码" en:"Number"`
}

type part struct {
	Day   *form.Date `name:"day" zh:"日期" en:"Day"`
	Sizes []int      `name:"size" zh:"大小" en:"Size" most:"*"`
}

type said struct {
	Parts []part  `name:"part" zh:"部分" en:"Part" most:"3"`
	Next  *string `name:"next" zh:"续页" en:"Next"`
}

func op(name string, change func(*module.Operation)) module.Operation {
	o := module.Operation{Name: name, Words: bilingual.Text{Zh: "问", En: "Ask"}, Doc: "Asks.", Levels: module.System}
	change(&o)
	return o
}

func source(t *testing.T, d typescript.Declared) string {
	t.Helper()
	text, err := d.Source()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// has fails for each text that a module lacks.
func has(t *testing.T, in string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(in, text) {
			t.Errorf("there is no\n%s\nin\n%s", text, in)
		}
	}
}

func TestOperations(t *testing.T) {
	t.Parallel()
	asks := module.Op(op("ask", func(o *module.Operation) {
		o.Levels = module.System | module.Instance
		o.Types = module.Types("Patient")
	}),
		func(context.Context, *module.Call, asked) (said, error) { return said{}, nil })
	finds := module.Op(op("find", func(o *module.Operation) { o.Reads = true; o.Returns = module.Types("Bundle")[0] }),
		func(context.Context, *module.Call, struct{}) (fhir.Resource, error) { return fhir.Resource{}, nil })
	by := op("by-hand", func(o *module.Operation) { o.Reads = true })
	text := source(t, typescript.Declared{Operations: []module.Operation{asks, finds, by}})
	const in = `    in: {
      colour: "red" | "blue-green";
      "for-whom"?: string | undefined;
      part: readonly {
        day?: string | undefined;
        size?: readonly number[] | undefined;
      }[];
      number?: { system?: string; value: string } | undefined;
    };
`
	const out = `    out: {
      part: {
        day?: string;
        size: number[];
      }[];
      next?: string;
    };
`
	const takes = `      "for-whom": "valueReference",
      part: { day: "valueDate", size: "valueInteger" },
`
	has(t, text, `import type { Bundle, Resource } from "./fhir";`, "  \"$ask\": {\n"+in+out, "  \"Patient/[id]/$ask\": {\n"+in+out, takes,
		`lists: ["part", "part.size"]`, "  \"$find\": {\n    in: Record<string, never>;\n    out: Bundle;", `"$find": { get: true, takes: {} },`,
		"  \"$by-hand\": {\n    in: Record<string, string | number | boolean | undefined>;\n    out: Resource;")
}

// TestProcesses: cases on an older version have states and moves that the newest has not; what both have is as in the newest.
func TestProcesses(t *testing.T) {
	t.Parallel()
	first := &process.Process{Code: "lend", Version: 1, States: []process.State{{Code: "open"}, {Code: "lost"}}, Moves: []process.Move{
		{Code: "give", Needs: form.Of[struct{}]()}, {Code: "lose", Needs: form.Of[struct{}]()},
	}}
	second := &process.Process{Code: "lend", Version: 2, States: []process.State{{Code: "open"}, {Code: "back"}}, Moves: []process.Move{
		{Code: "give", Needs: form.Of[part]()},
	}}
	has(t, source(t, typescript.Declared{Processes: []*process.Process{first, second}}), `  lend: {
    state: "open" | "back" | "lost";
    moves: {
      give: {
        day?: string | undefined;
        size?: readonly number[] | undefined;
      };
      lose: Record<string, never>;
    };
  };`)
}

type told struct {
	inner
	Role   colour                     `json:"role"`
	At     time.Time                  `json:"at"`
	Until  time.Time                  `json:"until,omitzero"`
	Read   *time.Time                 `json:"read"`
	Within *inner                     `json:"within,omitempty"`
	Raw    json.RawMessage            `json:"raw"`
	On     map[string]map[string]bool `json:"on-off"`
	Secret bool                       `json:"secret"`
	Hidden string                     `json:"-"`
	inside string
}

type inner struct {
	Name   string   `json:"name,omitempty"`
	All    []colour `json:"all"`
	Secret string   `json:"secret"`
}

func TestShapes(t *testing.T) {
	t.Parallel()
	d := typescript.Declared{
		Shapes: map[string]any{"Told": told{inside: ""}, "Inner": inner{}},
		Lists: []typescript.List{
			{Name: "Colour", Doc: "What it looks like.", Of: reflect.TypeFor[colour](), All: []string{"red", "blue-green"}},
		},
	}
	has(t, source(t, d), "/** What it looks like. */\nexport type Colour = \"red\" | \"blue-green\";\n", `export interface Told {
  name?: string;
  all: Colour[];
  role: Colour;
  at: string;
  until?: string;
  read: string | null;
  within?: Inner;
  raw: unknown;
  "on-off": Record<string, Record<string, boolean>>;
  secret: boolean;
}`)
	for name, shape := range map[string]any{"no struct": 1, "a channel": struct{ C chan int }{}, "nothing": nil} {
		if text, err := (typescript.Declared{Shapes: map[string]any{"Wrong": shape}}).Source(); err == nil {
			t.Errorf("%s is written as %s", name, text)
		}
	}
	if _, err := (typescript.Declared{Shapes: map[string]any{"One": inner{}, "Other": inner{}}}).Source(); err == nil {
		t.Error("one struct has two names")
	}
}

// TestLongLists: lines stay short, and none ends in a blank.
func TestLongLists(t *testing.T) {
	t.Parallel()
	all := strings.Split(strings.Repeat("a-rather-long-code ", 40), " ")
	d := typescript.Declared{Lists: []typescript.List{{Name: "Long", Of: reflect.TypeFor[colour](), All: all}}}
	for line := range strings.SplitSeq(source(t, d), "\n") {
		if len(line) > 140 || strings.TrimRight(line, " ") != line {
			t.Errorf("%q", line)
		}
	}
}
