package notice

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math/big"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/store"
)

// chosen is what is kept of a person's choices.
type chosen struct {
	Choices
	Pending *pending    `json:"pending,omitempty"`
	Asked   []time.Time `json:"asked,omitempty"` // when codes were sent, the last ones
}

// pending is an address for e-mail that is not confirmed yet.
type pending struct {
	Address string    `json:"address"`
	Mac     []byte    `json:"mac"` // of the code
	Until   time.Time `json:"until"`
	Tries   int       `json:"tries"` // that are left
}

// Bounds of confirming an address.
const (
	codeTime   = 30 * time.Minute
	codeTries  = 5
	askedMost  = 3 // codes in askedWithin, of one person
	askedSpan  = time.Hour
	emailMost  = 254 // characters of an address (RFC 5321, 4.5.3.1)
	changeMost = 5   // times that somebody may be quicker
)

// choices are what a person has chosen; the usual ones if nothing.
func (s *Service) choices(ctx context.Context, account string) (chosen, error) {
	k, err := s.keptChoices(ctx, s.db, account)
	return k.Thing, err
}

func (s *Service) keptChoices(ctx context.Context, r store.RegisterReader, account string) (kept[chosen], error) {
	k, err := get[chosen](r.Item(ctx, kindChoice, account))
	if !k.Item.Exists() {
		k.Thing.Choices = usualChoices()
		k.Item = store.Item{Kind: kindChoice, ID: account, Owner: account}
	}
	return k, err
}

// Choices are what a person has chosen, and the address that waits to be confirmed, "" for none.
func (s *Service) Choices(ctx context.Context, account string) (c Choices, unconfirmed string, err error) {
	k, err := s.choices(ctx, account)
	if k.Pending != nil && s.now().Before(k.Pending.Until) {
		unconfirmed = k.Pending.Address
	}
	return k.Choices, unconfirmed, err
}

// change changes what a person has chosen.
func (s *Service) change(ctx context.Context, account string, do func(*chosen) error) error {
	for range changeMost {
		quicker := false
		err := s.writing(ctx, func(tx store.Tx) error {
			k, err := s.keptChoices(ctx, tx, account)
			if err == nil {
				err = do(&k.Thing)
			}
			if err != nil {
				return err
			}
			k.Item.Author = "account/" + account
			ok, err := put(tx, k.Item, k.Thing, s.now().Add(keepChoice))
			quicker = !ok
			return err
		})
		if err != nil || !quicker {
			return err
		}
	}
	return errQuicker
}

// Choose keeps what a person chooses. An address for e-mail comes in by [Service.AskEmail] alone: what stands in c may
// be the one that is there, or "" to use none any more. The error is Malformed for what is no choice.
func (s *Service) Choose(ctx context.Context, account string, c Choices) error {
	if err := c.check(); err != nil {
		return err
	}
	return s.change(ctx, account, func(k *chosen) error {
		if c.Email != "" && c.Email != k.Email {
			return fault.New(fault.Unprocessable, "An address for e-mail is used once it is confirmed: ask for a code first.")
		}
		k.Choices = c
		return nil
	})
}

// AskEmail sends a code to an address, by which its owner confirms it. The error is Malformed for what is no address,
// TooOften after several, NotSupported where no e-mail is sent.
func (s *Service) AskEmail(ctx context.Context, account, address string) error {
	provider := s.provider(Email)
	if provider == nil {
		return fault.New(fault.NotSupported, "This server sends no e-mail.")
	}
	address, err := CheckEmail(address)
	if err != nil {
		return err
	}
	code, language := newCode(), ""
	err = s.change(ctx, account, func(k *chosen) error {
		now := s.now()
		k.Asked = slices.DeleteFunc(k.Asked, func(t time.Time) bool { return now.Sub(t) >= askedSpan })
		if len(k.Asked) >= askedMost {
			f := fault.New(fault.TooOften, "%d codes were sent within an hour. Wait, then ask again.", askedMost)
			f.Wait = k.Asked[0].Add(askedSpan).Sub(now)
			return f
		}
		k.Asked = append(k.Asked, now)
		k.Pending = &pending{address, s.mac(account, address, code), now.Add(codeTime), codeTries}
		language = k.Language
		return nil
	})
	if err != nil {
		return err
	}
	name, minutes := s.config.Name.In(language), int(codeTime/time.Minute)
	subject := bilingual.Text{Zh: name + "：邮箱验证码", En: name + ": your code"}
	text := bilingual.Text{
		Zh: fmt.Sprintf("验证码 %s，%d 分钟内有效，用于确认接收%s通知的邮箱。如非本人操作，请忽略本邮件。\n", code, minutes, name),
		En: fmt.Sprintf("%s is your code to receive notices of %s at this address. It holds for %d minutes. If you have not asked for it, do nothing.\n", code, name, minutes),
	}
	m := Message{ID: uuid.NewString(), Channel: Email, Account: account, To: address, Subject: subject.In(language), Text: text.In(language), Language: language}
	_, err = provider.Send(ctx, m)
	return err
}

// ConfirmEmail takes the code that was sent to an address, which notices go to from then on. The error is Unprocessable
// for a code that does not hold.
func (s *Service) ConfirmEmail(ctx context.Context, account, code string) error {
	right := false
	err := s.change(ctx, account, func(k *chosen) error {
		p := k.Pending
		right = false
		if p == nil || !s.now().Before(p.Until) || p.Tries == 0 {
			return nil
		}
		p.Tries--
		if right = hmac.Equal(p.Mac, s.mac(account, p.Address, strings.TrimSpace(code))); right {
			k.Email, k.Pending = p.Address, nil
		}
		return nil
	})
	if err == nil && !right {
		err = fault.New(fault.Unprocessable, "The code does not hold, or not any more. Look at it again, or ask for another one.")
	}
	return err
}

// mac is what is kept of a code.
func (s *Service) mac(account, address, code string) []byte {
	h := hmac.New(sha256.New, s.key)
	fmt.Fprintf(h, "%q %q %q", account, address, code)
	return h.Sum(nil)
}

// newCode is one of six digits.
func newCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic(err) // the system has no random numbers
	}
	return fmt.Sprintf("%06d", n)
}

// CheckEmail gives an address for e-mail without spaces around it. The error is Malformed for what is no plain address
// of ASCII.
func CheckEmail(address string) (string, error) {
	address = strings.TrimSpace(address)
	a, err := mail.ParseAddress(address)
	if err != nil || a.Address != address || len(address) > emailMost || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fault.New(fault.Malformed, "This is no address for e-mail. It looks like name@example.cn.")
	}
	return address, nil
}
