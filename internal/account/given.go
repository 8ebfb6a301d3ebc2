package account

import (
	"context"
	"strings"
	"time"
)

// Given is a grant with who has given it and ended it: account/ and an id, or console, with the name of a person there.
type Given struct {
	Grant
	ID      string    `json:"id"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	EndedBy string    `json:"endedBy,omitempty"`
	EndedAt time.Time `json:"endedAt,omitzero"`
}

// Given tells of grants, which the caller may see, who has given and ended them.
func (a *Accounts) Given(ctx context.Context, grants []Grant) (list []Given, err error) {
	for _, g := range grants {
		past, err := a.db.Past(ctx, kindGrant, g.ID)
		if err != nil {
			return nil, err
		}
		one := Given{Grant: g, ID: g.ID}
		if n := len(past); n > 0 { // the newest stands first
			one.By, one.At = past[n-1].Author, past[n-1].Updated
			if g.Ended {
				one.EndedBy, one.EndedAt = past[0].Author, past[0].Updated
			}
		}
		list = append(list, one)
	}
	return list, nil
}

// Authors are those who have changed something, as they are called; by are authors as changes name them. Commands have no name.
func (a *Accounts) Authors(ctx context.Context, by ...string) (names map[string]string, err error) {
	names = map[string]string{}
	for _, author := range by {
		if _, known := names[author]; known || author == "" || author == Console.By || strings.HasPrefix(author, Console.By+"/") {
			continue
		}
		k, err := read[Account](a.db.Item(ctx, kindAccount, strings.TrimPrefix(author, "account/")))
		if err != nil {
			return nil, err
		}
		if k != nil {
			names[author] = k.Thing.called()
		}
	}
	return names, nil
}

// called is how the person is addressed, or the name of the account.
func (a *Account) called() string {
	if a.Called != "" {
		return a.Called
	}
	return a.Name
}
