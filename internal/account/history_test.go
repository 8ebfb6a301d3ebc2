package account_test

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/store/sqlite"
)

// TestHistory tells who changed what and when, and shows no secret.
func TestHistory(t *testing.T) {
	eachDatabase(t, func(w world) {
		boss := w.hand("boss", gate.Operator, "")
		id := must(w.Create(w.Context(), boss, account.Account{Name: "wang"}))(w)
		code := must(w.Invite(w.Context(), boss, id, false))(w)
		wang := staff{ID: id, Name: "wang", Token: must(w.Accept(w.Context(), "wang", code, password, here))(w)}
		w.setUp(&wang)
		w.addPasskey(&wang, "key", newAuthenticator(w))
		must(w.Invite(w.Context(), boss, id, true))(w)
		good(w, w.Disable(w.Context(), boss, id, "left"))
		list := must(w.History(w.Context(), boss, "account", id))(w)
		var by []string
		for i, c := range list {
			by = append(by, c.By)
			if c.Number != int64(len(list)-i) || c.At.IsZero() {
				w.Errorf("change %d is %+v", i, c)
			}
		}
		if want := []string{boss.By, boss.By, id, id, id, boss.By, boss.By}; !slices.Equal(by, want) {
			w.Errorf("changed by %q, want %q", by, want)
		}
		text, _ := json.Marshal(list)
		who := w.account(id)
		secrets := []string{encode(who.Password), w.hash(id), encode(who.Seed), encode(who.Spare[0]), encode(who.Invite.Digest), encode(who.Passkeys[0].Credential.PublicKey), "argon2"}
		for _, s := range secrets {
			if s == "" || strings.Contains(string(text), s) {
				w.Errorf("the history shows %q", s)
			}
		}
		if s := string(list[0].Thing); !strings.Contains(s, `"disabled":"left"`) || !strings.Contains(s, `"password"`) ||
			!strings.Contains(s, `"seed"`) || !strings.Contains(s, `"reset":true`) || !strings.Contains(s, `"passkeys":["key"]`) {
			w.Errorf("the last version is %s", s)
		}

		grant := must(w.Give(w.Context(), boss, account.Grant{Account: id, Role: gate.CDC, Institution: "Organization/a", Reason: "secondment"}))(w)
		good(w, w.Take(w.Context(), account.Console, grant))
		list = must(w.History(w.Context(), boss, "grant", grant))(w)
		if len(list) != 2 || list[0].By != "console" || list[1].By != boss.By ||
			!strings.Contains(string(list[0].Thing), `"ended":true`) || strings.Contains(string(list[1].Thing), `"ended"`) {
			w.Errorf("the grant was changed so: %+v", list)
		}

		app := w.app("openid")
		secret, digest := account.NewSecret()
		app.Secret = digest
		app = w.register(app)
		app.Name = "另一个名字"
		must(w.Register(w.Context(), boss, app))(w)
		good(w, w.Close(w.Context(), boss, app.ID, "misuse"))
		list = must(w.History(w.Context(), boss, "client", app.ID))(w)
		text, _ = json.Marshal(list)
		if len(list) != 3 || list[0].By != boss.By || list[2].By != "console" ||
			strings.Contains(string(text), encode(digest)) || strings.Contains(string(text), secret) {
			w.Errorf("the client was changed so: %s", text)
		}
		if c := must(w.Client(w.Context(), app.ID))(w); !c.Knows(secret) || c.Knows("") || c.Knows(string(digest)) ||
			c.Disabled != "misuse" {
			w.Errorf("the client is %+v", c)
		}

		for kind, code := range map[string]fault.Code{"session": fault.Malformed, "key": fault.Malformed, "": fault.Malformed, "account": fault.NotFound, "client": fault.NotFound} {
			_, err := w.History(w.Context(), boss, kind, "x")
			refused(w, err, code)
		}
	})
}

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// account is an account as it is kept.
func (w world) account(id string) account.Account {
	w.Helper()
	who, _, err := w.Find(w.Context(), account.Console, id)
	good(w, err)
	return who
}

// TestNothingSecretIsKept: who reads the database finds no password, no seed, no code, no token and no signing key in it.
func TestNothingSecretIsKept(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "record.db")
	db, err := sqlite.Open(t.Context(), name)
	good(t, err)
	w := newWorld(t, db)
	secrets := map[string][]byte{"the password": []byte(password)}
	who := w.newStaff("wang")
	secrets["its hash"] = []byte("$argon2id$")
	secrets["the half session"] = []byte(who.Token)
	_, begun, err := w.Seed(w.Context(), w.signed(who.Token)) // one that is not ended
	good(t, err)
	w.setUp(who)
	for what, secret := range map[string]string{"the seed": who.Secret, "the seed that was begun": begun} {
		raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
		good(t, err)
		secrets[what], secrets[what+" in letters"] = raw, []byte(secret)
	}
	secrets["the session"], secrets["a spare code"] = []byte(who.Token), []byte(who.Spare[0])
	secrets["a plain spare code"] = []byte(strings.ReplaceAll(who.Spare[0], "-", ""))
	code := must(w.Invite(w.Context(), account.Console, who.ID, true))(w)
	secrets["an invitation"], secrets["a plain invitation"] = []byte(code), []byte(strings.ReplaceAll(code, "-", ""))
	secret, digest := account.NewSecret()
	app := w.app("openid")
	app.Secret = digest
	w.register(app)
	secrets["a client's secret"] = []byte(secret)
	w.resident("13900000001")
	good(t, w.SendCode(w.Context(), "13900000001", here))
	secrets["a phone code"] = []byte(`"` + w.phones.code("13900000001") + `"`)
	for _, k := range must(w.Keys(w.Context()))(w) {
		secrets["a prime of the signing key"], secrets["its exponent"] = k.Private.Primes[0].Bytes(), k.Private.D.Bytes()
	}
	items := w.items()
	if len(items) < 12 {
		t.Fatalf("only %d items", len(items))
	}
	var inside [][]byte // what JSON holds as base64
	for _, i := range items {
		var v any
		if json.Unmarshal(i.Body, &v) != nil {
			inside = append(inside, i.Body)
		}
		texts(v, func(s string) {
			if b, err := base64.StdEncoding.DecodeString(s); err == nil {
				inside = append(inside, b)
			}
		})
		inside = append(inside, []byte(i.ID), []byte(i.Owner), []byte(strings.Join(i.Names, " ")))
	}
	good(t, db.Close())
	files, err := filepath.Glob(name + "*")
	good(t, err)
	for _, f := range files {
		raw, err := os.ReadFile(f)
		good(t, err)
		inside = append(inside, raw)
	}
	for what, secret := range secrets {
		for _, text := range inside {
			if len(secret) == 0 || strings.Contains(string(text), string(secret)) {
				t.Errorf("%s is in the database", what)
				break
			}
		}
	}
}

