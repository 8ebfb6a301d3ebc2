package account_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// counting counts the items that are read.
type counting struct {
	store.DB
	items atomic.Int64
}

func (c *counting) Item(ctx context.Context, kind, id string) (store.Item, error) {
	c.items.Add(1)
	return c.DB.Item(ctx, kind, id)
}

func (c *counting) Named(ctx context.Context, kind, name string) (store.Item, error) {
	c.items.Add(1)
	return c.DB.Named(ctx, kind, name)
}

func (c *counting) Owned(ctx context.Context, kind, owner, behind string, most int) ([]store.Item, error) {
	list, err := c.DB.Owned(ctx, kind, owner, behind, most)
	c.items.Add(int64(len(list)) + 1)
	return list, err
}

// ids are those of holders, sorted.
func ids(list []account.Holder) (ids []string) {
	for _, h := range list {
		ids = append(ids, h.Account.ID)
	}
	slices.Sort(ids)
	return ids
}

// TestHolders: who holds a role at an institution is who can act in it now, by a grant or a post, and nobody else.
func TestHolders(t *testing.T) {
	eachDatabase(t, func(w world) {
		su, wang := w.hire(account.Account{Name: "suli"}), w.hire(account.Account{Name: "wang", Person: "Practitioner/wang"})
		want := func(role gate.Role, where string, accounts ...string) {
			t.Helper()
			slices.Sort(accounts)
			list := must(w.Holders(w.Context(), where, role, 10))(w)
			if got := ids(list); !slices.Equal(got, accounts) {
				w.Errorf("%s at %s is held by %q, want %q", role, where, got, accounts)
			}
			for _, h := range list {
				if h.Capacity.Role != role || where != "" && h.Capacity.Institution != where {
					w.Errorf("the capacity is %+v", h.Capacity)
				}
			}
		}
		want(gate.Office, "Organization/a")
		grant := w.give(su.ID, "office", "Organization/a")
		w.give(su.ID, "office", "Organization/a") // twice, but one person
		w.give(su.ID, "guide", "Organization/b")
		w.put(post("p", "wang", "a", "office"))
		want(gate.Office, "Organization/a", su.ID, wang.ID)
		want(gate.Guide, "Organization/b", su.ID)
		want(gate.Office, "", su.ID, wang.ID) // wherever
		want(gate.Guide, "", su.ID)
		want(gate.Regulator, "")
		want(gate.Office, "Organization/b")
		want(gate.Guide, "Organization/a")
		if list := must(w.Holders(w.Context(), "Organization/a", gate.Office, 1))(w); len(list) != 1 {
			w.Errorf("of two, one is %d", len(list))
		}
		good(w, w.Take(w.Context(), account.Console, grant))
		want(gate.Office, "Organization/a", su.ID, wang.ID) // by the other grant
		until := must(w.Give(w.Context(), account.Console, account.Grant{Account: su.ID, Role: gate.Administrator, Institution: "Organization/a", Until: w.clock.Now().Add(time.Hour)}))(w)
		want(gate.Administrator, "Organization/a", su.ID)
		w.clock.forward(time.Hour)
		want(gate.Administrator, "Organization/a")
		good(w, w.Take(w.Context(), account.Console, until)) // its row may have been swept
		good(w, w.Disable(w.Context(), account.Console, su.ID, "gone"))
		want(gate.Office, "Organization/a", wang.ID)
		want(gate.Office, "", wang.ID)
		want(gate.Guide, "")
	})
}

