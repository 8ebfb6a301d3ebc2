//go:build conformance

package conformance

import (
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

const (
	questionsMost = 8000 // of all that there would be
	valuesMost    = 2    // of a parameter that are asked for
	textMost      = 80   // runes of a text that is asked for
)

// question is a search that is put to both.
type question struct {
	of, query string
	shape     string   // what kind of search it is
	ordered   bool     // the order counts too
	more      bool     // the server may find more
	absent    []string // resources in which a parameter finds something for Medplum alone
	ignore    []string // resources that are not compared
}

// The differences between the two that are by design. What touches one is left out.
const (
	foreign     = "parameters"
	uncompared  = "kinds"
	hollow      = "hollow"
	spelling    = "codes"
	anywhere    = "strings"
	oneLine     = "lines"
	literal     = "references"
	versions    = "versions"
	overlapping = "dates"
	shortMonths = "months"
)

// differences tells why each is one.
var differences = map[string]string{
	foreign:     "Medplum has parameters of its own and of a later release, lastUpdated is another for each server, and this record labels by itself what is sensitive",
	uncompared:  "Medplum compares no numbers, quantities, composites, positions and sounds; of the first two only :missing is asked",
	hollow:      "for Medplum an element counts that has no value, and a Timing is none",
	spelling:    "Medplum compares codes without case, takes texts for codes, and knows no system that a binding implies",
	anywhere:    "Medplum looks for a string or URI anywhere in another, with :exact too",
	oneLine:     "Medplum writes the parts of a name or address in one line and leaves some out, such as the district",
	literal:     "Medplum knows the type of Type/id alone, finds by id where there is one target, and follows no canonical",
	versions:    "Medplum compares a reference with the version that is in it",
	overlapping: "for Medplum a date equals another that it overlaps, and a millisecond not even itself",
	shortMonths: "Medplum's months have 31 days: February ends in March",
}

// strangers are the parameters of Medplum that are not R4's.
var strangers = []string{"DetectedIssue.status", "DeviceDefinition.classification", "ServiceRequest.order-detail"}

func (q *parameter) stranger() bool {
	return slices.Contains([]string{"_project", "_compartment", "_lastUpdated", "_security"}, q.Name) || slices.Contains(strangers, q.of+"."+q.Name)
}

// plan is what is asked, and how often something is not because of a difference.
type plan struct {
	*rand.Rand
	questions []question
	skipped   map[string]int
	pool      map[string][]string // searches of each type to make larger ones of
}

// newPlan is the same for the same parameters.
func newPlan(parameters []parameter) *plan {
	p := &plan{Rand: rand.New(rand.NewPCG(1, 2)), skipped: map[string]int{}, pool: map[string][]string{}}
	kinds := map[string]func(*parameter){"token": p.tokens, "reference": p.references, "string": p.strings, "uri": p.uris, "date": p.dates}
	for i := range parameters {
		q := &parameters[i]
		switch {
		case q.stranger():
			p.skipped[foreign]++
			continue
		case q.Kind == "composite" || q.Kind == "special" || q.Name == "phonetic" || q.Error != "":
			p.skipped[uncompared]++
			continue
		}
		p.missing(q)
		if ask := kinds[q.Kind]; ask != nil {
			ask(q)
		} else {
			p.skipped[uncompared]++
		}
	}
	last := ""
	for i := range parameters {
		q := &parameters[i]
		if q.Kind == "reference" && !q.stranger() {
			p.chains(q)
		}
		if q.of != last {
			last = q.of
			p.add(question{of: q.of, query: "_sort=_lastUpdated", shape: "_sort", ordered: true})
			p.both(q.of)
		}
	}
	p.Shuffle(len(p.questions), func(i, j int) { p.questions[i], p.questions[j] = p.questions[j], p.questions[i] })
	p.questions = p.questions[:min(questionsMost, len(p.questions))]
	return p
}

func (p *plan) add(q question) { p.questions = append(p.questions, q) }

// ask asks for a value, with a modifier or without.
func (p *plan) ask(q *parameter, modifier, value string) {
	if modifier == ":contains" && strings.ContainsFunc(value, func(r rune) bool { return r > unicode.MaxASCII && !unicode.Is(unicode.Han, r) }) {
		p.skipped[anywhere]++ // we fold accents
		return
	}
	query := q.Name + modifier + "=" + url.QueryEscape(value)
	p.add(question{of: q.of, query: query, shape: q.Kind + modifier})
	if modifier != ":not" {
		p.pool[q.of] = append(p.pool[q.of], query)
	}
}

// draw takes a few of the values that can be asked for; why names the difference for which one cannot.
func (p *plan) draw(q *parameter, why func(value) string) (drawn []value) {
	for _, i := range p.Perm(len(q.Values)) {
		if d := why(q.Values[i]); d != "" {
			p.skipped[d]++
		} else if drawn = append(drawn, q.Values[i]); len(drawn) == valuesMost {
			break
		}
	}
	return drawn
}

// missing asks whether there is any value.
func (p *plan) missing(q *parameter) {
	p.skipped[hollow] += len(q.Hollow)
	p.skipped[literal] += len(q.Distant)
	m := question{of: q.of, query: q.Name + ":missing=" + []string{"true", "false"}[p.IntN(2)], shape: q.Kind + ":missing", ignore: q.Distant}
	if q.Kind == "token" || q.Kind == "reference" {
		m.absent = q.Hollow
	} else {
		m.ignore = q.Hollow
	}
	p.add(m)
}

// escape writes a value as it stands in a search.
func escape(s string) string { return escapes.Replace(s) }

var escapes = strings.NewReplacer(`\`, `\\`, ",", `\,`, "$", `\$`)

// label is the system that medplum.mjs gives to texts.
const label = "urn:label"

// alone tells whether a code is written in one way only, and no text is like it.
func (q *parameter) alone(v value) bool {
	return !slices.ContainsFunc(q.Values, func(o value) bool {
		return strings.EqualFold(o.Value, v.Value) && (o.Value != v.Value || o.System == label)
	})
}

func (p *plan) tokens(q *parameter) {
	coded := !slices.ContainsFunc(q.Types, func(t string) bool { return t != "CodeableConcept" && t != "Coding" && t != "Identifier" })
	drawn := p.draw(q, func(v value) string {
		if v.Value == "" || v.System == label || strings.Contains(v.Value, "|") || !q.alone(v) && (!coded || v.System == "") {
			return spelling
		}
		return ""
	})
	var list []string
	for _, v := range drawn {
		if q.alone(v) {
			list = append(list, escape(v.Value))
		}
		if coded {
			list = append(list, escape(v.System)+"|"+escape(v.Value))
		}
		if coded && v.System != "" {
			list = append(list, escape(v.System)+"|")
		}
	}
	for i, s := range list {
		p.ask(q, []string{"", "", ":not"}[p.IntN(3)], s)
		if i > 0 && p.IntN(2) == 0 {
			p.ask(q, []string{"", ":not"}[p.IntN(2)], list[i-1]+","+s)
		}
	}
}

// local is the type and id that a value names, if the parameter may refer to that type.
func (q *parameter) local(v value) (kind, id string, is bool) {
	kind, id, is = strings.Cut(v.Text, "/")
	return kind, id, is && !strings.Contains(id, "/") && slices.Contains(q.Target, kind)
}

func (p *plan) references(q *parameter) {
	drawn := p.draw(q, func(v value) string {
		if !strings.Contains(v.Text, "/") || v.Text[0] == '#' || strings.HasPrefix(v.Text, "identifier:") {
			return literal
		}
		for _, o := range q.Values {
			if strings.HasPrefix(o.Text, v.Text+"|") || strings.HasPrefix(o.Text, v.Text+"/_history/") {
				return versions
			}
		}
		return ""
	})
	plain := slices.Equal(q.Types, []string{"Reference"})
	for i, v := range drawn {
		p.ask(q, "", escape(v.Text))
		kind, id, is := q.local(v)
		others := slices.ContainsFunc(q.Values, func(o value) bool { return o != v && strings.HasSuffix(o.Text, "/"+id) })
		if is && len(q.Target) == 1 && !others {
			p.ask(q, "", id)
		}
		if i > 0 {
			p.ask(q, "", escape(drawn[i-1].Text)+","+escape(v.Text))
		}
		versioned := slices.ContainsFunc(q.Values, func(o value) bool { return strings.Contains(o.Text, "/_history/") })
		if asked := is && plain && p.IntN(4) == 0; asked && versioned {
			p.skipped[versions]++
		} else if asked {
			include := q.of + ":" + q.Name
			p.add(question{of: q.of, query: "_include=" + include, shape: "_include"})
			p.add(question{of: kind, query: "_revinclude=" + include, shape: "_revinclude"})
		}
	}
}

// chains asks what a reference leads to.
func (p *plan) chains(q *parameter) {
	drawn := p.draw(q, func(v value) string {
		if kind, _, is := q.local(v); !is || p.pool[kind] == nil || !slices.Equal(q.Types, []string{"Reference"}) {
			return literal
		}
		return ""
	})
	for _, v := range drawn {
		kind, id, _ := q.local(v)
		step := q.Name + ":" + kind
		if len(q.Target) == 1 {
			step = q.Name
		}
		for _, query := range []string{"_id=" + id, p.pool[kind][p.IntN(len(p.pool[kind]))]} {
			p.add(question{of: q.of, query: step + "." + query, shape: "chain"})
		}
	}
}

// both asks for two things at once.
func (p *plan) both(of string) {
	if pool := p.pool[of]; len(pool) > 0 {
		for range 3 {
			query := pool[p.IntN(len(pool))] + "&" + pool[p.IntN(len(pool))]
			p.add(question{of: of, query: query, shape: "two parameters"})
		}
	}
}

// holders are how many of a parameter's values hold a text, how many of these begin with it, and how many are equal to
// it, all without case.
func holders(q *parameter, s string) (hold, begin, equal int) {
	s = strings.ToLower(s)
	for _, v := range q.Values {
		switch t := strings.ToLower(v.Text); {
		case t == s:
			equal++
			fallthrough
		case strings.HasPrefix(t, s):
			begin++
			fallthrough
		case strings.Contains(t, s):
			hold++
		}
	}
	return hold, begin, equal
}

func (p *plan) strings(q *parameter) {
	drawn := p.draw(q, func(value) string { return "" })
	if slices.Contains(q.Types, "HumanName") || slices.Contains(q.Types, "Address") {
		p.lines(q, drawn)
		return
	}
	for _, v := range drawn {
		r := []rune(v.Text)
		s := strings.TrimSpace(string(r[:min(textMost, len(r))]))
		hold, begin, equal := holders(q, s)
		if hold == begin {
			p.ask(q, "", escape(s))
		}
		if hold == equal {
			p.ask(q, ":exact", escape(s))
		} else {
			p.skipped[anywhere]++
		}
		at := p.IntN(max(1, len(r)-2))
		s = string(r[at:min(at+8, len(r))])
		p.ask(q, ":contains", escape(strings.TrimSpace(strings.TrimLeftFunc(s, unicode.IsMark))))
	}
}

// lines asks for words of names and addresses.
func (p *plan) lines(q *parameter, drawn []value) {
	for _, v := range drawn {
		p.skipped[oneLine]++
		words := strings.FieldsFunc(v.Text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		if len(words) > 0 {
			p.ask(q, ":contains", words[p.IntN(len(words))])
			p.questions[len(p.questions)-1].more = true
		}
	}
}

func (p *plan) uris(q *parameter) {
	drawn := p.draw(q, func(v value) string {
		if hold, _, _ := holders(q, v.Text); hold > 1 {
			return anywhere
		}
		return ""
	})
	for _, v := range drawn {
		p.ask(q, "", escape(v.Text))
	}
}
