package auth

import (
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"strings"

	"yitong/internal/account"
	"yitong/internal/bilingual"
)

// Pages are those of another package. They have the frame of the pages here and keep to the same rules: who is not signed in, or has not
// said as what, is led there and back, and forms are taken from the pages themselves alone.
type Pages struct {
	site      *Site
	templates map[string]*template.Template
	words     map[string]*words
}

// Page is one of these, for who is signed in and acts in a role.
type Page struct {
	Name string             // of its template
	Show func(*Guest) error // draws it; also after a form with which something was wrong, which is said above
	Take func(*Guest) error // takes its form; nil where it has none
}

// Guest is a request to such a page.
type Guest struct {
	*http.Request
	Who *account.Principal

	visit *visit
	name  string
}

// Lend makes pages of the templates in files, each of which defines "main" and is drawn as those here are, and of texts by their keys.
// Beside what the templates ask for there is for each page NAME.title, done.… for what ?done=… says has been done, and no.NAME.… for
// refusals by their codes. It panics on texts that there are here already.
func (s *Site) Lend(files fs.FS, texts map[string]bilingual.Text) *Pages {
	p := &Pages{site: s, templates: drawn(files), words: map[string]*words{}}
	for code, own := range allWords() {
		w := &words{Code: code, texts: maps.Clone(own.texts)}
		for key, text := range texts {
			if own.has(key) {
				panic("auth: there is a text for " + key + " already")
			}
			w.texts[key] = text.In(code)
		}
		p.words[code] = w
	}
	return p
}

// drawn are the templates of a folder by their names, each with the frame around it.
func drawn(files fs.FS) map[string]*template.Template {
	all := map[string]*template.Template{}
	names, err := fs.Glob(files, "pages/*.html")
	if err != nil {
		panic("auth: " + err.Error()) // they are built in, here and below
	}
	frame := template.Must(template.ParseFS(pageFiles, "pages/frame.html"))
	for _, name := range names {
		if path.Base(name) == "frame.html" {
			continue
		}
		t := template.Must(frame.Clone())
		all[strings.TrimSuffix(path.Base(name), path.Ext(name))] = template.Must(t.ParseFS(files, name))
	}
	return all
}

// Handler answers requests to a page.
func (p *Pages) Handler(page Page) http.Handler {
	st := step{name: page.Name, need: needWhole, show: hosted(page.Name, page.Show), take: hosted(page.Name, page.Take)}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := p.site.visit(w, r)
		v.words, v.lent = p.words[v.words.Code], p.templates
		if err == nil {
			err = v.walk(st)
		}
		if err != nil {
			v.fail(st.name, err)
		}
	})
}

// hosted is what a page does, as a step here; nil for nil.
func hosted(name string, do func(*Guest) error) func(*visit) error {
	if do == nil {
		return nil
	}
	return func(v *visit) error {
		p, err := v.acting(v.here())
		if p == nil || err != nil {
			return err
		}
		return do(&Guest{v.r, p, v, name})
	}
}

// Draw answers with the page.
func (g *Guest) Draw(data any) error { return g.visit.draw(g.name, data) }

// Refused tells whether the page is drawn again because something was wrong with its form, which r.PostForm has.
func (g *Guest) Refused() bool { return g.visit.problem != nil }

// Leave leads to another page of this host.
func (g *Guest) Leave(to string) { g.visit.see(to) }
