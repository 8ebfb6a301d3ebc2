package search

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cockroachdb/apd/v3"

	"yitong/internal/fhir"
	"yitong/internal/fhir/fold"
	"yitong/internal/fhir/schema"
)

// Form says which part of a value a term holds, and so what orders the resources that have it.
type Form uint8

// The forms. They are part of what is stored: never renumber them.
const (
	FormAll        Form = 1 // every resource of a type
	FormCode       Form = 2 // a token's code, whatever its system
	FormSystemCode Form = 3 // system|code
	FormReference  Form = 4 // Type/id, URL or canonical of what any element refers to
	FormIdentifier Form = 5 // value of an identifier by which any element refers to something
	FormURI        Form = 6
	FormCompound   Form = 7 // Patient/id and a code; or who answers for a resource and a Patient/id to which it refers
	FormGram       Form = 8 // two characters that follow each other in a folded text
	// From here on the value's own magnitude is the order.
	FormDate     Form = 16 // the class of a period; ordered by its start
	FormNumber   Form = 17 // "" for a number, "-" for a range; ordered by it, or by where it begins
	FormBase     Form = 18 // a base unit, with "-" before it for a range; ordered like a number
	FormPosition Form = 19 // ordered along the curve of cells
	FormText     Form = 20 // a folded text; kept as it is
	FormMeasured Form = 21 // a code and, as in FormNumber or FormBase, a unit
)

// Valued tells whether resources of a term are ordered by the value and not by their clinical date.
func (f Form) Valued() bool { return f >= FormDate }

// Term is something that a resource can be found by.
type Term struct {
	Definition uint64 // ID of a parameter, or of what is common to a type
	Form       Form
	Long       bool // the resource's time of care is a long one
	Value      string
}

// Append writes the term's identity behind b, to be hashed.
func (t Term) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, t.Definition)
	long := byte(0)
	if t.Long {
		long = 1
	}
	b = append(b, byte(t.Form), long)
	return append(b, t.Value...)
}

// Entry is a term of one resource and the order that it has among those with the same term.
type Entry struct {
	Term
	Order int64
}

// Text is a folded text of one resource, for searches by how it begins.
type Text struct {
	Definition uint64
	Value      string
}

// Terms are what a resource can be found by.
type Terms struct {
	Entries []Entry
	Texts   []Text
}

// textMost bounds a text in the index, in bytes. Whoever asks for a longer beginning is answered by the recheck.
const textMost = 96

// Terms reads what a resource can be found by.
func (t *Table) Terms(r fhir.Resource) Terms {
	x := extractor{table: t, r: r}
	x.order, x.long = t.orderIn(r)
	x.whole = t.whole[r.Type]
	x.list(x.whole, FormAll, "")
	x.references()
	x.custody()
	patients := x.patient()
	for _, p := range t.lists[r.Type] {
		x.parameter(p, patients)
	}
	if p := t.types[r.Type][measured[r.Type.String()]]; p != nil {
		x.measured(p, t.types[r.Type][p.components[0].Name], t.types[r.Type][p.components[1].Name])
	}
	return x.out
}

// orderIn is the start of a resource's clinical date, and whether it is a long one. Without a date it is the least number,
// so that it comes last; in types without a clinical date all are alike.
func (t *Table) orderIn(r fhir.Resource) (order int64, long bool) {
	p := t.OrderParameter(r.Type)
	if p == nil {
		return 0, false
	}
	all, any := always, false
	p.each(r, func(at *path, n fhir.Node) bool {
		if when, ok := periodOf(at, n, t.zone); ok && any {
			all = period{min(all.lo, when.lo), max(all.hi, when.hi)} // more than one there should not be
		} else if ok {
			all, any = when, true
		}
		return true
	})
	if !any {
		return math.MinInt64, false
	}
	return all.lo, length(all) > short
}

// OrderParameter is the clinical date of a type, nil for none.
func (t *Table) OrderParameter(of schema.Type) *Parameter {
	return t.types[of][orderOf[of.String()]]
}

