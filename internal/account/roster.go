package account

import (
	"context"
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// listed is what stands in the register beside an account of staff, owned by its home: staff are found among very many residents, and an
// institution's own among all staff.
type listed struct {
	Name   string `json:"name"`
	Called string `json:"called,omitempty"`
	Phone  string `json:"phone,omitempty"`
}

// list enters the row of an account of staff, or what has changed of it.
func list(ctx context.Context, tx store.Tx, who *Account) error {
	i, err := tx.Item(ctx, kindRoster, who.ID)
	if err != nil {
		return err
	}
	if is, err := listedAs(i, who); err != nil || is {
		return err
	}
	i.Kind, i.ID, i.Owner = kindRoster, who.ID, who.Home
	return must(write(tx, i, listed{who.Name, who.Called, who.Phone}, false))
}

// listedAs tells whether a row says of an account what there is to say.
func listedAs(row store.Item, who *Account) (bool, error) {
	old, err := read[listed](row, nil)
	return old != nil && old.Thing == listed{who.Name, who.Called, who.Phone} && row.Owner == who.Home, err
}

// Sought is what is looked for among the accounts of staff.
type Sought struct {
	Text        string // an id, or a part of the name, of how the person is called or of the phone; "" for all
	Institution string // whose administrator has made them; "" for any, and for none
	Behind      string // the id behind which the list goes on
	Most        int
}

// Entry is an account in a list, with what it can act as now.
type Entry struct {
	Account
	Can []Capacity
}

// Staff are at most so many of the accounts of staff that fit, by their ids, and how many fit in all; next is the id behind which there are
// more. Administrators have those of their institution. Whom nothing fits a part of, operators find by the whole name, phone or id: a resident.
func (a *Accounts) Staff(ctx context.Context, by Hand, want Sought) (page []Entry, total int, next string, err error) {
	if by.runs() != nil {
		want.Institution = by.Acting.Institution
		if err := by.leads(want.Institution); err != nil {
			return nil, 0, "", err
		}
	}
	ids, err := a.fitting(ctx, want)
	if err != nil {
		return nil, 0, "", err
	}
	if len(ids) == 0 && want.Text != "" && want.Institution == "" {
		switch k, err := a.sought(ctx, want.Text); {
		case err == nil:
			ids = []string{k.Thing.ID}
		case fault.CodeOf(err) != fault.NotFound:
			return nil, 0, "", err
		}
	}
	total = len(ids)
	if at, _ := slices.BinarySearch(ids, want.Behind+"\x00"); want.Behind != "" { // the first that is greater
		ids = ids[at:]
	}
	if len(ids) > want.Most {
		ids, next = ids[:want.Most], ids[want.Most-1]
	}
	for _, id := range ids {
		e, err := a.entry(ctx, id)
		if err != nil {
			return nil, 0, "", err
		}
		page = append(page, e)
	}
	return page, total, next, nil
}

// fitting are the ids of the accounts of staff that are looked for, in their order.
func (a *Accounts) fitting(ctx context.Context, want Sought) (ids []string, err error) {
	owner := want.Institution
	if owner == "" {
		owner = "*"
	}
	for behind := ""; ; {
		rows, err := all[listed](a.db.Owned(ctx, kindRoster, owner, behind, rowsAtATime))
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if behind = row.Item.ID; row.Thing.fits(row.Item.ID, want.Text) {
				ids = append(ids, row.Item.ID)
			}
		}
		if len(rows) < rowsAtATime {
			return ids, nil
		}
	}
}

// fits tells whether a text is part of what an account is found by.
func (l *listed) fits(id, text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	digits := strings.NewReplacer(" ", "", "-", "").Replace(text)
	return text == "" || text == id || strings.Contains(l.Name, text) || strings.Contains(strings.ToLower(l.Called), text) ||
		digits != "" && strings.Contains(l.Phone, digits)
}

// entry is an account with what it can act as now.
func (a *Accounts) entry(ctx context.Context, id string) (e Entry, err error) {
	k, err := a.account(ctx, a.db, id)
	if err != nil {
		return e, err
	}
	can, err := a.Can(ctx, &k.Thing)
	return Entry{k.Thing, can}, err
}

// Can is [Accounts.Capacities] but for an account that is closed, or has run out, which can act as nothing.
func (a *Accounts) Can(ctx context.Context, who *Account) ([]Capacity, error) {
	can, err := a.Capacities(ctx, who)
	if fault.CodeOf(err) == fault.Forbidden {
		return nil, nil
	}
	return can, err
}
