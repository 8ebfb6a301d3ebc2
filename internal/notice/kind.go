package notice

import (
	"regexp"
	"slices"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
)

// Channel is a way by which notices leave the platform. The inbox is none: it is always there.
type Channel string

// The channels.
const (
	SMS    Channel = "sms"
	Email  Channel = "email"
	WeChat Channel = "wechat" // template messages
)

// Channels are all, in a steady order.
func Channels() []Channel { return []Channel{SMS, Email, WeChat} }

// Inbox stands for the inbox where people choose: what is switched off there is told to nobody.
const Inbox Channel = "inbox"

// Group is what people choose channels for: kinds that are alike to them.
type Group string

// The groups.
const (
	Access   Group = "access"   // who has looked into one's record, or asks to
	Care     Group = "care"     // appointments, results, prescriptions, referrals of one's own
	Work     Group = "work"     // what waits for somebody of the staff
	Platform Group = "platform" // the account, and the platform itself
)

// Groups are all, in a steady order.
func Groups() []Group { return []Group{Access, Care, Work, Platform} }

// Kind is a kind of notices, declared once.
type Kind struct {
	Code      string // of the code system [System]
	Group     Group
	Names     bilingual.Text // what such a notice is called, in the inbox
	Clinical  bool           // what it says, or that there is one, tells of somebody's health
	Says      Wording        // what is said outside; nil where there are no channels
	Channels  []Channel      // outside that it may go by, beside the inbox
	Urgent    bool           // each of them goes at once, also in quiet hours
	Mandatory bool           // nobody can switch it off in the inbox, and it goes in quiet hours too
	AtOnce    bool           // it does not wait for others to go with it
	Personal  bool           // it is for the resident alone: who acts for the resident is not told
}

// Wording is what is said of notices of a kind outside the platform: [Declared] or [Own].
type Wording interface {
	// said is the text of one notice. own is what its writer would have said.
	said(own bilingual.Text) said
	check() error
}

// said is a text that may leave the platform. Nothing but a [Wording] makes one, so that nothing else of a notice gets
// out.
type said struct {
	Words       bilingual.Text `json:"words"`
	Institution bool           `json:"institution,omitempty"` // the sender may be named
}

// Declared are words that are the same for every notice of a kind.
type Declared struct {
	Words       bilingual.Text
	Institution bool // the name of the institution that sends is said too
}

func (d Declared) said(bilingual.Text) said { return said(d) }
func (d Declared) check() error             { return checkWords(d.Words) }

// Own is the short text that comes with a notice; for one that has none, the declared words. No clinical kind has it.
type Own struct {
	Words       bilingual.Text
	Institution bool
}

func (o Own) said(own bilingual.Text) said {
	if own == (bilingual.Text{}) {
		own = o.Words
	}
	return said{own, o.Institution}
}
func (o Own) check() error { return checkWords(o.Words) }

// saysMost bounds what is said outside, in characters: one text message.
const saysMost = 60

func checkWords(w bilingual.Text) error {
	if !w.Within(saysMost) {
		return fault.New(fault.Malformed, "What a kind of notices says outside has 1 to %d characters in Chinese and in English.", saysMost)
	}
	return nil
}

var kindCode = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

// check refuses a kind that leaves something open, or would let out what it must not. The error is Malformed.
func (k Kind) check() error {
	_, own := k.Says.(Own)
	switch {
	case !kindCode.MatchString(k.Code):
		return fault.New(fault.Malformed, "The code of a kind of notices has 2 to 40 of a-z 0-9 -: %q has not.", k.Code)
	case !slices.Contains(Groups(), k.Group):
		return fault.New(fault.Malformed, "The kind %s is in no group that there is: %v.", k.Code, Groups())
	case !k.Names.Within(saysMost):
		return fault.New(fault.Malformed, "The kind %s has a name in Chinese and in English, of at most %d characters.", k.Code, saysMost)
	case k.Clinical && own:
		return fault.New(fault.Malformed, "The kind %s is clinical: outside nothing is said of it but declared words.", k.Code)
	case len(k.Channels) > 0 && k.Says == nil:
		return fault.New(fault.Malformed, "The kind %s goes out and does not say what is said then.", k.Code)
	}
	for _, c := range k.Channels {
		if !slices.Contains(Channels(), c) {
			return fault.New(fault.Malformed, "The kind %s goes by %q, which is no channel.", k.Code, c)
		}
	}
	if k.Says == nil {
		return nil
	}
	return k.Says.check()
}

// forOther is what is said outside of a notice for a resident to who acts for the resident.
var forOther = bilingual.Text{Zh: "您代办的居民有新的通知，请登录并切换身份查看", En: "A notice for someone you act for. Sign in as their proxy"}

// Registry are the kinds that there are, by their codes.
type Registry map[string]Kind

// NewRegistry checks kinds and puts them together. The error is Malformed.
func NewRegistry(kinds ...Kind) (Registry, error) {
	r := Registry{}
	for _, k := range kinds {
		if err := k.check(); err != nil {
			return nil, err
		}
		if _, twice := r[k.Code]; twice {
			return nil, fault.New(fault.Malformed, "Two kinds of notices are called %s.", k.Code)
		}
		r[k.Code] = k
	}
	return r, nil
}

// Mandatory tells whether all kinds of a group are mandatory, and there is any: then there is nothing to choose in the
// inbox.
func (r Registry) Mandatory(g Group) (all bool) {
	for _, k := range r {
		if k.Group == g && !k.Mandatory {
			return false
		}
		all = all || k.Group == g
	}
	return all
}

// Standard are the kinds of the platform itself.
func Standard() []Kind {
	outside := Declared{Words: bilingual.Text{Zh: "您有一条新的通知，请登录查看", En: "You have a new notice. Sign in to read it"}}
	task := Declared{Words: bilingual.Text{Zh: "您有新的工作事项，请登录处理", En: "There is something to do. Sign in to see to it"}}
	all := Channels()
	return []Kind{
		{Code: KindEmergency, Group: Access, Names: bilingual.Text{Zh: "健康档案紧急访问告知", En: "Emergency access to your record"}, Clinical: true, Says: outside, Channels: all, Mandatory: true},
		{Code: "access", Group: Access, Names: bilingual.Text{Zh: "健康档案访问答复", En: "Access to your record"}, Clinical: true, Says: outside, Channels: all, Mandatory: true, Personal: true},
		{Code: "care", Group: Care, Names: bilingual.Text{Zh: "就医通知", En: "About your care"}, Clinical: true, Says: outside, Channels: all},
		{Code: KindTask, Group: Work, Names: bilingual.Text{Zh: "待办事项", En: "Waiting for you"}, Clinical: true, Says: task, Channels: all},
		{Code: KindCase, Group: Care, Names: bilingual.Text{Zh: "办理进展", En: "How your case goes on"}, Clinical: true, Says: outside, Channels: all},
		{Code: "platform", Group: Platform, Names: bilingual.Text{Zh: "平台通知", En: "From the platform"}, Says: Own(outside), Channels: all, Personal: true},
	}
}
