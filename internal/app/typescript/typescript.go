package typescript

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"yitong/internal/module"
	"yitong/internal/process"
)

// Declared is what there is to write.
type Declared struct {
	Operations []module.Operation
	Processes  []*process.Process // of several versions of one, all
	Lists      []List
	Shapes     map[string]any // a value of each struct that is answered as JSON, by the name that its type gets
}

// List is a type of texts that are one of a closed list.
type List struct {
	Name string // of the type
	Doc  string
	Of   reflect.Type // in structs of JSON
	All  []string
}

const head = `// Made by ` + "`yitong docs`" + ` of what the server declares; changes are made there.
`

// files are where the types are that are used here, and made elsewhere.
var files = []struct{ name, file string }{{"Bundle", "fhir"}, {"Coding", "fhir"}, {"Resource", "fhir"}, {"Parameters", "parameters"}}

// Source is the text of the module.
func (d Declared) Source() (string, error) {
	var b strings.Builder
	for _, l := range d.Lists {
		fmt.Fprintf(&b, "\n/** %s */\nexport type %s = %s;\n", l.Doc, l.Name, union(l.All))
	}
	shapes, err := d.shapes()
	if err != nil {
		return "", err
	}
	for _, name := range slices.Sorted(maps.Keys(shapes)) {
		fmt.Fprintf(&b, "\nexport interface %s %s\n", name, shapes[name])
	}
	d.operations(&b)
	d.processes(&b)
	text := strings.ReplaceAll(b.String(), " \n", "\n") // a union may begin on a line of its own
	return head + imports(text) + text, nil
}

// imports brings in what a text uses.
func imports(text string) string {
	var all []string
	for _, file := range []string{"fhir", "parameters"} {
		var names []string
		for _, f := range files {
			if f.file == file && regexp.MustCompile(`\b`+f.name+`\b`).MatchString(text) {
				names = append(names, f.name)
			}
		}
		if names != nil {
			all = append(all, fmt.Sprintf("import type { %s } from \"./%s\";\n", strings.Join(names, ", "), file))
		}
	}
	return strings.Join(all, "")
}

// lineMost is how long lines become.
const lineMost = 100

// union is the type of texts that are one of several.
func union(all []string) string {
	var quoted []string
	for _, text := range all {
		quoted = append(quoted, fmt.Sprintf("%q", text))
	}
	if one := strings.Join(quoted, " | "); len(one) <= lineMost-40 {
		return one
	}
	var b strings.Builder
	for line := lineMost; len(quoted) > 0; quoted = quoted[1:] {
		if line+len(quoted[0]) > lineMost {
			b.WriteString("\n ")
			line = 0
		}
		n, _ := b.WriteString(" | " + quoted[0])
		line += n
	}
	return b.String()
}

// identifier is a name that stands without quotes.
var identifier = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)

// key is a name as a member of an object.
func key(name string) string {
	if identifier.MatchString(name) {
		return name
	}
	return fmt.Sprintf("%q", name)
}

// within moves all lines of a text but the first one step in.
func within(text string) string { return strings.ReplaceAll(text, "\n", "\n  ") }

// object is one with members, each on lines of its own.
func object(members []string, end string) string {
	if len(members) == 0 {
		return "{}"
	}
	var b strings.Builder
	b.WriteString("{\n")
	for _, m := range members {
		b.WriteString("  " + within(m) + end + "\n")
	}
	return b.String() + "}"
}

// brief is an object on one line, if that is short.
func brief(members []string) string {
	if one := "{ " + strings.Join(members, ", ") + " }"; len(members) > 0 && len(one) <= lineMost && !strings.Contains(one, "\n") {
		return one
	}
	return object(members, ",")
}
