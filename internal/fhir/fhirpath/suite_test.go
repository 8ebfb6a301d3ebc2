package fhirpath

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fhir"
)

// suite is the half of HL7's official tests that is at hand.
type suite struct {
	Groups []struct {
		Name  string `xml:"name,attr"`
		Tests []struct {
			Name      string `xml:"name,attr"`
			Input     string `xml:"inputfile,attr"`
			Predicate bool   `xml:"predicate,attr"`
			Mode      string `xml:"mode,attr"`
			Expr      struct {
				Text    string `xml:",chardata"`
				Invalid string `xml:"invalid,attr"`
			} `xml:"expression"`
			Output []struct {
				Type string `xml:"type,attr"`
				Text string `xml:",chardata"`
			} `xml:"output"`
		} `xml:"test"`
	} `xml:"group"`
}

// missed are tests that we do not pass, each with the reason.
var missed = map[string]string{}

func suiteFolder(t testing.TB) string {
	t.Helper()
	shared := os.Getenv("YITONG_SHARED")
	if shared == "" {
		shared = "../../../../shared"
	}
	folder := filepath.Join(shared, "data", "fhirpath")
	if _, err := os.Stat(filepath.Join(folder, "tests-half.xml")); err != nil {
		t.Skipf("the official tests are not at hand (%v); set YITONG_SHARED to the folder that holds data/fhirpath", err)
	}
	return folder
}

func resourceFile(t testing.TB, name string) fhir.Node {
	t.Helper()
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, string(src))
}

func parsed(t testing.TB, text string) fhir.Node {
	t.Helper()
	tree, err := fhir.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return tree.Root()
}

func TestOfficialSuite(t *testing.T) {
	t.Parallel()
	folder := suiteFolder(t)
	src, err := os.ReadFile(filepath.Join(folder, "tests-half.xml"))
	if err != nil {
		t.Fatal(err)
	}
	var s suite
	if err := xml.Unmarshal(src, &s); err != nil {
		t.Fatal(err)
	}
	inputs := map[string]fhir.Node{"": {}}
	var mu sync.Mutex
	passed, all := 0, 0
	t.Cleanup(func() { t.Logf("%d of %d passed", passed, all) })
	for _, g := range s.Groups {
		for _, c := range g.Tests {
			file := strings.TrimSuffix(strings.TrimSuffix(c.Input, ".xml"), ".json")
			if _, ok := inputs[file]; !ok {
				inputs[file] = resourceFile(t, filepath.Join(folder, file+".json"))
			}
			var want []string
			for _, o := range c.Output {
				want = append(want, expected(o.Type, o.Text))
			}
			focus := inputs[file]
			t.Run(g.Name+"/"+c.Name, func(t *testing.T) {
				t.Parallel()
				why := tryOfficial(c.Expr.Text, c.Expr.Invalid, focus, want)
				mu.Lock()
				all++
				if why == "" {
					passed++
				}
				mu.Unlock()
				switch reason := missed[c.Name]; {
				case why == "" && reason != "":
					t.Errorf("passes, but is listed as missed: %s", reason)
				case why != "" && reason == "":
					t.Errorf("%s\n%s", c.Expr.Text, why)
				}
			})
		}
	}
}

// expected is an output as toString writes it: the suite writes dates as literals, and some without a type.
func expected(typ, text string) string {
	if typ != "string" && typ != "code" && typ != "id" {
		text = strings.TrimPrefix(strings.TrimPrefix(text, "@"), "T")
	}
	return text
}

// tryOfficial says how an official test fails; "" if it passes.
func tryOfficial(text, invalid string, focus fhir.Node, want []string) string {
	e, err := Parse(text)
	if err != nil {
		if invalid != "" {
			return ""
		}
		return err.Error()
	}
	if invalid == "syntax" {
		return "it was read, but is no expression"
	}
	var values []Value
	context := ""
	if focus.Exists() {
		values = []Value{Of(focus)}
		context = focus.Get("resourceType").Str()
	}
	checked := e.Check(context)
	if invalid == "semantic" {
		if checked == nil {
			return "Check finds nothing"
		}
		return ""
	}
	if invalid == "" && checked != nil {
		return "Check: " + checked.Error()
	}
	got, err := e.Evaluate(&Env{Now: time.Date(2026, 11, 22, 8, 30, 0, 0, time.UTC)}, values...)
	if invalid != "" {
		if err == nil {
			return "no error, but " + show(got)
		}
		return ""
	}
	if err != nil {
		return err.Error()
	}
	if show(got) != strings.Join(want, " | ") {
		return "got " + show(got) + ", want " + strings.Join(want, " | ")
	}
	return ""
}

func show(c Collection) string {
	var all []string
	for _, v := range c {
		all = append(all, v.String())
	}
	return strings.Join(all, " | ")
}
