package notices

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"yitong/internal/account"
	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/notice"
	"yitong/internal/rest"
	"yitong/internal/rest/auth"
)

//go:embed pages/*.html
var pageFiles embed.FS

// templates are the pages by their names, each with the frame around it.
var templates = sync.OnceValue(func() map[string]*template.Template {
	all := map[string]*template.Template{}
	for _, name := range []string{"settings", "outbox", "fail"} {
		all[name] = template.Must(template.ParseFS(pageFiles, "pages/frame.html", "pages/"+name+".html")) // they are built in
	}
	return all
})

// page is what a template is drawn with.
type page struct {
	Look    auth.Look
	Title   string // key
	Here    string
	Form    string // token of the forms
	Problem string // in words; "" for none
	Done    string // key of what has just been done; "" for nothing
	D       any    // of this page
	zone    *time.Location
}

// T is a text by its key. The error is for a key that there is not, which a test finds.
func (p *page) T(key string) (string, error) {
	w, is := texts[key]
	if !is {
		return "", fmt.Errorf("no words for %q", key)
	}
	return w.In(p.Look.Language), nil
}

// Asset is the address of a file.
func (p *page) Asset(name string) string { return auth.Asset(name) }

// View is the address that changes the language and comes back.
func (p *page) View() (string, error) {
	choice, err := p.T("frame.other.choice")
	return "/auth/view?" + choice + "&next=" + url.QueryEscape(p.Here), err
}

// Time is an instant as people read it.
func (p *page) Time(at time.Time) string { return at.In(p.zone).Format("2006-01-02 15:04") }

// draw answers with a page.
func (d *Desk) draw(w http.ResponseWriter, r *http.Request, name, problem string, status int, data any) {
	p := &page{
		Look: d.Site.Look(r), Title: name + ".title", Here: r.URL.Path, Form: auth.Form(d.Site.Token(r)), Problem: problem, D: data, zone: d.Zone,
	}
	if done := "done." + r.URL.Query().Get("done"); problem == "" && texts[done] != (bilingual.Text{}) {
		p.Done = done
	}
	var text bytes.Buffer
	if err := templates()[name].ExecuteTemplate(&text, "frame", p); err != nil {
		d.refuse(w, fault.Wrap(err, "drawing a page about notices"))
		return
	}
	auth.Secure(w.Header())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", p.Look.Language)
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes()) // whoever has gone away needs no page
}

// at is who looks at a page; who is not signed in, or has not said as what, is led there and back.
func (d *Desk) at(w http.ResponseWriter, r *http.Request) *account.Principal {
	p, err := d.person(r)
	if err == nil && p.Client != "" {
		err = fault.New(fault.Forbidden, "Pages are for people.")
	}
	switch code := fault.CodeOf(err); {
	case err == nil:
		return p
	case code == fault.Unknown:
		see(w, "/auth/sign-in?next="+url.QueryEscape(r.URL.Path))
	default:
		d.fail(w, r, err)
	}
	return nil
}

func see(w http.ResponseWriter, where string) {
	w.Header().Set("Location", where)
	w.WriteHeader(http.StatusSeeOther)
}

// fail draws a page that says what is wrong.
func (d *Desk) fail(w http.ResponseWriter, r *http.Request, err error) {
	f := fault.From(err)
	if rest.Status(f) == http.StatusInternalServerError {
		d.Log.Error("a page about notices failed", "cause", err)
	}
	d.draw(w, r, "fail", "", rest.Status(f), d.said(r, f))
}

// said is what is wrong, in words.
func (d *Desk) said(r *http.Request, f *fault.Error) string {
	key := "no." + string(f.Code)
	if f.Issue == stale {
		key = "no." + stale
	}
	if texts[key] == (bilingual.Text{}) {
		key = "no.other"
	}
	return texts[key].In(d.Site.Look(r).Language)
}

const stale = "stale"

// group is a group of kinds on the page.
type group struct {
	Group     notice.Group
	Mandatory bool
	Channels  []channel
}