// length is how long a period is; an open one is as long as can be.
func length(p period) int64 {
	if p.lo == always.lo || p.hi == always.hi {
		return math.MaxInt64
	}
	return p.hi - p.lo
}

// extractor gathers the terms of one resource.
type extractor struct {
	table *Table
	r     fhir.Resource
	whole uint64
	order int64
	long  bool
	out   Terms
}

func (x *extractor) list(definition uint64, form Form, value string) {
	x.out.Entries = append(x.out.Entries, Entry{Term{definition, form, x.long, value}, x.order})
}

func (x *extractor) value(definition uint64, form Form, value string, order int64) {
	x.out.Entries = append(x.out.Entries, Entry{Term{definition, form, false, value}, order})
}

func (x *extractor) text(definition uint64, folded string) {
	x.out.Texts = append(x.out.Texts, Text{definition, Clip(folded)})
}

// Clip is the beginning of a folded text that is kept in the index.
func Clip(folded string) string {
	folded = strings.ReplaceAll(folded, "\x00", "")
	if len(folded) <= textMost {
		return folded
	}
	end := textMost
	for !utf8.RuneStart(folded[end]) {
		end--
	}
	return folded[:end]
}

// references adds what any element of type Reference refers to.
func (x *extractor) references() {
	x.r.Links(func(l fhir.Link) {
		if l.Kind == fhir.LinkReference {
			x.reference(l.Node.Str())
		}
	})
}

// reference adds a literal reference: without its version, without the version of a canonical.
func (x *extractor) reference(text string) {
	if ref := fhir.ParseReference(text); ref.Kind == fhir.ReferenceLocal {
		text = ref.Ref.String()
	}
	text, _, _ = strings.Cut(text, "|")
	if text != "" && text[0] != '#' {
		x.list(x.whole, FormReference, text)
	}
}

// custody adds to each Patient that is referred to who answers for the resource.
func (x *extractor) custody() {
	p := x.table.Lookup(x.r.Type, "-custodian")
	if p == nil { // definitions of an earlier version have none
		return
	}
	var keepers []string
	p.Referred(x.r, func(ref fhir.Ref) { keepers = append(keepers, ref.String()) })
	if keepers == nil {
		return
	}
	var patients []fhir.Ref
	x.r.Links(func(l fhir.Link) {
		if l.Kind != fhir.LinkReference {
			return
		}
		ref := fhir.ParseReference(l.Node.Str())
		if ref.Kind != fhir.ReferenceLocal || ref.Ref.Type.String() != "Patient" || slices.Contains(patients, ref.Ref) {
			return
		}
		patients = append(patients, ref.Ref)
		for _, keeper := range keepers {
			x.list(x.whole, FormCompound, keeper+"|"+ref.Ref.String())
		}
	})
}

// patient is whom the resource is about, and who answers for it: what compound terms are made with.
func (x *extractor) patient() (patients []string) {
	if len(compounds[x.r.Type.String()]) > 0 {
		for _, name := range []string{"patient", "-custodian"} {
			if p := x.table.Lookup(x.r.Type, name); p != nil { // definitions of an earlier version have no custodian
				p.Referred(x.r, func(ref fhir.Ref) { patients = append(patients, ref.String()) })
			}
		}
	}
	return patients
}

func (x *extractor) parameter(p *Parameter, patients []string) {
	p.each(x.r, func(at *path, n fhir.Node) bool {
		switch p.Kind {
		case Token:
			x.tokens(p, at, n, patients)
		case String:
			x.strings(p, at, n)
		case Reference:
			x.other(at, n)
		case Date:
			if when, ok := periodOf(at, n, x.table.zone); ok {
				x.value(p.ID, FormDate, classOf(when), when.lo)
			}
		case Number, Quantity:
			x.number(p, at, n)
		case URI:
			x.list(p.ID, FormURI, n.Str())
		case Near:
			if latitude, longitude, ok := position(n); ok {
				x.value(p.ID, FormPosition, "", cell(latitude, longitude))
			}
		}
		return true
	})
}

