package typescript

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"yitong/internal/form"
	"yitong/internal/module"
	"yitong/internal/process"
)

// anything is what an operation is asked that declares no form.
const anything = "Record<string, string | number | boolean | undefined>"

// operations writes the types of what operations take and answer by their addresses, and how each is called.
func (d Declared) operations(b *strings.Builder) {
	var types, calls []string
	for _, o := range d.Operations {
		for _, at := range o.Addresses() {
			types = append(types, fmt.Sprintf("%q: %s", at, object([]string{"in: " + taken(o.In), "out: " + answered(o)}, ";")))
			calls = append(calls, fmt.Sprintf("%q: %s", at, called(o)))
		}
	}
	b.WriteString("\n/** What operations take and answer with, by the addresses at which they are called. */\n")
	fmt.Fprintf(b, "export interface Operations %s\n", object(types, ";"))
	b.WriteString(`
/** The members of parameters by which values are sent, by the names of the values. */
export interface Members {
  [name: string]: string | Members;
}

/** How an operation is called: whether GET will do, what its values are sent as, and which of its answer come as lists. */
export interface Call {
  get?: true;
  takes: Members;
  lists?: string[]; // none where the answer is a resource
  named?: string[]; // references that come with what they are called
}
`)
	fmt.Fprintf(b, "\nexport const operations: Record<keyof Operations, Call> = %s;\n", object(calls, ","))
}

// taken is the type of what is given.
func taken(f *form.Form) string {
	switch {
	case f == nil:
		return anything
	case len(f.Fields) == 0:
		return "Record<string, never>"
	}
	return fields(f, true)
}

// answered is the type of an answer.
func answered(o module.Operation) string {
	if resource(o) {
		switch name := o.Returns.String(); name {
		case "Bundle", "Parameters":
			return name
		}
		return "Resource"
	}
	return fields(o.Out, false)
}

// resource tells whether an operation answers with a resource: it says so, or all that there is to say is one.
func resource(o module.Operation) bool {
	return o.Out == nil || len(o.Out.Fields) == 1 && o.Out.Fields[0].Name == "return" && o.Out.Fields[0].Kind == form.KindResource
}

// called says how an operation is called.
func called(o module.Operation) string {
	var members []string
	if o.Called("GET") {
		members = append(members, "get: true")
	}
	members = append(members, "takes: "+sent(o.In))
	if !resource(o) {
		members = append(members, "lists: "+quoted(those(o.Out, "", func(x form.Field) bool { return x.Max != 1 })))
		if named := those(o.Out, "", form.Field.Called); named != nil {
			members = append(members, "named: "+quoted(named))
		}
	}
	return brief(members)
}

// sent says by which members values are sent.
func sent(f *form.Form) string {
	if f == nil {
		return "{}"
	}
	var members []string
	for _, x := range f.Fields {
		by := fmt.Sprintf("%q", x.Member())
		if x.Part != nil {
			by = sent(x.Part)
		}
		members = append(members, key(x.Name)+": "+by)
	}
	return brief(members)
}

// those are the names of the fields of some kind, those of parts behind a point.
func those(f *form.Form, inside string, are func(form.Field) bool) (names []string) {
	for _, x := range f.Fields {
		if are(x) {
			names = append(names, inside+x.Name)
		}
		if x.Part != nil {
			names = append(names, those(x.Part, inside+x.Name+".", are)...)
		}
	}
	return names
}

// quoted is a list of texts.
func quoted(all []string) string {
	var texts []string
	for _, text := range all {
		texts = append(texts, fmt.Sprintf("%q", text))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// fields is the type of what stands in a form: of what is given, which may be left open, or of what is read.
func fields(f *form.Form, given bool) string {
	var members []string
	for _, x := range f.Fields {
		name, of := key(x.Name), value(x, given)
		switch {
		case x.Max != 1 && given:
			of = "readonly " + listOf(of)
		case x.Max != 1:
			of = listOf(of)
		}
		if x.Min == 0 && (given || x.Max == 1) {
			name += "?"
		}
		if x.Min == 0 && given {
			of += " | undefined"
		}
		members = append(members, name+": "+of)
	}
	return object(members, ";")
}

func listOf(of string) string {
	if strings.Contains(of, "|") && !strings.HasPrefix(of, "{") {
		of = "(" + of + ")"
	}
	return of + "[]"
}

// value is the type of one value.
func value(x form.Field, given bool) string {
	switch x.Kind {
	case form.KindBoolean:
		return "boolean"
	case form.KindInteger, form.KindDecimal:
		return "number"
	case form.KindCode:
		if x.Codes != nil {
			var all []string
			for _, c := range x.Codes {
				all = append(all, c.Code)
			}
			return union(all)
		}
	case form.KindCoding:
		return "Coding"
	case form.KindIdentifier:
		return "{ system?: string; value: string }"
	case form.KindResource:
		return "Resource"
	case form.KindReference:
		if x.Called() && !given {
			return "Named"
		}
	case form.KindPart:
		return fields(x.Part, given)
	}
	return "string"
}

// processes writes the types of the states and moves of processes. Cases may be on an older version of the table: its states and moves
// count too, and where both have a move it is as in the newest.
func (d Declared) processes(b *strings.Builder) {
	all := slices.Clone(d.Processes)
	slices.SortStableFunc(all, func(a, b *process.Process) int {
		return cmp.Or(strings.Compare(a.Code, b.Code), b.Version-a.Version)
	})
	var types []string
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].Code == all[0].Code {
			n++
		}
		types = append(types, key(all[0].Code)+": "+versions(all[:n]))
		all = all[n:]
	}
	b.WriteString("\n/** The states of processes, and what their moves need, by their codes. */\n")
	fmt.Fprintf(b, "export interface Processes %s\n", object(types, ";"))
}

// versions are those of one process, the newest first.
func versions(of []*process.Process) string {
	var states, moves, known []string
	for _, p := range of {
		for i := range p.States {
			if code := p.States[i].Code; !slices.Contains(states, code) {
				states = append(states, code)
			}
		}
		for i := range p.Moves {
			m := &p.Moves[i]
			if slices.Contains(known, m.Code) {
				continue
			}
			known = append(known, m.Code)
			moves = append(moves, key(m.Code)+": "+taken(m.Needs))
		}
	}
	return object([]string{"state: " + union(states), "moves: " + object(moves, ";")}, ";")
}
