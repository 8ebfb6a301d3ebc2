package account

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// proofRoster is the id of the proof that accounts of staff are listed, and up to when.
const proofRoster = "roster"

// proved is what that proof says.
type proved struct {
	Until time.Time `json:"until"` // all accounts that were made before are listed
}

// rosterOfOld lists the accounts of staff that earlier versions of the program have made, once in the life of a record. What they make
// and change from then on, [Accounts.ListAnew] lists.
func (a *Accounts) rosterOfOld(ctx context.Context) error {
	done, err := a.db.Item(ctx, kindProof, proofRoster)
	if err != nil || done.Exists() {
		return err
	}
	began := a.Now()
	for behind := ""; ; {
		accounts, err := all[Account](a.db.Owned(ctx, kindAccount, "*", behind, rowsAtATime))
		if err != nil {
			return err
		}
		for part := range slices.Chunk(accounts, rowsInOne) {
			if err := a.listAll(ctx, part); err != nil {
				return err
			}
		}
		if len(accounts) < rowsAtATime {
			break
		}
		behind = accounts[len(accounts)-1].Item.ID
	}
	return a.proveRoster(ctx, done, began)
}

// listAll lists those of some accounts that are of staff, as they are by now.
func (a *Accounts) listAll(ctx context.Context, some []kept[Account]) error {
	return a.writing(ctx, func(tx store.Tx) error {
		for _, one := range some {
			if !one.Thing.Staff() {
				continue
			}
			now, err := a.account(ctx, tx, one.Item.ID)
			if err == nil {
				err = list(ctx, tx, &now.Thing)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// proveRoster enters that all accounts are listed that were made before an instant. If another server is quicker, its word stands.
func (a *Accounts) proveRoster(ctx context.Context, i store.Item, until time.Time) error {
	return a.writing(ctx, func(tx store.Tx) error {
		i.Kind, i.ID = kindProof, proofRoster
		_, err := write(tx, i, proved{until}, false)
		return err
	})
}

const (
	rosterProved = time.Hour        // how often it is kept how far accounts are listed
	rosterLate   = 10 * time.Minute // behind its id an account stands at the latest
)

// walk is how far the rows of staff are looked through.
type walk struct {
	lock   sync.Mutex
	behind string
}

// ListAnew lists what servers of an earlier version have made or changed, which list nothing, and is for a clock to call as long as the
// program runs: such a server may come back. It costs little: accounts that are new are found by their ids, and a part of the rows of staff
// is held against their accounts each time.
func (a *Accounts) ListAnew(ctx context.Context) error {
	a.walk.lock.Lock()
	defer a.walk.lock.Unlock()
	lacking, err := a.stale(ctx)
	if err != nil {
		return err
	}
	proof, err := a.db.Item(ctx, kindProof, proofRoster)
	if err != nil || !proof.Exists() {
		return err
	}
	done := proved{proof.Updated} // earlier versions have said no more than that it was done
	if len(proof.Body) > 0 {
		if err := json.Unmarshal(proof.Body, &done); err != nil {
			return fault.Wrap(err, "reading the register")
		}
	}
	now := a.Now()
	fresh, err := a.unlisted(ctx, done.Until.Add(-rosterLate))
	if err != nil {
		return err
	}
	for part := range slices.Chunk(append(lacking, fresh...), rowsInOne) {
		if err := a.listAll(ctx, part); err != nil {
			return err
		}
	}
	if now.Sub(done.Until) < rosterProved {
		return nil
	}
	return a.proveRoster(ctx, proof, now)
}

// stale are accounts in the next part of the rows of staff that are not as their rows say.
func (a *Accounts) stale(ctx context.Context) (some []kept[Account], err error) {
	rows, err := a.db.Owned(ctx, kindRoster, "*", a.walk.behind, rowsAtATime)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		k, err := a.account(ctx, a.db, row.ID)
		if fault.CodeOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if is, err := listedAs(row, &k.Thing); err != nil {
			return nil, err
		} else if !is {
			some = append(some, *k)
		}
	}
	if a.walk.behind = ""; len(rows) == rowsAtATime {
		a.walk.behind = rows[len(rows)-1].ID
	}
	return some, nil
}

// unlisted are the accounts of staff that were made since an instant and have no row.
func (a *Accounts) unlisted(ctx context.Context, since time.Time) (some []kept[Account], err error) {
	for behind := idAt(since); ; {
		accounts, err := all[Account](a.db.Owned(ctx, kindAccount, "*", behind, rowsAtATime))
		if err != nil {
			return nil, err
		}
		for _, one := range accounts {
			if behind = one.Item.ID; !one.Thing.Staff() {
				continue
			}
			row, err := a.db.Item(ctx, kindRoster, behind)
			if err != nil {
				return nil, err
			}
			if !row.Exists() {
				some = append(some, one)
			}
		}
		if len(accounts) < rowsAtATime {
			return some, nil
		}
	}
}

// idAt is less than every id that is made from an instant on ([newID]: they begin with the milliseconds).
func idAt(at time.Time) string {
	ms := max(at.UnixMilli(), 0)
	return fmt.Sprintf("%08x-%04x", ms>>16, ms&0xffff)
}
