package terminology

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// world is a made-up code system and value sets that draw on it, on one that is not here, and on each other downwards.
type world struct {
	parent map[string]string // of each code of urn:here
	sets   []madeSet
}

type madeSet struct{ include, exclude []madeClause }

// madeClause lists codes, takes those below a code, or all; and narrows to the sets that it imports.
type madeClause struct {
	system  string
	codes   []string
	isA     string
	imports []int
}

const madeCodes = "abcdefgh"

func drawWorld(t *rapid.T) world {
	w := world{parent: map[string]string{}}
	for i := range 6 { // g and h are codes of no system
		p := ""
		if at := rapid.IntRange(-1, i-1).Draw(t, "parent"); at >= 0 {
			p = madeCodes[at : at+1]
		}
		w.parent[madeCodes[i:i+1]] = p
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "sets") {
		s := madeSet{include: drawClauses(t, i)}
		if rapid.Bool().Draw(t, "excludes") {
			s.exclude = drawClauses(t, i)
		}
		w.sets = append(w.sets, s)
	}
	return w
}

func drawClauses(t *rapid.T, below int) []madeClause {
	clause := rapid.Custom(func(t *rapid.T) madeClause { return drawClause(t, below) })
	return rapid.SliceOfN(clause, 1, 3).Draw(t, "clauses")
}

func drawClause(t *rapid.T, below int) madeClause {
	var c madeClause
	if below > 0 {
		c.imports = rapid.SliceOfNDistinct(rapid.IntRange(0, below-1), 0, 2, rapid.ID).Draw(t, "imports")
	}
	if len(c.imports) > 0 && rapid.Bool().Draw(t, "imports only") {
		return c
	}
	c.system = rapid.SampledFrom([]string{"urn:here", "urn:here", "urn:elsewhere"}).Draw(t, "system")
	code := rapid.SampledFrom(strings.Split(madeCodes, ""))
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 0:
		c.codes = rapid.SliceOfN(code, 1, 4).Draw(t, "codes")
	case 1:
		if c.system == "urn:here" {
			c.isA = madeCodes[:1]
		}
	}
	return c
}

// texts is the world as resources.
func (w world) texts() map[string]string {
	all := map[string]string{}
	var concepts []string
	for code, parent := range w.parent {
		property := ""
		if parent != "" {
			property = fmt.Sprintf(`,"property":[{"code":"parent","valueCode":%q}]`, parent)
		}
		concepts = append(concepts, fmt.Sprintf(`{"code":%q%s}`, code, property))
	}
	all["urn:here"] = `CodeSystem "caseSensitive":true,"content":"complete",
			"concept":[` + strings.Join(concepts, ",") + `]`
	for i, s := range w.sets {
		text := `ValueSet "compose":{"include":[` + clauseTexts(s.include) + `]`
		if s.exclude != nil {
			text += `,"exclude":[` + clauseTexts(s.exclude) + `]`
		}
		all[fmt.Sprintf("urn:set:%d", i)] = text + `}`
	}
	return all
}

func clauseTexts(all []madeClause) string {
	var texts []string
	for _, c := range all {
		var parts []string
		if c.system != "" {
			parts = append(parts, fmt.Sprintf(`"system":%q`, c.system))
		}
		if c.codes != nil {
			parts = append(parts, `"concept":[{"code":"`+strings.Join(c.codes, `"},{"code":"`)+`"}]`)
		}
		if c.isA != "" {
			parts = append(parts, fmt.Sprintf(`"filter":[{"property":"concept","op":"is-a","value":%q}]`, c.isA))
		}
		if c.imports != nil {
			var urls []string
			for _, i := range c.imports {
				urls = append(urls, fmt.Sprintf(`"urn:set:%d"`, i))
			}
			if urls != nil {
				parts = append(parts, `"valueSet":[`+strings.Join(urls, ",")+`]`)
			}
		}
		texts = append(texts, "{"+strings.Join(parts, ",")+"}")
	}
	return strings.Join(texts, ",")
}

// in tells whether a code is in a set, for a world in which urn:elsewhere has every code, or none.
func (w world) in(set int, system, code string, elsewhere bool) bool {
	some := func(all []madeClause) bool {
		for _, c := range all {
			if w.clauseHas(c, system, code, elsewhere) {
				return true
			}
		}
		return false
	}
	return some(w.sets[set].include) && !some(w.sets[set].exclude)
}

