package account_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/gate"
	"yitong/internal/store"
)

func rosterIDs(list []account.Entry) (ids []string) {
	for _, e := range list {
		ids = append(ids, e.ID)
	}
	return ids
}

// TestStaffAmongResidents: only staff are listed, also those that an earlier version of the program has made, and those who came since
// when another server was of that version; a resident is found by the whole phone, by operators alone.
func TestStaffAmongResidents(t *testing.T) {
	eachDatabase(t, func(w world) {
		enter := func(id string, who account.Account) string {
			good(w, w.db.Write(w.Context(), store.Work{Puts: 1, Do: func(tx store.Tx, _ store.Found) error {
				i := store.Item{Kind: "account", ID: id, Number: 1, Until: store.ForEver, Body: must(json.Marshal(who))(w)}
				if who.Name != "" {
					i.Names = []string{"name:" + who.Name}
				}
				if ok, err := tx.Enter(i, true); err != nil || !ok {
					return fmt.Errorf("%s %v %w", id, ok, err)
				}
				return nil
			}}))
			return id
		}
		var old []string
		for n := range 120 {
			who := account.Account{Phone: fmt.Sprintf("+86139%08d", n)}
			if n%10 == 0 {
				who = account.Account{Name: fmt.Sprintf("old-%d", n), Home: "Organization/a"}
				old = append(old, fmt.Sprintf("00-%03d", n))
			}
			enter(fmt.Sprintf("00-%03d", n), who)
		}
		good(w, w.Ready(w.Context()))
		good(w, w.Ready(w.Context()))
		staff := func(by account.Hand, want account.Sought) []string {
			want.Most = 100
			page, total, _, err := w.Staff(w.Context(), by, want)
			good(w, err)
			if total != len(page) {
				w.Errorf("%d of %d", len(page), total)
			}
			return rosterIDs(page)
		}
		boss := w.hand("boss", gate.Administrator, "Organization/a")
		if got := staff(boss, account.Sought{}); !slices.Equal(got, old) {
			w.Errorf("the staff of a are %q, want %q", got, old)
		}
		late := enter("00-999", account.Account{Name: "late", Home: "Organization/a"})
		good(w, w.Disable(w.Context(), boss, late, "left"))
		if got := staff(boss, account.Sought{Text: "late"}); !slices.Equal(got, []string{late}) {
			w.Errorf("who was made by an earlier version since is found as %q", got)
		}
		li := w.signed(w.newcomer(1)).Account
		operator := w.hand("lin", gate.Operator, "")
		for want, by := range map[int]account.Hand{1: operator, 0: boss} {
			if got := staff(by, account.Sought{Text: li.Phone}); len(got) != want {
				w.Errorf("by the phone of a resident %q are found", got)
			}
		}
		if got := staff(operator, account.Sought{Text: li.Phone[:9]}); len(got) != 0 {
			w.Errorf("by a part of the phone of a resident %q are found", got)
		}
	})
}

// TestListedDuringAnUpgrade: what a server of an earlier version makes and changes, however late, is found before long; what is not looked
// at again is not read again.
func TestListedDuringAnUpgrade(t *testing.T) {
	eachDatabase(t, func(w world) {
		good(w, w.Ready(w.Context()))
		boss := w.hand("boss", gate.Administrator, "Organization/a")
		wang := must(w.Create(w.Context(), boss, account.Account{Name: "wang", Called: "王一"}))(w)
		older := func(id string, who account.Account) {
			good(w, w.db.Write(w.Context(), store.Work{Puts: 1, Do: func(tx store.Tx, _ store.Found) error {
				i, err := tx.Item(w.Context(), "account", id)
				if err != nil {
					return err
				}
				i.Kind, i.ID, i.Until, i.Number, i.Body = "account", id, store.ForEver, i.Number+1, must(json.Marshal(who))(w)
				if ok, err := tx.Enter(i, true); err != nil || !ok {
					return fmt.Errorf("%s %v %w", id, ok, err)
				}
				return nil
			}}))
		}
		find := func(text string) []string {
			page, _, _, err := w.Staff(w.Context(), boss, account.Sought{Text: text, Most: 10})
			good(w, err)
			return rosterIDs(page)
		}
		for n := range 3 { // upgrades take their time, and go back
			w.clock.forward(26 * time.Hour)
			ms := w.clock.Now().UnixMilli()
			made, called := fmt.Sprintf("%08x-%04x-7000-8000-%012d", ms>>16, ms&0xffff, n), fmt.Sprintf("李%d", n)
			older(made, account.Account{Name: fmt.Sprintf("li-%d", n), Called: called, Home: "Organization/a"})
			older(wang, account.Account{Name: "wang", Called: "王氏" + called, Home: "Organization/a"})
			if got := find(called); len(got) != 0 {
				w.Fatalf("listed by nobody: %q", got)
			}
			good(w, w.ListAnew(w.Context()))
			if got := find(called); !slices.Equal(got, slices.Sorted(slices.Values([]string{made, wang}))) {
				w.Errorf("found %q, not %s and %s", got, made, wang)
			}
		}
	})
}