func (x *extractor) tokens(p *Parameter, at *path, n fhir.Node, patients []string) {
	tokens(at, n, func(t token) bool {
		if t.code == "" {
			return true
		}
		x.list(p.ID, FormCode, t.code)
		if at.coded() {
			x.list(p.ID, FormSystemCode, join(t.system, t.code))
		}
		for _, patient := range patients {
			if p.compound {
				x.list(p.ID, FormCompound, patient+"|"+t.code)
			}
		}
		return true
	})
}

// join makes one value of a system and a code, from which both could be told again.
func join(system, code string) string { return system + "\x00" + code }

func (x *extractor) strings(p *Parameter, at *path, n fhir.Node) {
	if p.phonetic() {
		readings(at, n, func(spelled string) bool { x.text(p.ID, spelled); return true })
		return
	}
	parts(at, n, func(text string) bool {
		folded := fold.Text(text)
		x.text(p.ID, folded)
		if p.grams {
			grams(folded, func(two string) { x.list(p.ID, FormGram, two) })
		}
		return true
	})
}

// phonetic tells whether the parameter compares how names are spelled in pinyin.
func (p *Parameter) phonetic() bool { return p.Name == "phonetic" }

// grams calls do with every two characters that follow each other.
func grams(text string, do func(string)) {
	for i, first := range text {
		next := i + utf8.RuneLen(first)
		if next >= len(text) {
			return
		}
		_, size := utf8.DecodeRuneInString(text[next:])
		do(text[i : next+size])
	}
}

// other adds what a reference parameter finds beside literal references: identifiers, canonicals, resources in a Bundle.
func (x *extractor) other(at *path, n fhir.Node) {
	if at.leaf.Kind != schema.Reference {
		x.reference(literal(at, n))
	} else if value := n.Get("identifier").Get("value").Str(); value != "" {
		x.list(x.whole, FormIdentifier, value)
	}
}

func (x *extractor) number(p *Parameter, at *path, n fhir.Node) {
	q, ok := quantityOf(at, n)
	if !ok {
		return
	}
	x.span(p.ID, FormNumber, "", q.span)
	if base, unit, ok := q.canonical(); ok {
		x.span(p.ID, FormBase, unit, base)
	}
}

func (x *extractor) span(definition uint64, form Form, unit string, s span) {
	if !s.point() {
		unit = "-" + unit
	}
	x.value(definition, form, unit, magnitude(s.lo))
}

// magnitude is a number that orders decimals; nil is the least.
func magnitude(d *apd.Decimal) int64 {
	if d == nil {
		return math.MinInt64
	}
	bits := int64(math.Float64bits(float(d)))
	if bits < 0 {
		return math.MinInt64 - bits
	}
	return bits
}

// classes are lengths of periods, in microseconds. Each has lists of its own, so that a list ordered by the start of
// periods also tells which of them can end late enough.
var classes = []int64{1_000_000, 24 * 3600 * 1_000_000, short, 367 * 24 * 3600 * 1_000_000, math.MaxInt64}

func classOf(p period) string {
	long := length(p)
	for i, most := range classes {
		if long <= most {
			return string(rune('a' + i))
		}
	}
	return ""
}

// measured adds the quantities of a resource under each of its codes.
func (x *extractor) measured(p, code, value *Parameter) {
	value.each(x.r, func(at *path, n fhir.Node) bool {
		q, ok := quantityOf(at, n)
		if !ok {
			return true
		}
		base, unit, converted := q.canonical()
		code.each(x.r, func(at *path, n fhir.Node) bool {
			return tokens(at, n, func(t token) bool {
				if t.code != "" {
					x.span(p.ID, FormMeasured, measure(t.code, ""), q.span)
					if converted {
						x.span(p.ID, FormMeasured, measure(t.code, unit), base)
					}
				}
				return true
			})
		})
		return true
	})
}

// measure joins a code and a unit, which is "" for a number as it stands.
func measure(code, unit string) string { return code + "|" + unit }