// TestWhoActsForAResident: who acts for a resident now is found by the resident, by grants and by the resident's own Consent, until that is withdrawn.
func TestWhoActsForAResident(t *testing.T) {
	eachDatabase(t, func(w world) {
		li := w.gate.Session(must(w.BySession(w.Context(), w.verified("13900000001", "李小明", "110101199001011237")))(w).Actor())
		chen := w.signed(w.verified("13900000002", "陈芳", "110101199002021245")).Account.ID
		want := func(resident string, accounts ...string) {
			t.Helper()
			list := must(w.Proxies(w.Context(), ref("Patient", resident), 10))(w)
			if got := ids(list); !slices.Equal(got, accounts) {
				w.Errorf("%q act for %s, want %q", got, resident, accounts)
			}
			for _, h := range list {
				if a := w.Principal(h).Actor(); a.Role != gate.Proxy || a.Resident != ref("Patient", "li") || a.Access == nil {
					w.Errorf("as the gate knows them: %+v", a)
				}
			}
		}
		want("li")
		good(w, w.write(li, opens(numberOfChen, "active", "")))
		want("li", chen)
		want("chen")
		self := func(h account.Holder) bool { return h.Capacity.Role == gate.Resident }
		if list := must(w.Persons(w.Context(), []string{"Patient/none", "Patient/chen"}, self))(w); !slices.Equal(ids(list), []string{chen}) {
			w.Errorf("chen is %q", ids(list))
		}
		good(w, w.write(li, opens(numberOfChen, "inactive", "")))
		want("li")
		grant := must(w.Give(w.Context(), account.Console, account.Grant{
			Account: chen, Role: gate.Proxy, Resident: "Patient/li", Reason: "daughter", Until: w.clock.Now().AddDate(0, 1, 0),
		}))(w)
		want("li", chen)
		good(w, w.Take(w.Context(), account.Console, grant))
		want("li")
	})
}

// TestHoldersAmongMany: of 10 000 accounts, whose grants an earlier version of the program has given, only those of the office are read.
func TestHoldersAmongMany(t *testing.T) {
	eachDatabase(t, func(w world) {
		const many, of = 10_000, 5
		var items []store.Item
		var office []string
		for n := range many {
			g := account.Grant{Account: fmt.Sprintf("account-%05d", n), Role: gate.Guide, Institution: "Organization/a", Ended: n == 77}
			if n%(many/of) == 77 {
				g.Role = gate.Office
				if !g.Ended {
					office = append(office, g.Account)
				}
			}
			items = append(items,
				store.Item{Kind: "account", ID: g.Account, Body: must(json.Marshal(account.Account{Name: g.Account}))(w)},
				store.Item{Kind: "grant", ID: fmt.Sprintf("grant-%05d", n), Owner: g.Account, Body: must(json.Marshal(g))(w)})
		}
		for part := range slices.Chunk(items, 100) {
			good(w, w.db.Write(w.Context(), store.Work{Puts: len(part), Do: func(tx store.Tx, _ store.Found) error {
				for _, i := range part {
					i.Number, i.Until = 1, store.ForEver
					if ok, err := tx.Enter(i, false); err != nil || !ok {
						return fmt.Errorf("%s %v %w", i.ID, ok, err)
					}
				}
				return nil
			}}))
		}
		db := &counting{DB: w.db}
		a := must(account.New(db, w.gate, w.config))(w)
		good(w, a.Ready(w.Context()))
		db.items.Store(0)
		if got := ids(must(a.Holders(w.Context(), "Organization/a", gate.Office, 200))(w)); !slices.Equal(got, office) {
			w.Errorf("the office is %q, want %q", got, office)
		}
		if n := db.items.Load(); n > 10*of {
			w.Errorf("%d items were read for %d people", n, of)
		}
		db.items.Store(0)
		if got := must(a.Holders(w.Context(), "Organization/a", gate.Guide, 3))(w); len(got) != 3 {
			w.Errorf("of all guides, three are %d", len(got))
		}
		if n := db.items.Load(); n > 600 {
			w.Errorf("%d items were read for three people", n)
		}
		db.items.Store(0)
		good(w, a.Ready(w.Context())) // nothing lacks any more
		if n := db.items.Load(); n > 2*many+100 {
			w.Errorf("%d items were read to see that nothing lacks", n)
		}
	})
}
