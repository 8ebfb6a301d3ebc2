package account_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"yitong/internal/account"
	"yitong/internal/fault"
)

var hashForm = regexp.MustCompile(`^\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`)

func TestHash(t *testing.T) {
	t.Parallel()
	ctx, h := t.Context(), account.NewHasher(quick)
	one := must(h.Hash(ctx, password))(t)
	two := must(h.Hash(ctx, password))(t)
	if !hashForm.MatchString(one) {
		t.Errorf("the hash is %q", one)
	}
	if one == two {
		t.Error("two hashes of one password are the same: no salt")
	}
	for _, c := range []struct {
		text, password string
		is             bool
	}{
		{one, password, true}, {two, password, true}, {one, password + " ", false}, {one, "", false},
		{"", password, false}, {"", "", false},
	} {
		is, old, err := h.Verify(ctx, c.text, c.password)
		if is != c.is || old || err != nil {
			t.Errorf("Verify(%q, %q) = %t, old %t, %v", c.text, c.password, is, old, err)
		}
	}
	stronger := account.NewHasher(account.Work{Memory: 128, Passes: 1, Lanes: 1})
	if is, old, err := stronger.Verify(ctx, one, password); !is || !old || err != nil {
		t.Errorf("a hash of less work: %t, old %t, %v", is, old, err)
	}
}

// TestUsualWork: the work of a platform is at least what OWASP asks for, and its hashes are good for themselves.
func TestUsualWork(t *testing.T) {
	t.Parallel()
	if w := account.UsualWork; w.Memory < 19<<10 || w.Passes < 2 || w.Lanes < 1 {
		t.Errorf("the usual work is %+v", w)
	}
	h := account.NewHasher(account.Work{})
	text := must(h.Hash(t.Context(), password))(t)
	if is, old, err := h.Verify(t.Context(), text, password); !is || old || err != nil {
		t.Errorf("%t, old %t, %v", is, old, err)
	}
	if want := fmt.Sprintf("$m=%d,t=%d,p=%d$", account.UsualWork.Memory, account.UsualWork.Passes, account.UsualWork.Lanes); !strings.Contains(text, want) {
		t.Errorf("%q does not hold %q", text, want)
	}
}

// TestHashesBroken: a text in the database that is no hash is a defect to be told of, never a panic and never a yes.
func TestHashesBroken(t *testing.T) {
	t.Parallel()
	good := must(account.NewHasher(quick).Hash(t.Context(), password))(t)
	for _, text := range []string{
		"x", "$", "$argon2id$v=19$m=64,t=1,p=1$$", password,
		strings.Replace(good, "argon2id", "argon2i", 1),
		strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "t=1", "t=0", 1),
		strings.Replace(good, "p=1", "p=0", 1),
		strings.Replace(good, "m=64", "m=-1", 1),
		strings.Replace(good, "p=1", "p=1,x", 1),
		good + "$", good[:len(good)-1] + "!",
	} {
		func() {
			defer func() {
				if r := recover(); r != nil {
					t.Errorf("Verify(%q) panics: %v", text, r)
				}
			}()
			is, _, err := account.NewHasher(quick).Verify(t.Context(), text, password)
			if is || fault.CodeOf(err) != fault.Internal {
				t.Errorf("Verify(%q) = %t, %v", text, is, err)
			}
		}()
	}
}

// FuzzDecodeHash: what is read is written again as it was, and has work that can be done.
func FuzzDecodeHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=+64,t=01,p=1 $AA$AA")
	f.Add("$argon2id$v=19$m=64,t=0,p=0$AA$AB")
	f.Fuzz(func(t *testing.T, text string) {
		work, salt, key, err := account.DecodeHash(text)
		if err != nil {
			if fault.CodeOf(err) != fault.Internal {
				t.Fatal(err)
			}
			return
		}
		if work.Passes == 0 || work.Lanes == 0 || len(key) == 0 {
			t.Fatalf("%q is %+v with a key of %d bytes", text, work, len(key))
		}
		if again := account.EncodeHash(work, salt, key); again != text {
			t.Fatalf("%q is written as %q", text, again)
		}
	})
}

// TestHashingWaits: who waits for a turn for too long is told to come back, and hashing goes on after that.
func TestHashingWaits(t *testing.T) {
	t.Parallel()
	h := account.NewHasher(quick)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Hash(gone, password); err != nil { // a turn that is free is taken even so
		refused(t, err, fault.Unavailable)
	}
	var group sync.WaitGroup
	var mu sync.Mutex
	done := map[fault.Code]int{}
	for range 500 {
		group.Go(func() {
			_, _, err := h.Verify(t.Context(), "", password)
			mu.Lock()
			defer mu.Unlock()
			done[fault.CodeOf(err)]++
		})
	}
	group.Wait()
	if done[""] == 0 || done[""]+done[fault.Unavailable] != 500 {
		t.Errorf("500 at once: %v", done)
	}
	if _, err := h.Hash(t.Context(), password); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestUnknownNamesTakeAsLong as a wrong password: for each kind of name as much hashing is done. A hash fills memory, and that
// is what is looked at; unlike time it does not depend on what else the machine does. Other tests can only add to it.
func TestUnknownNamesTakeAsLong(t *testing.T) {
	const memory = 64 << 10 // KiB
	eachDatabase(t, func(w world) {
		w.hire(account.Account{Name: "wang"})
		must(w.Create(w.Context(), account.Console, account.Account{Name: "fresh"}))(w) // has no password yet
		for _, c := range []struct{ name, password string }{
			{"wang", "wrong horse battery staple"}, {"nobody", password}, {"fresh", password}, {"fresh", ""}, {"1 malformed", password},
			{"", password}, {"wang", strings.Repeat("x", 10_000)},
		} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := w.SignIn(w.Context(), c.name, c.password, here)
			runtime.ReadMemStats(&after)
			refused(w, err, fault.Unknown)
			if filled := (after.TotalAlloc - before.TotalAlloc) >> 10; filled < memory {
				w.Errorf("%q with %.20q fills %d KiB, one hash %d", c.name, c.password, filled, memory)
			}
		}
	}, func(c *account.Config) { c.Work = account.Work{Memory: memory, Passes: 1, Lanes: 1} })
}

