package notices

import (
	"net/http"

	"yitong/internal/account"
	"yitong/internal/notice"
)

// chosen are choices as they are answered: all channels of all groups.
type chosen struct {
	notice.Choices
	Unconfirmed string `json:"unconfirmed,omitempty"` // an address that a code was sent to
}

// choicesOf are a person's, all of them spelled out.
func (d *Desk) choicesOf(r *http.Request, p *account.Principal) (chosen, error) {
	c, unconfirmed, err := d.Notices.Choices(r.Context(), p.Account)
	all := map[notice.Group]map[notice.Channel]bool{}
	for _, g := range notice.Groups() {
		all[g] = map[notice.Channel]bool{}
		for _, by := range append([]notice.Channel{notice.Inbox}, notice.Channels()...) {
			all[g][by] = c.On(g, by)
		}
	}
	c.Channels = all
	return chosen{c, unconfirmed}, err
}

func (d *Desk) choices(r *http.Request, p *account.Principal) (any, error) { return d.choicesOf(r, p) }

// choose keeps what a person chooses; unconfirmed is not theirs to say.
func (d *Desk) choose(r *http.Request, p *account.Principal) (any, error) {
	var c chosen
	if err := read(r, &c); err != nil {
		return nil, err
	}
	if err := d.Notices.Choose(r.Context(), p.Account, c.Choices); err != nil {
		return nil, err
	}
	return d.choicesOf(r, p)
}

func (d *Desk) askEmail(r *http.Request, p *account.Principal) (any, error) {
	var in struct {
		Address string `json:"address"`
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	return struct{}{}, d.Notices.AskEmail(r.Context(), p.Account, in.Address)
}

func (d *Desk) confirmEmail(r *http.Request, p *account.Principal) (any, error) {
	var in struct {
		Code string `json:"code"`
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	if err := d.Notices.ConfirmEmail(r.Context(), p.Account, in.Code); err != nil {
		return nil, err
	}
	return d.choicesOf(r, p)
}
