package notices

import (
	"embed"
	"net/http"
	"net/url"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/notice"
	"yitong/internal/rest/auth"
)

//go:embed pages/*.html
var pageFiles embed.FS

// pages enters the pages.
func (d *Desk) pages(mux *http.ServeMux) {
	lent := d.Site.Lend(pageFiles, texts)
	mux.Handle("/notices/settings", lent.Handler(auth.Page{Name: "settings", Show: d.showSettings, Take: d.takeSettings}))
}

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
	Mail   bool // e-mail is sent
}

// showSettings draws what is chosen, and after a refusal what was.
func (d *Desk) showSettings(g *auth.Guest) error {
	c, err := d.choicesOf(g.Request, g.Who)
	if err != nil {
		return err
	}
	if g.Refused() && g.PostForm.Get("do") == doChoose {
		d.chosenIn(g.PostForm, &c.Choices)
	}
	data := settings{chosen: c, Mail: d.Notices.Sends(notice.Email)}
	for _, of := range notice.Groups() {
		one := group{Group: of, Mandatory: d.Notices.Kinds().Mandatory(of)}
		channels := notice.Channels()
		if !one.Mandatory {
			channels = append([]notice.Channel{notice.Inbox}, channels...)
		}
		for _, by := range channels {
			one.Channels = append(one.Channels, channel{by, c.Channels[of][by]})
		}
		data.Groups = append(data.Groups, one)
	}
	return g.Draw(data)
}

// What the forms of the page ask for.
const (
	doChoose = "choose"
	doAsk    = "ask"  // for a code to an address
	doUse    = "use"  // an address from now on
	doDrop   = "drop" // the address
)

// takeSettings takes one of the forms of the page.
func (d *Desk) takeSettings(g *auth.Guest) error {
	do := g.PostForm.Get("do")
	if err := d.do(g, do); err != nil {
		return err
	}
	g.Leave("/notices/settings?done=" + do)
	return nil
}

// do carries out what a form asks for.
func (d *Desk) do(g *auth.Guest, what string) error {
	ctx, account := g.Context(), g.Who.Account
	switch what {
	case doAsk:
		return d.Notices.AskEmail(ctx, account, g.PostForm.Get("address"))
	case doUse:
		return d.Notices.ConfirmEmail(ctx, account, g.PostForm.Get("code"))
	case doChoose, doDrop:
	default:
		return fault.New(fault.Malformed, "The form asks for nothing that there is.")
	}
	now, err := d.choicesOf(g.Request, g.Who)
	if err != nil {
		return err
	}
	if c := &now.Choices; what == doDrop {
		c.Email = ""
	} else {
		d.chosenIn(g.PostForm, c)
	}
	return d.Notices.Choose(ctx, account, now.Choices)
}

// chosenIn takes from a form what is chosen in it.
func (d *Desk) chosenIn(form url.Values, c *notice.Choices) {
	c.Language, c.Quiet = form.Get("language"), notice.Hours{From: form.Get("from"), To: form.Get("to")}
	for of, by := range c.Channels {
		for one := range by {
			by[one] = one == notice.Inbox && d.Notices.Kinds().Mandatory(of)
		}
	}
	for _, on := range form["on"] {
		of, by, _ := strings.Cut(on, "/")
		if c.Channels[notice.Group(of)] != nil {
			c.Channels[notice.Group(of)][notice.Channel(by)] = true
		}
	}
}
