package fhir

import "strings"

// masking writes what is shown of a value, and nothing if it cannot be masked: then it is left out.
type masking func(*shownPart, Node)

// maskings are the data types that can be masked. Each writes a new value of what it knows to be harmless, so that a
// value of a shape that R4 does not know cannot slip through.
var maskings = map[string]masking{
	"string": asName, "markdown": asName, "date": asDate, "dateTime": asDate, "HumanName": ofObject(maskHumanName),
	"Identifier": asIdentifier, "ContactPoint": ofObject(maskContactPoint), "Address": ofObject(maskAddress),
}

var (
	asName, asFamily, asDate, asDocument = ofText(MaskName), ofText(maskFamily), ofText(maskDate), ofText(MaskDocument)

	asPhone, asMail, asURL = ofText(MaskPhone), ofText(maskMail), ofText(maskURL)

	asIdentifier = ofObject(maskIdentifier)
)

// shownPart is the text of masked values.
type shownPart struct {
	out  []byte
	lost bool // a value was left out
}

// ofText masks a string.
func ofText(mask func(string) string) masking {
	return func(p *shownPart, n Node) {
		switch masked := mask(n.Str()); {
		case masked == "":
		case strings.ContainsAny(masked, "\"\\\n\r\t"):
			p.out = append(p.out, Quote(masked)...)
		default:
			p.out = append(append(append(p.out, '"'), masked...), '"')
		}
	}
}

// ofObject writes an object of the members that write adds, unless there are none.
func ofObject(write func(*shownPart, Node)) masking {
	return func(p *shownPart, n Node) {
		from := len(p.out)
		p.out = append(p.out, '{')
		if write(p, n); len(p.out) == from+1 {
			p.out = p.out[:from]
			return
		}
		p.out = append(p.out, '}')
	}
}

// value writes a value, or those of an array; null and what cannot be masked are left out, and so is an array without
// items.
func (p *shownPart) value(as masking, n Node) {
	if n.Kind() != Array {
		from := len(p.out)
		as(p, n)
		p.lost = p.lost || len(p.out) == from
		return
	}
	from := len(p.out)
	p.out = append(p.out, '[')
	p.items(as, n)
	if len(p.out) == from+1 {
		p.out = p.out[:from]
		return
	}
	p.out = append(p.out, ']')
}

// items writes the items of an array and of the arrays in it.
func (p *shownPart) items(as masking, n Node) {
	for c := n.First(); c.Exists(); c = c.Next() {
		if c.Kind() == Array {
			p.items(as, c)
			continue
		}
		from := len(p.out)
		if p.out[from-1] != '[' {
			p.out = append(p.out, ',')
		}
		comma := len(p.out)
		if as(p, c); len(p.out) == comma {
			p.out, p.lost = p.out[:from], true
		}
	}
}

// member writes a member, unless value writes nothing.
func (p *shownPart) member(name string, value masking, n Node) {
	from := len(p.out)
	if p.out[from-1] != '{' {
		p.out = append(p.out, ',')
	}
	p.out = append(append(append(p.out, '"'), name...), '"', ':')
	begin := len(p.out)
	if value(p, n); len(p.out) == begin {
		p.out = p.out[:from]
	}
}

// kept writes a string as it is.
func kept(p *shownPart, n Node) { p.raw(n, String) }

// keptObject writes an object as it is.
func keptObject(p *shownPart, n Node) { p.raw(n, Object) }

// raw writes a value of a kind as it is.
func (p *shownPart) raw(n Node, kind Kind) {
	if n.Kind() == kind {
		p.out = append(p.out, n.Raw()...)
	}
}

// keptCode writes one of the codes that the data types of people bind use, type and system to, and no other word.
func keptCode(p *shownPart, n Node) {
	switch n.Str() {
	case "usual", "official", "temp", "secondary", "nickname", "anonymous", "old", "maiden", "home", "work", "mobile",
		"billing", "postal", "physical", "both", "phone", "fax", "email", "pager", "url", "sms", "other":
		kept(p, n)
	}
}

// starsGiven writes that there are given names, whatever they are and however many.
func starsGiven(p *shownPart, n Node) {
	if n.Len() > 0 || n.Kind() == String {
		p.out = append(p.out, `["`+nameStars+`"]`...)
	}
}

// maskHumanName keeps the use, masks the text and the family name, and tells that there are given names. Prefixes,
// suffixes, the period and extensions, such as a spelling in pinyin, go.
func maskHumanName(p *shownPart, n Node) {
	p.member("use", keptCode, n.Get("use"))
	p.member("text", asName, n.Get("text"))
	p.member("family", asFamily, n.Get("family"))
	p.member("given", starsGiven, n.Get("given"))
}

// maskIdentifier keeps use, type and system, unless these repeat the value. The assigner goes, because a police
// office tells where somebody lives.
func maskIdentifier(p *shownPart, n Node) {
	value := n.Get("value").Str()
	repeats := func(n Node) bool { return len(value) >= otherLeast && strings.Contains(string(n.Raw()), value) }
	p.member("use", keptCode, n.Get("use"))
	if kind := n.Get("type"); !repeats(kind) {
		p.member("type", keptObject, kind)
	}
	if system := n.Get("system"); !repeats(system) {
		p.member("system", kept, system)
	}
	p.member("value", asDocument, n.Get("value"))
}

// maskContactPoint masks phone numbers and e-mail addresses. Of other systems, or of none, nothing is shown.
func maskContactPoint(p *shownPart, n Node) {
	from := len(p.out)
	p.member("system", keptCode, n.Get("system"))
	unvalued := len(p.out)
	switch n.Get("system").Str() {
	case "phone", "fax", "sms", "pager":
		p.member("value", asPhone, n.Get("value"))
	case "email":
		p.member("value", asMail, n.Get("value"))
	}
	if len(p.out) == unvalued {
		p.out = p.out[:from]
		return
	}
	p.member("use", keptCode, n.Get("use"))
}

// maskAddress keeps the country, province, city and district; street, text and postal code go.
func maskAddress(p *shownPart, n Node) {
	p.member("use", keptCode, n.Get("use"))
	p.member("type", keptCode, n.Get("type"))
	for _, name := range []string{"city", "district", "state", "country"} {
		p.member(name, kept, n.Get(name))
	}
}
