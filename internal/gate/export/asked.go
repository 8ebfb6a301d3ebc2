package export

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// Asked is what a request asks for.
type Asked struct {
	Parts      []Part
	Purpose    string
	Recipient  string // a name, or Organization/…
	Abroad     bool
	Assessment string // number of the security assessment, certification or filing of the standard contract (PIPL Art. 38)
	PIA        string // number of the personal information protection impact assessment (PIPL Art. 55)
	Most       int    // resources
	Until      time.Time
}

// Part is one type of resources that is asked for.
type Part struct {
	Type  schema.Type
	Query string // search criteria; "" for none
}

// String is the part as a search.
func (p Part) String() string {
	if p.Query == "" {
		return p.Type.String()
	}
	return p.Type.String() + "?" + p.Query
}

// partOf is the part that a text of [Part.String] stands for.
func partOf(text string) Part {
	name, query, _ := strings.Cut(text, "?")
	t, _ := schema.TypeOf(name)
	return Part{Type: t, Query: query}
}

// Parameters are the names of what a request may say, for [Read].
func Parameters() []string {
	return []string{"type", "query", "purpose", "recipient", "abroad", "assessment", "pia", "most", "until"}
}

// Bounds of what a request says, in characters.
const (
	textMost   = 1000
	nameMost   = 200
	numberMost = 100
	queryMost  = 2000
)

// Read reads what is asked for from its parameters. The error is Malformed where one is missing, unknown or out of bounds,
// Unprocessable where an export like this is not approved by anybody: abroad without an assessment, or without a PIA.
func Read(said map[string][]string, l Limits, now time.Time, zone *time.Location) (Asked, error) {
	r := reading{said: said}
	a := Asked{
		Parts: r.parts(), Purpose: r.text("purpose", textMost), Recipient: r.text("recipient", nameMost), Abroad: r.yes("abroad"),
		Assessment: r.text("assessment", numberMost), PIA: r.text("pia", numberMost), Most: r.number("most", l.Most),
		Until: r.instant("until", now.Add(l.Lasts), zone),
	}
	switch {
	case r.err != nil:
	case a.Purpose == "":
		r.refuse("purpose", "say what the data is for")
	case a.Recipient == "":
		r.refuse("recipient", "say who is to have the data: a name, or Organization/id")
	case a.PIA == "":
		return a, fault.New(fault.Unprocessable, "pia is missing: the number under which the impact on personal information was assessed. "+
			"The assessment comes before the export, and is kept for 3 years (PIPL Art. 55, 56).")
	case a.Abroad && a.Assessment == "":
		return a, fault.New(fault.Unprocessable, "assessment is missing: personal information goes abroad only after a security assessment, "+
			"a certification or the filing of the standard contract (PIPL Art. 38, 40); give its number.")
	case !a.Until.After(now) || a.Until.After(now.Add(l.Lasts)):
		r.refuse("until", "it should lie ahead, by at most %g hours", l.Lasts.Hours())
	}
	return a, r.err
}

// reading takes parameters apart. The first error stays.
type reading struct {
	said map[string][]string
	err  error
}

func (r *reading) refuse(name, format string, args ...any) {
	r.err = cmp.Or(r.err, error(fault.New(fault.Malformed, "The parameter %s: %s.", name, fmt.Sprintf(format, args...)).WithIssue("value")))
}

// text is what may be said once; "" if it is not.
func (r *reading) text(name string, most int) string {
	all := r.said[name]
	if len(all) == 0 {
		return ""
	}
	text := strings.TrimSpace(all[0])
	switch {
	case len(all) > 1:
		r.refuse(name, "give it once")
	case text == "":
		r.refuse(name, "it is empty")
	case utf8.RuneCountInString(text) > most:
		r.refuse(name, "at most %d characters are taken", most)
	}
	return text
}

func (r *reading) yes(name string) bool {
	text := r.text(name, numberMost)
	if text != "" && text != "true" && text != "false" {
		r.refuse(name, "it is true or false")
	}
	return text == "true"
}

func (r *reading) number(name string, most int) int {
	text := r.text(name, numberMost)
	if text == "" {
		return most
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		r.refuse(name, "it should be a whole number from 1 to %d", most)
	}
	return n
}

// instant is the end of a date or time.
func (r *reading) instant(name string, usual time.Time, zone *time.Location) time.Time {
	text := r.text(name, numberMost)
	if text == "" {
		return usual
	}
	_, end, err := fhir.ParsePeriod(text, zone)
	if err != nil {
		r.refuse(name, "it should be a date or a time, such as 2026-12-31")
	}
	return end
}

// parts are the types, each with its criteria. Several criteria for a type would give some resources twice.
func (r *reading) parts() (parts []Part) {
	at := func(name string) int {
		return slices.IndexFunc(parts, func(p Part) bool { return p.Type.String() == name })
	}
	for _, list := range r.said["type"] {
		for name := range strings.SplitSeq(list, ",") {
			t, known := schema.TypeOf(strings.TrimSpace(name))
			switch {
			case !known:
				r.refuse("type", "%q is no resource type of FHIR R4", clip(name))
			case at(t.String()) < 0:
				parts = append(parts, Part{Type: t})
			}
		}
	}
	if len(parts) == 0 {
		r.refuse("type", "name the types of resources that are wanted")
	}
	for _, text := range r.said["query"] {
		name, query, _ := strings.Cut(text, "?")
		switch i := at(name); {
		case i < 0:
			r.refuse("query", "%q should begin with one of the types and a question mark, such as Observation?code=…", clip(text))
		case query == "" || len(query) > queryMost:
			r.refuse("query", "the criteria for %s should have from 1 to %d characters", name, queryMost)
		case parts[i].Query != "":
			r.refuse("query", "there may be one for %s", name)
		default:
			parts[i].Query = query
		}
	}
	return parts
}

// clip bounds what an error repeats.
func clip(text string) string {
	const most = 60
	if utf8.RuneCountInString(text) > most {
		return string([]rune(text)[:most]) + "…"
	}
	return text
}
