package auth

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

//go:embed words/*.json
var wordFiles embed.FS

// words are all texts of the pages in a language, by their keys. {0}, {1} … stand for what is put in.
type words struct {
	Code  string // of the language, as in HTML
	texts map[string]string
}

// languages are those of the pages; the first one is for whoever names none of them.
var languages = []string{"zh-CN", "en"}

var matcher = language.NewMatcher([]language.Tag{language.MustParse("zh-CN"), language.English})

var allWords = sync.OnceValue(func() map[string]*words {
	all := map[string]*words{}
	for _, code := range languages {
		w := &words{Code: code}
		text, err := wordFiles.ReadFile("words/" + code + ".json")
		if err == nil {
			err = json.Unmarshal(text, &w.texts)
		}
		if err != nil {
			panic("auth: the words of " + code + ": " + err.Error()) // they are built in
		}
		all[code] = w
	}
	return all
})

// say is a text with something put in. The error is for a key that there is not, which a test finds.
func (w *words) say(key string, put ...any) (string, error) {
	text, is := w.texts[key]
	if !is {
		return "", fmt.Errorf("no words for %q in %s", key, w.Code)
	}
	for i, p := range put {
		text = strings.ReplaceAll(text, fmt.Sprintf("{%d}", i), fmt.Sprint(p))
	}
	return text, nil
}

// has tells whether there is a text.
func (w *words) has(key string) bool {
	_, is := w.texts[key]
	return is
}

// pick is one of two texts that are the same in Chinese and in English; the Chinese one where there is no other.
func (w *words) pick(chinese, english string) string {
	if w.Code == "en" && english != "" {
		return english
	}
	return chinese
}

// spoken are the words in the language that a browser asks for: in the address (lang, or ui_locales as OpenID Connect
// has it), by what was chosen before, or by its settings.
func (s *Site) spoken(r *http.Request) *words {
	q := r.URL.Query()
	locales := strings.ReplaceAll(q.Get("ui_locales"), " ", ",")
	chosen, set := s.cookie(r, languageCookie), r.Header.Get("Accept-Language")
	for _, wish := range []string{q.Get("lang"), locales, chosen, set} {
		if code := known(wish); code != "" {
			return allWords()[code]
		}
	}
	return allWords()[languages[0]]
}

// wishMost bounds what is read of a wish for languages.
const wishMost = 200

// known is the language of the pages that a wish is for, "" for none.
func known(wish string) string {
	if wish == "" || len(wish) > wishMost {
		return ""
	}
	tags, _, err := language.ParseAcceptLanguage(wish)
	if err != nil || len(tags) == 0 {
		return ""
	}
	if _, i, sure := matcher.Match(tags...); sure != language.No {
		return languages[i]
	}
	return ""
}
