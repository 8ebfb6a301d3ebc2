package account_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
	"yitong/test/databases"
)

// lossy is a record whose trail may take no lines, and that counts what is written.
type lossy struct {
	store.DB
	lost   atomic.Bool
	writes atomic.Int64
}

// Write implements [store.DB].
func (l *lossy) Write(ctx context.Context, w store.Work) error {
	l.writes.Add(1)
	do := w.Do
	w.Do = func(tx store.Tx, found store.Found) error { return do(lossyTx{tx, l}, found) }
	return l.DB.Write(ctx, w)
}

// Trace implements [store.DB].
func (l *lossy) Trace(ctx context.Context, lines []byte) error {
	if l.lost.Load() {
		return fault.New(fault.Internal, "There is no room.")
	}
	return l.DB.Trace(ctx, lines)
}

type lossyTx struct {
	store.Tx
	*lossy
}

// Trace implements [store.Tx].
func (t lossyTx) Trace(lines []byte) error {
	if t.lost.Load() {
		return fault.New(fault.Internal, "There is no room.")
	}
	return t.Tx.Trace(lines)
}

func eachLossy(t *testing.T, test func(world, *lossy)) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		l := &lossy{DB: db}
		test(newWorld(t, l), l)
	})
}

// lines are those of the trail with what was done, as text: outcome, person, what and from where.
func (w world) lines(do string) (all []trail.Record) {
	w.Helper()
	for _, row := range must(w.db.Loose(w.Context(), 64<<20))(w) {
		for line := range bytes.Lines(row.Lines) {
			if r := must(trail.Parse(line))(w); r.Do == do {
				all = append(all, r)
			}
		}
	}
	return all
}

// signIns are the lines about sign-ins that do leaves.
func (w world) signIns(do func()) (texts []string) {
	w.Helper()
	before := len(w.lines("sign-in"))
	do()
	for _, r := range w.lines("sign-in")[before:] {
		if r.On != "account/"+strings.TrimPrefix(r.Who, "Person/") || !r.At.Equal(w.clock.Now()) {
			w.Errorf("%+v", r)
		}
		texts = append(texts, strings.Join([]string{string(r.Outcome), r.Who, r.Query, r.From}, " "))
	}
	return texts
}

