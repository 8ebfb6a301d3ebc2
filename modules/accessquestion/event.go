package accessquestion

import (
	"html"
	"strings"

	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// Codes of the agents of AuditEvents, as the trail writes them.
const (
	systemAgent = "urn:yitong:agent"
	systemRole  = "urn:yitong:role"
)

// look is what an AuditEvent says of who looked.
type look struct {
	who         string // such as Practitioner/…; "" for nobody of the record
	role        gate.Role
	institution string // such as Organization/…; "" for none
	zh, en      string // the whole, in words
}

// lookOf reads an AuditEvent as its reader is shown it.
func lookOf(event fhir.Resource) (l look) {
	for a := event.Root.Get("agent").First(); a.Exists(); a = a.Next() {
		who := a.Get("who").Get("reference").Str()
		switch codeOf(a.Get("type"), systemAgent) {
		case "person":
			l.who, l.role = who, gate.Role(codeOf(a.Get("role").First(), systemRole))
		case "institution":
			l.institution = who
		}
	}
	div := event.Root.Get("text").Get("div").Str()
	l.zh, l.en = paragraph(div, "zh"), paragraph(div, "en")
	return l
}

// codeOf is the code of a system in a concept, "" for none.
func codeOf(concept fhir.Node, system string) string {
	for c := concept.Get("coding").First(); c.Exists(); c = c.Next() {
		if c.Get("system").Str() == system {
			return c.Get("code").Str()
		}
	}
	return ""
}

// paragraph is the text that the narrative of the trail has in a language.
func paragraph(div, language string) string {
	_, rest, _ := strings.Cut(div, `<p lang="`+language+`">`)
	text, _, _ := strings.Cut(rest, "</p>")
	return html.UnescapeString(text)
}

// named tells whether who looked is a person of a staff, who can be asked.
func named(who string) bool { return strings.HasPrefix(who, "Practitioner/") }