// hash is what is kept of a password: sealed, for this account.
func (w world) hash(id string) string {
	w.Helper()
	return string(must(w.config.Box.Open("password "+id, w.account(id).Password))(w))
}

// TestOldHashesAreMadeAnew: a password that was kept by less work than today's is kept by today's after a sign-in.
func TestOldHashesAreMadeAnew(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		before := w.hash(wang.ID)
		w.config.Work = account.Work{Memory: 128, Passes: 2, Lanes: 1}
		w = w.on(w.server())
		if _, err := w.SignIn(w.Context(), "wang", "wrong horse battery", here); err == nil {
			w.Fatal("signed in by a wrong password")
		}
		if now := w.hash(wang.ID); now != before {
			w.Error("a wrong password changed what is kept")
		}
		w.signIn(&wang)
		after := w.hash(wang.ID)
		if !strings.HasPrefix(after, "$argon2id$v=19$m=128,t=2,p=1$") {
			w.Errorf("kept as %q", after)
		}
		w.signIn(&wang)
		if now := w.hash(wang.ID); now != after {
			w.Error("it is made anew again and again")
		}
	})
}

// TestChangePassword: who knows the old one chooses another one; all other sessions end.
func TestChangePassword(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		other := wang
		w.signIn(&wang)
		const next = "another horse battery staple"
		s := w.signed(wang.Token)
		refused(w, w.ChangePassword(w.Context(), s, "wrong horse battery", next, here), fault.Unknown)
		refused(w, w.ChangePassword(w.Context(), s, password, "password1234", here), fault.Unprocessable)
		refused(w, w.ChangePassword(w.Context(), s, password, "wang wang wang", here), fault.Unprocessable)
		half := must(w.SignIn(w.Context(), "wang", password, here))(w)
		refused(w, w.ChangePassword(w.Context(), w.signed(half), password, next, here), fault.Unknown)

		good(w, w.ChangePassword(w.Context(), s, password, next, here))
		w.signed(wang.Token)
		for _, dead := range []string{other.Token, half} {
			_, err := w.Signed(w.Context(), dead)
			refused(w, err, fault.Unknown)
		}
		_, err := w.SignIn(w.Context(), "wang", password, here)
		refused(w, err, fault.Unknown)
		must(w.SignIn(w.Context(), "wang", next, here))(w)
		if err := w.ChangePassword(w.Context(), s, next, password, here); fault.CodeOf(err) != fault.Unknown {
			w.Errorf("by what was read before the change: %v", err) // its hash is the old one
		}
	})
}

// TestLongPasswords: what is behind the longest password is not overlooked.
func TestLongPasswords(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		long := strings.Repeat("correct horse battery staple ", 5)[:128]
		good(w, w.ChangePassword(w.Context(), w.signed(wang.Token), password, long, here))
		must(w.SignIn(w.Context(), "wang", long, here))(w)
		_, err := w.SignIn(w.Context(), "wang", long+"x", here)
		refused(w, err, fault.Unknown)
		refused(w, w.ChangePassword(w.Context(), w.signed(wang.Token), long+"x", password, here), fault.Unknown)
		var most []rune // of four bytes each
		for c := range rune(128) {
			most = append(most, '\U00020000'+c*7%128)
		}
		good(w, w.ChangePassword(w.Context(), w.signed(wang.Token), long, string(most), here))
		must(w.SignIn(w.Context(), "wang", string(most), here))(w)
		_, err = w.SignIn(w.Context(), "wang", string(most[:127]), here)
		refused(w, err, fault.Unknown)
	})
}

// TestBox: what is sealed can be opened by who has the key, for what it was sealed for, and is different every time.
func TestBox(t *testing.T) {
	t.Parallel()
	one, other := box(t, 1), box(t, 2)
	a, b := one.Seal("seed 1", []byte("secret")), one.Seal("seed 1", []byte("secret"))
	if string(a) == string(b) {
		t.Error("the same twice")
	}
	if text, err := one.Open("seed 1", a); string(text) != "secret" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	a2 := append([]byte(nil), a...)
	a2[len(a2)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"for another":    func() ([]byte, error) { return one.Open("seed 2", a) },
		"by another key": func() ([]byte, error) { return other.Open("seed 1", a) },
		"changed":        func() ([]byte, error) { return one.Open("seed 1", a2) },
		"cut":            func() ([]byte, error) { return one.Open("seed 1", a[:5]) },
		"nothing":        func() ([]byte, error) { return one.Open("seed 1", nil) },
	} {
		text, err := open()
		if text != nil || fault.CodeOf(err) != fault.Internal ||
			!strings.Contains(errors.Unwrap(err).Error()+err.Error(), "platform's key") {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	if string(one.Digest("a", "bc")) == string(one.Digest("ab", "c")) ||
		string(one.Digest("a", "b")) == string(other.Digest("a", "b")) {
		t.Error("digests do not tell apart")
	}
	for _, n := range []int{0, 16, 31, 33, 64} {
		_, err := account.NewBox(make([]byte, n))
		refused(t, err, fault.Malformed)
	}
	_, err := account.New(nil, nil, account.Config{})
	refused(t, err, fault.Malformed)
}
