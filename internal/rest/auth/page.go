package auth

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/rest/oauth"
)

//go:embed pages/*.html
var pageFiles embed.FS

// templates are the pages by their names.
var templates = sync.OnceValue(func() map[string]*template.Template { return drawn(pageFiles) })

// page is what a template is drawn with.
type page struct {
	Name    string // of the template
	Lang    string
	Large   bool
	Problem *problem
	Form    string  // token of the forms
	Next    string  // where the person goes afterwards; "" for nowhere
	Here    string  // address of this page
	Done    string  // key of what has just been done; "" for nothing
	Banner  *banner // nil for who is not signed in
	D       any     // of this page
	visit   *visit
}

// banner says on every page who acts as what.
type banner struct {
	Called string
	Role   string // "" for none yet
	Where  string // the institution, or for whom
}

// T is a text by its key.
func (p *page) T(key string, put ...any) (string, error) { return p.visit.words.say(key, put...) }

// Pick is one of two texts that are the same in Chinese and in English.
func (p *page) Pick(chinese, english string) string { return p.visit.words.pick(chinese, english) }

// Typed is what was typed into a field before.
func (p *page) Typed(field string) string { return p.visit.typed(field) }

// Bad tells whether the problem belongs to a field.
func (p *page) Bad(field string) bool { return p.Problem != nil && p.Problem.Field == field }

// To is the address of a page by which the person still goes on to the same place.
func (p *page) To(address string) string { return with(address, p.Next) }

// View is the address that changes the language or the size and comes back.
func (p *page) View(choice string) string { return with("/auth/view?"+choice, p.Here) }

// Asset is the address of a file.
func (p *page) Asset(name string) string { return assetPaths()[name] }

// Time is an instant as people read it.
func (p *page) Time(at time.Time) string { return p.visit.time(at) }

// Phones tells whether codes are sent to phones.
func (p *page) Phones() bool { return p.visit.config.Phones }

// Help is by telephone; nil where there is none.
func (p *page) Help() *help { return p.visit.help() }

// Passkeys tells whether passkeys are taken.
func (p *page) Passkeys() bool { return p.visit.config.Passkeys }

// About is what tells a resident from others of the name.
func (p *page) About(r oauth.Resident) string {
	parts := []string{}
	if gender := "gender." + r.Gender; p.visit.words.has(gender) {
		text, _ := p.T(gender)
		parts = append(parts, text)
	}
	for _, part := range []string{r.Birth, r.Number} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " · ")
}

// Wish is what a program wants, in words; its scope where there are none.
func (p *page) Wish(w oauth.Wish) (string, error) {
	if text := p.Pick(w.Sentence.Chinese, w.Sentence.English); text != "" {
		return text, nil
	}
	return p.T("consent.other", w.Scope)
}

// draw answers with a page.
func (v *visit) draw(name string, data any) error {
	p := &page{
		Name: name, Lang: v.words.Code, Large: v.cookie(v.r, sizeCookie) == "large", Problem: v.problem,
		Form: v.stamp(),
		Next: v.next(), Here: v.here(), Banner: v.banner(), D: data, visit: v,
	}
	if done := "done." + v.r.URL.Query().Get("done"); v.problem == nil && v.words.has(done) {
		p.Done = done
	}
	var text bytes.Buffer
	drawn := v.lent[name]
	if drawn == nil {
		drawn = templates()[name]
	}
	if err := drawn.ExecuteTemplate(&text, "frame", p); err != nil {
		return fault.Wrap(err, "drawing the page "+name)
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.words.Code)
	h.Set("Content-Length", strconv.Itoa(text.Len()))
	if code := known(v.r.URL.Query().Get("lang")); code != "" {
		v.setCookie(v.w, v.r, languageCookie, code, oneYear)
	}
	status := http.StatusOK
	if v.problem != nil {
		status = v.problem.Status
	}
	v.w.WriteHeader(status)
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(text.Bytes()) // whoever has gone away needs no page
	}
	return nil
}

// banner is for who is signed in; a half session is shown to nobody as signed in.
func (v *visit) banner() *banner {
	if v.signed == nil || v.signed.Session.Stage != account.Whole {
		return nil
	}
	b := &banner{Called: v.called()}
	if p, err := v.accounts.Acting(v.r.Context(), v.signed); err == nil {
		b.Role, b.Where = string(p.Role), v.where(p.Capacity)
	}
	return b
}