type channel struct {
	Channel notice.Channel
	On      bool
}

type settings struct {
	chosen
	Groups []group
}

func (d *Desk) showSettings(w http.ResponseWriter, r *http.Request) {
	if p := d.at(w, r); p != nil {
		d.drawSettings(w, r, p, nil)
	}
}

// drawSettings draws the page, with what was wrong with the form that was sent.
func (d *Desk) drawSettings(w http.ResponseWriter, r *http.Request, p *account.Principal, failed error) {
	c, err := d.choicesOf(r, p)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	data := settings{chosen: c}
	for _, g := range notice.Groups() {
		one := group{Group: g, Mandatory: d.Notices.Kinds().Mandatory(g)}
		channels := notice.Channels()
		if !one.Mandatory {
			channels = append([]notice.Channel{notice.Inbox}, channels...)
		}
		for _, by := range channels {
			one.Channels = append(one.Channels, channel{by, c.Channels[g][by]})
		}
		data.Groups = append(data.Groups, one)
	}
	status, problem := http.StatusOK, ""
	if failed != nil {
		f := fault.From(failed)
		if status, problem = rest.Status(f), d.said(r, f); status == http.StatusInternalServerError {
			d.fail(w, r, failed)
			return
		}
	}
	d.draw(w, r, "settings", problem, status, data)
}

// takeSettings takes one of the forms of the page.
func (d *Desk) takeSettings(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, bodyMost)
	p := d.at(w, r)
	if p == nil {
		return
	}
	if err := r.ParseForm(); err != nil {
		d.fail(w, r, fault.New(fault.Malformed, "The form cannot be read.").Because(err))
		return
	}
	if !auth.Made(r, d.Site.Token(r)) {
		d.drawSettings(w, r, p, fault.New(fault.Conflict, "The form is not of this page, or old.").WithIssue(stale))
		return
	}
	do := r.PostForm.Get("do")
	if err := d.do(r, p, do); err != nil {
		d.drawSettings(w, r, p, err)
		return
	}
	see(w, "/notices/settings?done="+url.QueryEscape(do))
}

// do carries out what a form asks for.
func (d *Desk) do(r *http.Request, p *account.Principal, what string) error {
	ctx, form := r.Context(), r.PostForm
	switch what {
	case "ask":
		return d.Notices.AskEmail(ctx, p.Account, form.Get("address"))
	case "confirm":
		return d.Notices.ConfirmEmail(ctx, p.Account, form.Get("code"))
	}
	now, err := d.choicesOf(r, p)
	if err != nil {
		return err
	}
	c := now.Choices
	switch what {
	case "drop":
		c.Email = ""
	case "choose":
		c.Language, c.Quiet = form.Get("language"), notice.Hours{From: form.Get("from"), To: form.Get("to")}
		for g, by := range c.Channels {
			for one := range by {
				by[one] = one == notice.Inbox && d.Notices.Kinds().Mandatory(g)
			}
		}
		for _, on := range form["on"] {
			g, by, _ := strings.Cut(on, "/")
			if c.Channels[notice.Group(g)] != nil {
				c.Channels[notice.Group(g)][notice.Channel(by)] = true
			}
		}
	default:
		return fault.New(fault.Malformed, "The form asks for nothing that there is.")
	}
	return d.Notices.Choose(ctx, p.Account, c)
}

// outbox is a part of what has left.
type outbox struct {
	Sent []notice.Sent
	Next string
}

// showOutbox is for operators.
func (d *Desk) showOutbox(w http.ResponseWriter, r *http.Request) {
	p := d.at(w, r)
	if p == nil {
		return
	}
	if p.Role != gate.Operator {
		d.fail(w, r, fault.New(fault.Forbidden, "The outbox is for operators."))
		return
	}
	list, err := d.Notices.Outbox(r.Context(), r.URL.Query().Get("behind"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	data := outbox{Sent: list}
	if len(list) == notice.OutboxMost {
		data.Next = list[len(list)-1].ID
	}
	d.draw(w, r, "outbox", "", http.StatusOK, data)
}