// texts calls do for every text of a JSON value.
func texts(v any, do func(string)) {
	switch v := v.(type) {
	case string:
		do(v)
	case []any:
		for _, e := range v {
			texts(e, do)
		}
	case map[string]any:
		for _, e := range v {
			texts(e, do)
		}
	}
}

// TestTheLogHoldsNothingPersonal: events name accounts by their ids and hold no name, number, phone, code or password.
func TestTheLogHoldsNothingPersonal(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.verified("13900000001", "李小明", "110101199001011237")
		wang := w.hire(account.Account{Name: "wang", Called: "王医生", Phone: "13900000007"})
		w.act(&wang, "grant/"+w.give(wang.ID, "guide", "Organization/a"))
		_ = w.guess("wang", "192.0.2.1")
		_ = w.guess("zhang.who.is.nobody", "192.0.2.1")
		_, _ = w.SignInByCode(w.Context(), "13900000002", "123456", here)
		_, _ = w.Second(w.Context(), w.half("wang"), "123456", here)
		_, _ = w.VerifyName(w.Context(), w.signed(w.resident("13900000002")), account.Claim{Name: "陈芳", System: card, Number: "1"}, here)
		good(w, w.Disable(w.Context(), account.Console, wang.ID, "because of Mrs Chen"))
		events := w.log.all()
		text, _ := json.Marshal(events)
		for _, secret := range []string{"李小明", "陈芳", "王医生", "wang", "zhang.who", "1101011990", "1390000", "123456", "Mrs Chen", password, wang.Token, wang.Secret} {
			if strings.Contains(string(text), secret) {
				w.Errorf("the log holds %q: %s", secret, text)
			}
		}
		var what []string
		for _, e := range events {
			what = append(what, e.What)
		}
		for _, want := range []string{"signed in", "refused", "invited", "took an invitation", "acts as guide", "was given the role guide", "verified a real name", "disabled"} {
			if !slices.Contains(what, want) {
				w.Errorf("the log does not tell of %q: %q", want, what)
			}
		}
	})
}

// TestSweep takes out what has run out an hour ago, and nothing else.
func TestSweep(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		grant := w.give(wang.ID, "guide", "Organization/a")
		app := w.register(w.app("openid"))
		resident := w.signed(w.resident("13900000001")).Account.ID
		good(w, w.SendCode(w.Context(), "13900000001", here))
		_ = w.guess("wang", "192.0.2.1")
		key := must(w.Keys(w.Context()))(w)[0].ID
		count := func() map[string]int {
			kinds := map[string]int{}
			for _, i := range w.items() {
				kinds[i.Kind]++
			}
			return kinds
		}
		before := count()
		good(w, w.Sweep(w.Context()))
		if after := count(); after["session"] != before["session"] || after["code"] != 1 {
			w.Errorf("swept at once: %v, before %v", after, before)
		}
		w.clock.forward(89 * time.Minute) // the sessions and the code ran out within half an hour
		good(w, w.Sweep(w.Context()))
		if after := count(); after["session"] == 0 {
			w.Errorf("swept too early: %v", after)
		}
		w.clock.forward(24 * time.Hour)
		good(w, w.Sweep(w.Context()))
		after := count()
		if after["session"]+after["code"]+after["meter"] != 0 {
			w.Errorf("left: %v", after)
		}
		for _, kind := range []string{"account", "grant", "client", "key"} {
			if after[kind] != before[kind] || after[kind] == 0 {
				w.Errorf("%d of the kind %s, before %d", after[kind], kind, before[kind])
			}
		}
		w.account(wang.ID)
		w.account(resident)
		must(w.Client(w.Context(), app.ID))(w)
		if got := w.can(wang.ID); !slices.Equal(got, []string{"grant/" + grant}) || must(w.Keys(w.Context()))(w)[0].ID != key {
			w.Errorf("can act as %q", got)
		}
	})
}

// TestSweepMany: one sweep takes out all that has run out, however much that is.
func TestSweepMany(t *testing.T) {
	eachDatabase(t, func(w world) {
		for i := range 26 { // 1040 meters
			var meters []account.Meter
			for j := range 40 {
				meters = append(meters, account.NewMeter(strings.Repeat("x", i*40+j), account.Rate{Burst: 1, Every: time.Second}))
			}
			must(w.Spend(w.Context(), meters...))(w)
		}
		w.clock.forward(2 * time.Hour)
		good(w, w.Sweep(w.Context()))
		if left := w.items(); len(left) != 0 {
			w.Errorf("%d are left", len(left))
		}
	})
}
