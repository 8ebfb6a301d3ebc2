package trail

import (
	"cmp"
	_ "embed"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"sync"

	"yitong/internal/fhir/draft"
)

// All that the words are made of: kind, key, Chinese, English.
//
//go:embed words.csv
var phrases string

// phrase is a text in Chinese and in English.
type phrase [2]string

// languages are those of a phrase, as tags (BCP 47).
var languages = phrase{"zh", "en"}

// lexicon are the phrases by kind and key.
var lexicon = sync.OnceValue(func() map[[2]string]phrase {
	rows := csv.NewReader(strings.NewReader(phrases))
	rows.Comment, rows.FieldsPerRecord = '#', 4
	all, err := rows.ReadAll()
	if err != nil {
		panic(err) // a test reads it
	}
	read := make(map[[2]string]phrase, len(all))
	for _, row := range all[1:] {
		read[[2]string{row[0], row[1]}] = phrase{row[2], row[3]}
	}
	return read
})

func say(kind, key string) phrase { return lexicon()[[2]string{kind, key}] }

// says tells whether there is such a phrase.
func says(kind, key string) bool { _, is := lexicon()[[2]string{kind, key}]; return is }

// with fills in what is named: name, phrase, name, phrase.
func (p phrase) with(filled map[string]phrase) phrase {
	for i := range p {
		var pairs []string
		for name, is := range filled {
			pairs = append(pairs, "{"+name+"}", is[i])
		}
		p[i] = strings.NewReplacer(pairs...).Replace(p[i]) // in one go: what is filled in is not looked at again
	}
	return p
}

// same is a text that is the same in each language.
func same(text string) phrase { return phrase{text, text} }

func number(n int) phrase { return same(strconv.Itoa(n)) }

// Words tell people what a record says, in Chinese and in English: when who did what, why, for which institution, and how it ended.
// Those who read it as some Patients are spoken to and learn nothing of others ([Sheet.AuditEvent]).
func (s Sheet) Words(r Record, patients []string) (chinese, english string) {
	x := r.seenBy(patients)
	p := s.words(&x)
	return p[0], p[1]
}

func (s Sheet) words(x *extract) phrase {
	how := "not"
	if x.Outcome == Done {
		how = "done"
	}
	layout, at := say("time", "layout"), x.At
	if s.Zone != nil {
		at = at.In(s.Zone)
	}
	return say("sentence", how).with(map[string]phrase{
		"when": {at.Format(layout[0]), at.Format(layout[1])}, "who": s.actor(x), "why": say("why", x.Why), "what": x.deeds(),
		"end": say("end", string(x.Outcome)),
	})
}

// actor is who did it.
func (s Sheet) actor(x *extract) phrase {
	name, at := s.name(x.Who), s.name(x.For)
	filled := map[string]phrase{"name": same(name), "for": same(at), "role": say("role", x.As)}
	if filled["role"] == (phrase{}) {
		filled["role"] = say("role", "?")
	}
	switch {
	case x.own:
		return say("who", "you")
	case x.As == "resident":
		return say("who", "resident")
	case x.As == "proxy" && x.mine:
		return say("who", "proxy")
	case x.As == "system" && at != "":
		return say("who", "system").with(filled)
	case x.As == "system":
		return say("who", "system?")
	case x.As == "" && !x.person():
		return say("who", "platform")
	case x.As == "" && name == "":
		return say("who", "person")
	case x.As == "":
		return same(name)
	}
	key := "role"
	if name != "" {
		key = "name role"
	}
	if at != "" {
		key += " for"
	}
	return say("who", key).with(filled)
}

// person tells whether who did it is somebody, and not the platform or a program.
func (x *extract) person() bool {
	return slices.Contains([]string{"Person", "Practitioner", "Patient", "account"}, typeOf(x.Who))
}

func (s Sheet) name(ref string) string {
	if s.Name == nil || ref == "" {
		return ""
	}
	return s.Name(ref)
}

