package canonical

import (
	"slices"
	"strconv"
	"unicode/utf16"

	"github.com/gowebpki/jcs"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// Form is what a signature covers of a resource.
type Form struct {
	Text    []byte // the resource without meta, as RFC 8785 writes it
	Numbers []byte // its numbers as they were written, in the order of Text, a line feed behind each
}

// Of is the form of a resource. The error is Unprocessable for a number that no double comes near.
func Of(resource fhir.Node) (Form, error) {
	w := writer{}
	start, _ := resource.Span()
	_, end := resource.Span()
	w.form.Text = make([]byte, 0, end-start)
	w.object(resource, "meta")
	return w.form, w.err
}

// writer writes a form. With exact it writes numbers into the text as they stand.
type writer struct {
	form  Form
	exact bool
	err   error
}

// value writes a value.
func (w *writer) value(n fhir.Node) {
	switch n.Kind() {
	case fhir.Object:
		w.object(n, "")
	case fhir.Array:
		w.put("[")
		for i := n.First(); i.Exists(); i = i.Next() {
			w.comma('[')
			w.value(i)
		}
		w.put("]")
	case fhir.String:
		w.string(n.Str())
	case fhir.Number:
		w.number(n)
	default: // null, true, false
		w.put(string(n.Raw()))
	}
}

// object writes an object but for a member, by the names of its members in the order of UTF-16 (RFC 8785, 3.2.3).
func (w *writer) object(n fhir.Node, but string) {
	members := make([]fhir.Node, 0, 16)
	for m := n.First(); m.Exists(); m = m.Next() {
		if but == "" || string(m.Name()) != but {
			members = append(members, m)
		}
	}
	slices.SortFunc(members, func(a, b fhir.Node) int { return compare(a.Name(), b.Name()) })
	w.put("{")
	for _, m := range members {
		w.comma('{')
		w.string(string(m.Name()))
		w.put(":")
		w.value(m)
	}
	w.put("}")
}

// compare orders names. Almost all are ASCII, for which bytes have the order of UTF-16.
func compare(a, b []byte) int {
	ascii := func(c byte) bool { return c < 0x80 }
	for i := range min(len(a), len(b)) {
		if !ascii(a[i]) || !ascii(b[i]) {
			return slices.Compare(utf16.Encode([]rune(string(a))), utf16.Encode([]rune(string(b))))
		}
		if a[i] != b[i] {
			return int(a[i]) - int(b[i])
		}
	}
	return len(a) - len(b)
}

// number writes a number as ECMAScript does (RFC 8785, 3.2.2.3).
func (w *writer) number(n fhir.Node) {
	raw := string(n.Raw())
	if w.exact {
		w.put(raw)
		return
	}
	f, err := strconv.ParseFloat(raw, 64)
	text, unwritable := jcs.NumberToJSON(f)
	if (err != nil || unwritable != nil) && w.err == nil {
		w.err = fault.New(fault.Unprocessable, "A resource with this number cannot be signed: it is beyond what doubles (IEEE 754) reach.").At(n.Path())
	}
	w.put(text)
	w.form.Numbers = append(append(w.form.Numbers, raw...), '\n')
}

// string writes a string with no more escapes than JSON needs (RFC 8785, 3.2.2.2). The reader refuses other control
// characters.
func (w *writer) string(s string) {
	b := append(w.form.Text, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\t':
			b = append(b, `\t`...)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\r':
			b = append(b, `\r`...)
		default:
			b = append(b, c)
		}
	}
	w.form.Text = append(b, '"')
}

func (w *writer) put(s string) { w.form.Text = append(w.form.Text, s...) }

// comma writes a comma, but behind the opening bracket.
func (w *writer) comma(opening byte) {
	if w.form.Text[len(w.form.Text)-1] != opening {
		w.put(",")
	}
}
