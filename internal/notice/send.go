package notice

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
)

// State is what became of a message.
type State string

// The states.
const (
	stateReady   State = "ready"   // it waits to be sent, for the first time or again
	stateSending State = "sending" // a server does; if it dies, another does once Until is over
	stateSent    State = "sent"
	stateDropped State = "dropped" // nothing that it tells of holds any more
	stateFailed  State = "failed"  // the provider refuses it for good
)

// message is one that was put together.
type message struct {
	ID       string    `json:"id"`
	Account  string    `json:"account"`
	Channel  Channel   `json:"channel"`
	Notices  []waiting `json:"notices,omitempty"` // until it has gone
	State    State     `json:"state"`
	Made     time.Time `json:"made"`
	Until    time.Time `json:"until,omitzero"`
	Attempts int       `json:"attempts,omitempty"`
	To       string    `json:"to,omitempty"` // masked
	Text     string    `json:"text,omitempty"`
	Receipt  string    `json:"receipt,omitempty"`
	Count    int       `json:"count,omitempty"`
}

const (
	sendTime  = 30 * time.Second // that a provider may take
	sendLease = 2 * time.Minute  // for which no other server sends the same message
)

// Send sends a message. One server at a time does: the error is Unavailable while another one may be at it, and what
// that leaves behind when it dies is sent under the same id when its time is over. The error is Unprocessable where
// trying again cannot help. args are those of the job.
func (s *Service) Send(ctx context.Context, args []byte) error {
	var a sending
	if err := json.Unmarshal(args, &a); err != nil {
		return fault.New(fault.Unprocessable, "This job cannot be read.").Because(err)
	}
	k, err := get[message](s.db.Item(ctx, kindMessage, a.Message))
	m := &k.Thing
	switch {
	case err != nil:
		return err
	case !k.Item.Exists() || m.State == stateSent || m.State == stateDropped || m.State == stateFailed:
		return nil
	case m.State == stateSending && s.now().Before(m.Until):
		return fault.New(fault.Unavailable, "Another server is sending this message.")
	}
	out, err := s.outward(ctx, m)
	if err != nil {
		return err
	}
	if out == nil {
		m.State, m.Notices = stateDropped, nil
		return s.settleMessage(ctx, &k)
	}
	m.State, m.Until, m.Attempts = stateSending, s.now().Add(sendLease), m.Attempts+1
	if err := s.settleMessage(ctx, &k); err != nil {
		return err
	}
	return s.hand(ctx, &k, *out)
}

// hand gives a message to its provider and keeps what became of it.
func (s *Service) hand(ctx context.Context, k *kept[message], out Message) error {
	limited, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	receipt, failed := s.provider(out.Channel).Send(limited, out)
	m := &k.Thing
	m.Until = time.Time{}
	switch {
	case failed == nil:
		m.State, m.Receipt, m.Notices = stateSent, clipped(receipt), nil
		m.To, m.Text, m.Count = masked(out.Channel, out.To), out.Text, out.Count
	case fault.CodeOf(failed) == fault.Unprocessable:
		m.State, m.Notices = stateFailed, nil
	default:
		m.State = stateReady
	}
	s.count(out.Channel, m.State)
	kept, end := context.WithTimeout(context.WithoutCancel(ctx), sendTime)
	defer end()
	if err := s.settleMessage(kept, k); err != nil {
		return err
	}
	return failed
}

const receiptMost = 200 // bytes that are kept of what a provider calls a message

func clipped(receipt string) string {
	return strings.ToValidUTF8(receipt[:min(len(receipt), receiptMost)], "")
}

// settleMessage enters the next version of a message.
func (s *Service) settleMessage(ctx context.Context, k *kept[message]) error {
	err := s.writing(ctx, func(tx store.Tx) error { return must(put(tx, k.Item, k.Thing, k.Item.Until)) })
	k.Item.Number++
	return err
}

// outward is a message as it leaves, made of what holds of it now; nil if nothing does.
func (s *Service) outward(ctx context.Context, m *message) (*Message, error) {
	c, err := s.choices(ctx, m.Account)
	if err != nil {
		return nil, err
	}
	g := gathering{m.Account, m.Channel}
	var good []waiting
	for _, w := range m.Notices {
		stands, err := s.stands(ctx, w, g, c.Choices)
		if err != nil {
			return nil, err
		}
		if stands {
			good = append(good, w)
		}
	}
	provider := s.provider(m.Channel)
	if len(good) == 0 || provider == nil {
		return nil, nil
	}
	p, _, err := s.config.People.Holds(ctx, m.Account, good[0].As)
	if err != nil {
		return nil, err
	}
	out := &Message{ID: m.ID, Channel: m.Channel, Account: m.Account, Language: c.Language, Count: len(good)}
	if out.To = s.address(p, c.Choices, m.Channel); m.Channel == WeChat {
		out.To = ""
	}
	var all []said
	for _, w := range good {
		one := w.Said
		if one.Institution {
			name, err := s.institution(ctx, w.Sender)
			if err != nil {
				return nil, err
			}
			one.Words = named(one.Words, name)
		}
		all = append(all, one)
	}
	out.Subject, out.Text = s.compose(all, c.Language, m.Channel)
	return out, nil
}

// named are words with the name of who says them.
func named(w bilingual.Text, name string) bilingual.Text {
	if name == "" {
		return w
	}
	return bilingual.Text{Zh: name + "：" + w.Zh, En: name + ": " + w.En}
}

// compose writes the text of a message: of one notice what is said of it, of several how many there are; an e-mail
// lists what is said, each once.
func (s *Service) compose(all []said, language string, by Channel) (subject, text string) {
	first := all[0].Words.In(language)
	if len(all) > 1 {
		first = bilingual.Text{Zh: fmt.Sprintf("您有 %d 条新的通知，请登录查看", len(all)), En: fmt.Sprintf("You have %d new notices. Sign in to read them", len(all))}.In(language)
	}
	name := s.config.Name.In(language)
	if by != Email {
		if language == bilingual.English {
			return "", fmt.Sprintf("[%s] %s: %s", name, first, s.config.URL)
		}
		return "", fmt.Sprintf("【%s】%s：%s", name, first, s.config.URL)
	}
	lines := []string{first}
	for _, one := range all {
		if line := "- " + one.Words.In(language); len(all) > 1 && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	lines = append(lines, "", s.config.URL)
	return name + bilingual.Text{Zh: "：", En: ": "}.In(language) + first, strings.Join(lines, "\n") + "\n"
}

// masked is where a message went, as operators may see it.
func masked(by Channel, to string) string {
	switch by {
	case SMS:
		return fhir.MaskPhone(to)
	case Email:
		name, host, _ := strings.Cut(to, "@")
		return fhir.MaskName(name) + "@" + host
	}
	return ""
}
