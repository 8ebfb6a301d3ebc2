package account

import (
	"context"
	"encoding/hex"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// Sender brings a code to a phone. Its error is Unavailable where trying again may help.
type Sender interface {
	Send(ctx context.Context, phone, text string) error
}

// sent is a code that was sent to a phone.
type sent struct {
	Digest []byte `json:"digest"`
	Tries  int    `json:"tries"` // that are left
}

const (
	codeDigits = 6
	codeTime   = 5 * time.Minute
	codeTries  = 5
)

// codeItem is where the code of a phone stands; its id does not tell the number.
func (a *Accounts) codeItem(phone string) string {
	return hex.EncodeToString(a.config.Box.Digest("code", phone)[:16])
}

// SendCode sends a code to a phone, whoever has it. The error is Malformed for what is no number, TooOften after several,
// NotSupported where no codes are sent.
func (a *Accounts) SendCode(ctx context.Context, phone string, from From) error {
	phone, err := CheckPhone(phone)
	if err != nil {
		return err
	}
	if a.config.Sender == nil {
		return fault.New(fault.NotSupported, "This server sends no codes. Go to a service window.")
	}
	r := a.config.Rates
	wait, err := a.spend(ctx, meter{"send " + phone, r.Send}, meter{"send " + network(from.Address), r.SendMax})
	if err != nil {
		return err
	}
	if wait > 0 {
		return errOften(wait)
	}
	code := digits(codeDigits)
	err = a.writing(ctx, func(tx store.Tx) error {
		i, err := tx.Item(ctx, kindCode, a.codeItem(phone))
		if err != nil {
			return err
		}
		i.Kind, i.ID, i.Until = kindCode, a.codeItem(phone), a.Now().Add(codeTime)
		return must(write(tx, i, sent{a.config.Box.Digest("code "+phone, code), codeTries}, false))
	})
	if err != nil {
		return err
	}
	return a.config.Sender.Send(ctx, phone, "医通验证码 "+code+"，5 分钟内有效。工作人员不会向您索要验证码。Your Yitong code is "+code+"; it holds for 5 minutes. Nobody will ask you for it.")
}

// SignInByCode signs a resident in by the code that was sent to the phone; one who comes for the first time has an account
// from then on, which stands for nobody in the record until the real name is verified.
func (a *Accounts) SignInByCode(ctx context.Context, phone, code string, from From) (token string, err error) {
	phone, err = CheckPhone(phone)
	if err != nil {
		return "", err
	}
	err = a.attempt(ctx, "phone", phone, "phone:"+phone, from, func() (ok bool, err error) {
		err = a.writing(ctx, func(tx store.Tx) error {
			ok, err = a.use(ctx, tx, phone, code)
			return err
		})
		return ok, err
	})
	if err != nil {
		return "", err
	}
	var who *kept[Account]
	err = a.writing(ctx, func(tx store.Tx) error {
		if who, err = a.named(ctx, tx, "phone:"+phone); err != nil || who != nil {
			return err
		}
		who = &kept[Account]{Thing: Account{ID: newID(), Phone: phone}}
		return keep(ctx, tx, who, who.Thing.ID)
	})
	if err != nil {
		return "", err
	}
	if err := who.Thing.Open(a.Now()); err != nil {
		return "", orElse(a.closed(ctx, &who.Thing, from), err)
	}
	return a.enter(ctx, &who.Thing, a.begin(who.Thing.ID, from, Whole, "sms"))
}

// use tells whether a code is the one that was sent, and uses it up; one that was guessed at too often is used up too.
func (a *Accounts) use(ctx context.Context, tx store.Tx, phone, code string) (bool, error) {
	k, err := read[sent](tx.Item(ctx, kindCode, a.codeItem(phone)))
	if err != nil || k == nil || !a.Now().Before(k.Item.Until) || k.Thing.Tries == 0 {
		return false, err
	}
	if same(k.Thing.Digest, a.config.Box.Digest("code "+phone, plain(code))) {
		_, err := tx.Strike(kindCode, k.Item.ID)
		return true, err
	}
	k.Thing.Tries--
	return false, must(write(tx, k.Item, k.Thing, false))
}
