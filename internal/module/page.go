package module

import (
	"fmt"
	"slices"
	"strings"

	"yitong/internal/form"
	"yitong/internal/gate"
)

// Page is the reference of all operations, as docs/reference/operations.md. allowed says which roles may call one.
func (s *Set) Page(allowed func(operation string) []gate.Role) string {
	var b strings.Builder
	b.WriteString("# Operations\n\nDrawn from their declarations by `yitong docs`. Each is called below the FHIR base by POST with Parameters; those that " +
		"change nothing by GET too, with a query. The server's CapabilityStatement lists them, and where the definition is our own it is a resource: " +
		"`GET /fhir/OperationDefinition/" + definitionPrefix + "[name]`.\n\n| operation | | called at | changes | who may |\n|---|---|---|---|---|\n")
	for _, d := range s.modules {
		for _, o := range d.Operations {
			fmt.Fprintf(&b, "| [$%[1]s](modules/%[2]s.md#%[1]s) | %[3]s %[4]s | %[5]s | %[6]s | %[7]s |\n", o.Name, d.Name, o.Words.Zh, o.Words.En, coded(o.Addresses(), ", "), yes(!o.Reads), roles(allowed(o.Name)))
		}
	}
	b.WriteString("\n## Modules\n\n| module | | what it is for |\n|---|---|---|\n")
	for _, d := range s.modules {
		fmt.Fprintf(&b, "| [%s](modules/%[1]s.md) | %s %s | %s |\n", d.Name, d.Words.Zh, d.Words.En, cell(d.Doc))
	}
	return b.String()
}

// Page is the reference of a module, as docs/reference/modules/NAME.md.
func (d Descriptor) Page(allowed func(operation string) []gate.Role) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s %s\n\n%s%s\n\nDrawn from its declaration by `yitong docs`; all operations: [operations.md](../operations.md).\n", d.Words.Zh, d.Words.En, d.Doc, mission(d.Mission))
	for _, o := range d.Operations {
		fmt.Fprintf(&b, "\n## %s\n\n%s, %s. %s%s\n\n", o.Name, o.Words.Zh, o.Words.En, o.Doc, mission(o.Mission))
		fmt.Fprintf(&b, "%s %s. Who may: %s. Definition: `%s`.\n", strings.Join(o.methods(), " or "), coded(o.Addresses(), ", "), roles(allowed(o.Name)), o.Definition())
		if o.In != nil {
			table(&b, "Takes", o.In)
		}
		switch {
		case o.Out != nil:
			table(&b, "Answers with Parameters", o.Out)
		case o.Do != nil:
			fmt.Fprintf(&b, "\nAnswers with a resource: %s.\n", o.returns())
		}
	}
	if len(d.Owns) > 0 {
		b.WriteString("\n## What it alone writes\n\n| resources | that meet |\n|---|---|\n")
		for _, w := range d.Owns {
			fmt.Fprintf(&b, "| %s | `%s`", w.Type, cell(w.Query))
			if w.IDs != nil {
				fmt.Fprintf(&b, ", or whose id is as `%s`", cell(w.IDs.String()))
			}
			if w.Under != "" {
				fmt.Fprintf(&b, ", or whose url begins with `%s`; of all types, those that take places of such scopes", cell(w.Under))
			}
			b.WriteString(" |\n")
		}
	}
	return b.String()
}

// table writes the fields of a form, those of parts behind a point.
func table(b *strings.Builder, what string, f *form.Form) {
	if len(f.Fields) == 0 {
		fmt.Fprintf(b, "\n%s: nothing.\n", what)
		return
	}
	fmt.Fprintf(b, "\n%s:\n\n| parameter | | times | type | |\n|---|---|---|---|---|\n", what)
	rows(b, "", f)
}

func rows(b *strings.Builder, before string, f *form.Form) {
	for _, x := range f.Fields {
		fmt.Fprintf(b, "| `%s%s` | %s %s | %s | %s | %s |\n", before, x.Name, x.Words.Zh, x.Words.En, x.Times(), typed(x), cell(notes(x)))
		if x.Part != nil {
			rows(b, before+x.Name+".", x.Part)
		}
	}
}

// typed is the type of a field in words.
func typed(x form.Field) string {
	var targets []string
	for _, t := range x.Targets {
		targets = append(targets, t.String())
	}
	switch list := strings.Join(targets, ", "); {
	case list == "":
		return string(x.Kind)
	case x.Kind == form.KindText:
		return string(x.Kind) + ", or Reference (" + list + ")"
	default:
		return fmt.Sprintf("%s (%s)", x.Kind, list)
	}
}

// notes are what there is to know about a field beyond its type.
func notes(x form.Field) string {
	var all, codes []string
	if x.Doc != "" {
		all = append(all, x.Doc)
	}
	for _, c := range x.Codes {
		codes = append(codes, fmt.Sprintf("`%s` %s %s", c.Code, c.Words.Zh, c.Words.En))
	}
	if codes != nil {
		all = append(all, strings.Join(codes, ", ")+".")
	}
	if bounds := x.Bounds(); bounds != "" {
		all = append(all, bounds)
	}
	return strings.Join(all, " ")
}

func mission(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return " (mission " + strings.Join(ids, ", ") + ")"
}

func roles(all []gate.Role) string {
	if len(all) == len(gate.Roles()) {
		return "everybody"
	}
	if len(all) == 0 {
		return "nobody"
	}
	var names []string
	for _, r := range gate.Roles() {
		if slices.Contains(all, r) {
			names = append(names, string(r))
		}
	}
	return strings.Join(names, ", ")
}

func coded(all []string, between string) string {
	return "`" + strings.Join(all, "`"+between+"`") + "`"
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

// cell is a text as a cell of a table.
func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}