// TestSignInLines: each step of a sign-in, and each that is refused, leaves its line; of names that nobody has nothing is kept, and of
// attempts that are too many one for each account and network at a time.
func TestSignInLines(t *testing.T) {
	eachLossy(t, func(w world, _ *lossy) {
		wang := w.hire(account.Account{Name: "wang"})
		w.give(wang.ID, "guide", "Organization/a")
		me := "Person/" + wang.ID + " "
		check := func(of string, do func(), want ...string) {
			t.Helper()
			if got := w.signIns(do); !slices.Equal(got, want) {
				w.Errorf("%s: the trail has\n%s\nwant\n%s", of, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
		half := ""
		check("a right password", func() { half = must(w.SignIn(w.Context(), "wang", password, here))(w) }, "done "+me+"showed the first factor pwd 192.0.2.1")
		check("a wrong code", func() { _, _ = w.Second(w.Context(), w.signed(half), "123456", here) }, "denied "+me+"refused second 192.0.2.1")
		w.clock.forward(time.Minute)
		check("a right code", func() { wang.Token = must(w.Second(w.Context(), w.signed(half), w.code(wang.Secret), here))(w) }, "done "+me+"signed in otp 192.0.2.1")
		can := must(w.Capacities(w.Context(), &w.signed(wang.Token).Account))(w)
		check("a role", func() { w.act(&wang, can[0].Source) }, "done "+me+"acts as guide 192.0.2.1")
		check("a wrong password", func() { _, _ = w.SignIn(w.Context(), "wang", "x", at("192.0.2.9")) }, "denied "+me+"refused password 192.0.2.9")
		check("a name that nobody has", func() { _, _ = w.SignIn(w.Context(), "nobody", "x", at("192.0.2.9")) })
		refusals := func(name string) {
			for range 20 {
				_, _ = w.SignIn(w.Context(), name, "x", at("192.0.2.7"))
			}
		}
		failed := slices.Repeat([]string{"denied " + me + "refused password 192.0.2.7"}, account.UsualRates.Sign.Burst)
		check("too many", func() { refusals("wang") }, append(failed, "denied "+me+"refused password, too often 192.0.2.7")...)
		check("too many of nobody", func() { refusals("nobody") })
		w.clock.forward(account.UsualRates.Sign.Every)
		check("later", func() { refusals("wang") }, failed[0], "denied "+me+"refused password, too often 192.0.2.7")
		good(w, w.Disable(w.Context(), account.Console, wang.ID, "left"))
		check("an account that is closed", func() { _, _ = w.SignIn(w.Context(), "wang", password, here) }, "denied "+me+"refused not open 192.0.2.1")

		var token string
		li := func() string { return "Person/" + w.signed(token).Account.ID + " " }
		lines := w.signIns(func() { token = w.resident("13900000001") })
		if !slices.Equal(lines, []string{"done " + li() + "signed in sms 192.0.2.1"}) {
			w.Errorf("a code: %q", lines)
		}
		check("a wrong code", func() { _, _ = w.SignInByCode(w.Context(), "13900000001", "123456", here) }, "denied "+li()+"refused phone 192.0.2.1")
		check("a phone that nobody has", func() { _, _ = w.SignInByCode(w.Context(), "13900000009", "123456", here) })
		c := account.Claim{Name: "李小明", System: card, Number: "110101199001011237"}
		of := func() []string { all := w.lines("sign-in"); return all[len(all)-1].Of }
		if len(of()) != 0 {
			w.Errorf("nobody is known to be %v", of())
		}
		check("a real name", func() { token = must(w.VerifyName(w.Context(), w.signed(token), c, here))(w) }, "done "+li()+"verified a real name 192.0.2.1")
		mine := []string{"Patient/li"}
		if !slices.Equal(of(), mine) {
			w.Errorf("a real name is about %v", of())
		}
		check("a wrong code again", func() { _, _ = w.SignInByCode(w.Context(), "13900000001", "123456", here) }, "denied "+li()+"refused phone 192.0.2.1")
		if !slices.Equal(of(), mine) {
			w.Errorf("who tries to be a resident: the line is about %v", of())
		}
		w.clock.forward(time.Hour)
		if token = w.resident("13900000001"); !slices.Equal(of(), mine) {
			w.Errorf("a resident's sign-in is about %v", of())
		}
	})
}

// TestLinesTellNobody: a sign-in that is refused writes as often for names that nobody has as for others.
func TestLinesTellNobody(t *testing.T) {
	eachLossy(t, func(w world, l *lossy) {
		w.hire(account.Account{Name: "wang"})
		count := func(name string) (writes []int64) {
			for range 10 {
				before := l.writes.Load()
				_, _ = w.SignIn(w.Context(), name, "x", here)
				writes = append(writes, l.writes.Load()-before)
			}
			return writes
		}
		if known, unknown := count("wang"), count("nobody"); !slices.Equal(known, unknown) {
			w.Errorf("%v writes for one that there is, %v for another", known, unknown)
		}
	})
}

// TestNobodyComesInUnseen: while the trail takes no lines nobody signs in, takes a role or is told why not; nothing is used up by it,
// and who is in stays in.
func TestNobodyComesInUnseen(t *testing.T) {
	eachLossy(t, func(w world, l *lossy) {
		wang := w.hire(account.Account{Name: "wang"})
		w.give(wang.ID, "guide", "Organization/a")
		zhao := must(w.Create(w.Context(), account.Console, account.Account{Name: "zhao"}))(w)
		invite := must(w.Invite(w.Context(), account.Console, zhao, false))(w)
		li := w.resident("13900000001")
		w.clock.forward(time.Minute)
		half := must(w.SignIn(w.Context(), "wang", password, here))(w)
		good(w, w.SendCode(w.Context(), "13900000001", here))
		sms := w.phones.code("13900000001")
		source := must(w.Capacities(w.Context(), &w.signed(wang.Token).Account))(w)[0].Source
		c := account.Claim{Name: "李小明", System: card, Number: "110101199001011237"}
		sessions := func() (ids []string) {
			for _, i := range must(w.db.Owned(w.Context(), "session", "*", "", 100))(w) {
				ids = append(ids, i.ID)
			}
			return ids
		}
		before := sessions()
		ways := []struct {
			name string
			try  func() (string, error)
			ok   bool
		}{
			{"a wrong password", func() (string, error) { return w.SignIn(w.Context(), "wang", "x", here) }, false},
			{"a password", func() (string, error) { return w.SignIn(w.Context(), "wang", password, here) }, true},
			{"a wrong code", func() (string, error) { return w.Second(w.Context(), w.signed(half), "123456", here) }, false},
			{"a code", func() (string, error) { return w.Second(w.Context(), w.signed(half), w.code(wang.Secret), here) }, true},
			{"a role", func() (string, error) { return w.Act(w.Context(), w.signed(wang.Token), source) }, true},
			{"an invitation", func() (string, error) { return w.Accept(w.Context(), "zhao", invite, password, here) }, true},
			{"a real name", func() (string, error) { return w.VerifyName(w.Context(), w.signed(li), c, here) }, true},
		}
		l.lost.Store(true)
		for _, way := range ways {
			if token, err := way.try(); token != "" || fault.CodeOf(err) != fault.Unavailable {
				w.Errorf("%s, while the trail takes no lines: %q %v", way.name, token, err)
			}
		}
		if token, err := w.SignInByCode(w.Context(), "13900000001", sms, here); token != "" || fault.CodeOf(err) != fault.Unavailable {
			w.Errorf("a code by phone: %q %v", token, err)
		}
		if after := sessions(); !slices.Equal(after, before) {
			w.Errorf("sessions were %v, are %v", before, after)
		}
		l.lost.Store(false)
		w.clock.forward(10 * time.Second)
		for _, way := range ways {
			if token, err := way.try(); (token != "") != way.ok || way.ok && err != nil {
				w.Errorf("%s, afterwards: %q %v", way.name, token, err)
			}
		}
	})
}

// TestChangesLeaveTheirLine: a change of an account, a grant or a client and its line stand together, or neither does.
func TestChangesLeaveTheirLine(t *testing.T) {
	eachLossy(t, func(w world, l *lossy) {
		id := must(w.Create(w.Context(), account.Console, account.Account{Name: "wang"}))(w)
		grant := must(w.Give(w.Context(), account.Console, account.Grant{Account: id, Role: gate.Guide, Institution: "Organization/a"}))(w)
		app := account.Client{ID: "app", Name: "x", Institution: "Organization/a", Redirects: []string{"https://a.example/back"}, Scopes: "openid", Expires: w.clock.Now().AddDate(1, 0, 0)}
		must(w.Register(w.Context(), account.Console, app))(w)
		changes := []struct {
			kind, id string
			do       func() error
		}{
			{"account", id, func() error { return w.Disable(w.Context(), account.Console, id, "left") }},
			{"account", id, func() error { return w.Disable(w.Context(), account.Console, id, "") }},
			{"account", id, func() error { _, err := w.Invite(w.Context(), account.Console, id, true); return err }},
			{"grant", grant, func() error { return w.Take(w.Context(), account.Console, grant) }},
			{"client", "app", func() error { _, err := w.Register(w.Context(), account.Console, app); return err }},
			{"client", "app", func() error { return w.Close(w.Context(), account.Console, "app", "left") }},
		}
		number := func(kind, id string) int64 { return must(w.db.Item(w.Context(), kind, id))(w).Number }
		for i, c := range changes {
			was, lines := number(c.kind, c.id), len(w.lines("account"))
			l.lost.Store(true)
			if err := c.do(); err == nil || number(c.kind, c.id) != was {
				w.Errorf("%d: %s has changed without a line: %v", i, c.kind, err)
			}
			l.lost.Store(false)
			good(w, c.do())
			all := w.lines("account")
			r, item := all[len(all)-1], must(w.db.Item(w.Context(), c.kind, c.id))(w)
			name := "U " + c.kind + "/" + c.id + "/" + string(rune('0'+was+1))
			if len(all) != lines+1 || !slices.Equal(r.Wrote, []string{name}) || !slices.Equal(r.Sums, []string{trail.ItemSum(item)}) ||
				r.On != c.kind+"/"+c.id || r.Who != "console" || item.Number != was+1 {
				w.Errorf("%d: %s: %d lines more, %+v", i, c.kind, len(all)-lines, r)
			}
		}
		for i, made := range []string{"C account/" + id + "/1", "C grant/" + grant + "/1", "C client/app/1"} {
			if r := w.lines("account")[i]; !slices.Equal(r.Wrote, []string{made}) {
				w.Errorf("%+v, want %s", r, made)
			}
		}
	})
}