// TestSeen: an account tells when its person last signed in; to show the second factor once more is no sign-in.
func TestSeen(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		look := func(when string, want time.Time) {
			w.Helper()
			if seen := w.account(wang.ID).Seen; !seen.Equal(want) {
				w.Errorf("%s: seen %v, want %v", when, seen, want)
			}
		}
		look("at the first sign-in", w.clock.Now())
		w.clock.forward(time.Hour)
		if _, err := w.SignIn(w.Context(), "wang", password, here); err != nil {
			w.Error(err)
		}
		look("by the password alone", w.clock.Now().Add(-time.Hour))
		w.signIn(&wang)
		at := w.clock.Now()
		look("by both", at)
		w.clock.forward(time.Minute)
		must(w.Second(w.Context(), w.signed(wang.Token), w.code(wang.Secret), here))(w)
		look("shown once more", at)
	})
}

// TestClientsOfAnInstitution: administrators have the programs that act for their institution, and no others.
func TestClientsOfAnInstitution(t *testing.T) {
	eachDatabase(t, func(w world) {
		boss := w.hand("boss", gate.Administrator, "Organization/a")
		var own []string
		for n := range 5 {
			w.register(w.app("user/*.rs"))
			c := w.feed("system/*.rs")
			if n%2 == 1 {
				c.Institution = "Organization/b"
			}
			if id := w.register(c).ID; n%2 == 0 {
				own = append(own, id)
			}
		}
		slices.Sort(own)
		var got []string
		for behind := ""; ; {
			page := must(w.Clients(w.Context(), boss, behind, 2))(w)
			if len(page) == 0 {
				break
			}
			for _, c := range page {
				behind = c.ID
				got = append(got, c.ID)
			}
		}
		if !slices.Equal(got, own) {
			w.Errorf("the programs of a are %q, want %q", got, own)
		}
	})
}

// slowly is a database in which something happens between a look at all accounts and the next write.
type slowly struct {
	store.DB
	looked  bool
	between func()
}

// Owned implements [store.RegisterReader].
func (s *slowly) Owned(ctx context.Context, kind, owner, behind string, most int) ([]store.Item, error) {
	s.looked = s.looked || kind == "account"
	return s.DB.Owned(ctx, kind, owner, behind, most)
}

// Write implements [store.DB].
func (s *slowly) Write(ctx context.Context, work store.Work) error {
	if between := s.between; s.looked && between != nil {
		s.between = nil
		between()
	}
	return s.DB.Write(ctx, work)
}

// TestListedBesideChanges: who is changed by another server while the accounts of old are listed is listed as changed.
func TestListedBesideChanges(t *testing.T) {
	eachDatabase(t, func(w world) {
		enter := func(kind, owner, called string) {
			good(w, w.db.Write(w.Context(), store.Work{Puts: 1, Do: func(tx store.Tx, _ store.Found) error {
				i, err := tx.Item(w.Context(), kind, "00-007")
				if err != nil {
					return err
				}
				i.Kind, i.ID, i.Owner, i.Until, i.Number = kind, "00-007", owner, store.ForEver, i.Number+1
				i.Body = must(json.Marshal(account.Account{Name: "old", Called: called, Home: "Organization/a"}))(w)
				if ok, err := tx.Enter(i, kind == "account"); err != nil || !ok {
					return fmt.Errorf("%s %v %w", kind, ok, err)
				}
				return nil
			}}))
		}
		enter("account", "", "before")
		db := &slowly{DB: w.db, between: func() {
			enter("account", "", "after")
			enter("roster", "Organization/a", "after")
		}}
		good(w, must(account.New(db, w.gate, w.config))(w).Ready(w.Context()))
		found, _, _, err := w.Staff(w.Context(), w.hand("boss", gate.Administrator, "Organization/a"), account.Sought{Text: "after", Most: 1})
		if err != nil || len(found) != 1 {
			w.Errorf("by the new name %v are found: %v", found, err)
		}
	})
}