// deeds are what was done, or tried.
func (x *extract) deeds() phrase {
	if x.Outcome != Done {
		return say("try", x.verb()).with(map[string]phrase{"what": x.whose(object(typeOf(x.On)))})
	}
	var clauses []phrase
	add := func(verb string, entries []string, front int) {
		if len(entries) > 0 {
			clauses = append(clauses, say("did", verb).with(map[string]phrase{"what": x.whose(objects(entries, front))}))
		}
	}
	wrote := func(letter string) []string {
		return slices.DeleteFunc(slices.Clone(x.Wrote), func(text string) bool { return text[:1] != letter })
	}
	verb := x.verb()
	if name, operation := strings.CutPrefix(x.Do, "$"); operation && says("did", name) { // it tells more than what it read and wrote
		return say("did", verb).with(map[string]phrase{"what": x.whose(cmp.Or(objects(x.Saw, 0), object("?")))})
	}
	add("add", wrote("C"), writing)
	add("update", wrote("U"), writing)
	add("delete", wrote("D"), writing)
	add("look", x.Saw, 0)
	switch {
	case clauses != nil:
	case x.Number != 0:
		if x.Do != "look" { // which has listed them
			verb = "count"
		}
		clauses = []phrase{say("did", verb).with(map[string]phrase{"what": x.whose(counted(object(typeOf(x.On)), int(x.Number)))})}
	case !x.vague && interactions[x.Do] == "E" && verb == "look":
		clauses = []phrase{say("did", "seek").with(map[string]phrase{"what": x.whose(object(typeOf(x.On)))})}
	default:
		clauses = []phrase{say("did", verb).with(map[string]phrase{"what": x.whose(object(typeOf(x.On)))})}
	}
	return joined(clauses, say("number", "clauses"))
}

// verb is what was done, by the interaction.
func (x *extract) verb() string {
	name, operation := strings.CutPrefix(x.Do, "$")
	switch {
	case operation && says("did", name):
		return name
	case x.Do == "sign-in" && x.mine && len(x.Of) > 0:
		return "sign-in as"
	case says("did", x.Do):
		return x.Do
	case operation && name != "everything" || x.Do == "batch" || x.Do == "transaction":
		return "use"
	case x.Do == "create":
		return "add"
	case x.Do == "patch":
		return "update"
	case x.Do == "delete":
		return "delete"
	}
	return "look"
}

// whose says of objects to whom they belong.
func (x *extract) whose(what phrase) phrase {
	key := "none"
	switch {
	case x.mine && len(x.Of) > 0:
		key = "you"
	case x.mine:
	case x.of == 1:
		key = "one"
	case x.of > 1:
		key = "many"
	}
	return say("whose", key).with(map[string]phrase{"what": what, "n": number(x.of)})
}

// objectsMost bounds the kinds of objects that are named one by one.
const objectsMost = 5

// objects names what entries are, the most of a kind first.
func objects(entries []string, front int) (all phrase) {
	if len(entries) == 0 {
		return all
	}
	var kinds []phrase
	times := map[phrase]int{}
	for _, text := range entries {
		what := object(typeOf(text[front:]))
		if times[what]++; times[what] == 1 {
			kinds = append(kinds, what)
		}
	}
	slices.SortStableFunc(kinds, func(a, b phrase) int { return cmp.Compare(times[b], times[a]) })
	more := len(kinds) > objectsMost
	kinds = kinds[:min(len(kinds), objectsMost)]
	for i, what := range kinds {
		kinds[i] = counted(what, times[what])
	}
	all = joined(kinds, say("number", "between"))
	if more {
		behind := say("number", "more").with(map[string]phrase{"n": number(len(entries))})
		all[0], all[1] = all[0]+behind[0], all[1]+behind[1]
	}
	return all
}

// object is what a type of resource is called.
func object(t string) phrase {
	if p := say("object", t); t != "" && p != (phrase{}) {
		return p
	}
	return say("object", "?")
}

func counted(what phrase, n int) phrase {
	return say("number", "of").with(map[string]phrase{"what": what, "n": number(n)})
}

func joined(all []phrase, between phrase) (out phrase) {
	for i, p := range all {
		if i > 0 {
			out[0], out[1] = out[0]+between[0], out[1]+between[1]
		}
		out[0], out[1] = out[0]+p[0], out[1]+p[1]
	}
	return out
}

// narrative is the words as the narrative of a resource.
func (s Sheet) narrative(x *extract) *draft.Narrative {
	var div strings.Builder
	div.WriteString(`<div xmlns="http://www.w3.org/1999/xhtml">`)
	for i, words := range s.words(x) {
		div.WriteString(`<p lang="` + languages[i] + `">` + escaped(words) + `</p>`)
	}
	div.WriteString(`</div>`)
	return &draft.Narrative{Status: "generated", Div: div.String()}
}

// escaped is a text as it stands in XHTML, without the characters that XML does not have.
func escaped(words string) string {
	words = strings.Map(func(r rune) rune {
		if r < ' ' || r == '\uFFFE' || r == '\uFFFF' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(words, ""))
	return markup.Replace(words)
}

var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