func (w world) clauseHas(c madeClause, system, code string, elsewhere bool) bool {
	has := true
	if c.system != "" {
		_, here := w.parent[code]
		switch {
		case c.system != system:
			has = false
		case c.codes != nil:
			has = strings.Contains(strings.Join(c.codes, ""), code)
		case c.isA != "":
			has = here && w.below(code, c.isA)
		case c.system == "urn:here":
			has = here
		default:
			has = elsewhere
		}
	}
	for _, i := range c.imports {
		has = has && w.in(i, system, code, elsewhere)
	}
	return has
}

func (w world) below(code, top string) bool {
	for ; code != ""; code = w.parent[code] {
		if code == top {
			return true
		}
	}
	return false
}

// Answers agree with sets worked out naively. What depends on a system that is not here may be Unknown; what does not
// depend on it in any way is certain wherever the parts are.
func TestAnswersAgreeWithAModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		l := with(t, w.texts())
		for i := range w.sets {
			s := set(t, l, fmt.Sprintf("urn:set:%d", i))
			for _, system := range []string{"urn:here", "urn:elsewhere", "urn:third"} {
				for _, code := range strings.Split(madeCodes, "") {
					got := s.Has(system, code)
					with, without := w.in(i, system, code, true), w.in(i, system, code, false)
					if with == without && got != answer(with) && got != Unknown || with != without && got != Unknown {
						t.Fatalf("set %d: %s|%s is %s, the model says %t and %t\n%v", i, system, code, got, with, without, w.texts())
					}
					if system != "urn:elsewhere" && got == Unknown {
						t.Fatalf("set %d: %s|%s is unknown, without need\n%v", i, system, code, w.texts())
					}
				}
			}
			checkCodes(t, s)
		}
	})
}

// checkCodes checks that what a set lists is what it has.
func checkCodes(t fatal, s *ValueSet) {
	t.Helper()
	codes, complete := s.Codes(100)
	listed := map[Coding]bool{}
	for _, c := range codes {
		if listed[c] || s.Has(c.System, c.Code) != In {
			t.Fatal("listed twice, or not in", c)
		}
		listed[c] = true
		if system, a := s.Find(c.Code); a != In || s.Has(system, c.Code) != In {
			t.Fatal("not found", c, system, a)
		}
	}
	for _, system := range []string{"urn:here", "urn:elsewhere"} {
		for _, code := range strings.Split(madeCodes, "") {
			c := Coding{System: system, Code: code}
			a := s.Has(system, code)
			if a == In && !listed[c] || complete && (a == In) != listed[c] || complete && a == Unknown {
				t.Fatal("in, but not listed", c, a, complete)
			}
		}
	}
}

// Case does not count where the system says so, and does where it does not.
func TestCase(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.StringMatching(`[A-Za-zÀ-Ž中]{1,70}`).Filter(func(s string) bool {
			return key(strings.ToUpper(s), true) == key(s, true) // not so for ı
		}).Draw(t, "code")
		sensitive := rapid.Bool().Draw(t, "sensitive")
		l := with(t, map[string]string{
			"urn:x": fmt.Sprintf(`CodeSystem "caseSensitive":%t,"content":"complete","concept":[{"code":%q}]`,
				sensitive, code),
			"urn:all": `ValueSet "compose":{"include":[{"system":"urn:x"}]}`,
			"urn:one": fmt.Sprintf(`ValueSet "compose":{"include":[{"system":"urn:x","concept":[{"code":%q}]}]}`,
				strings.ToUpper(code)),
		})
		all, one := set(t, l, "urn:all"), set(t, l, "urn:one")
		for _, other := range []string{code, strings.ToUpper(code), strings.ToLower(code)} {
			if got, want := all.Has("", other), answer(!sensitive || other == code); got != want {
				t.Fatalf("%q of %q is %s", other, code, got)
			}
			if got, want := one.Has("", other), answer(!sensitive || other == strings.ToUpper(code)); got != want {
				t.Fatalf("%q listed as %q is %s", other, strings.ToUpper(code), got)
			}
		}
	})
}
