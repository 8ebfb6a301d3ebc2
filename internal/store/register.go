package store

import (
	"context"
	"time"
)

// Item is one version of something that the platform keeps beside the record for itself: an account, a session, a
// token (ADR 15). It is no resource: nobody searches for it, and who may use it is not a matter of the gate.
type Item struct {
	Kind    string
	ID      string    // unique in its kind
	Number  int64     // of the version, from 1
	Updated time.Time // when the version was made, by the database's clock; Enter fills it in
	Author  string    // who made the version
	Owner   string    // by which items are listed, such as the account of a session; "" for none
	Names   []string  // by which it is found beside its ID, each unique in its kind; versions of the past have none
	Until   time.Time // when it has run out, in microseconds, or [ForEver]; it stays readable until it is swept
	Body    []byte
}

// Exists tells whether there is such an item.
func (i Item) Exists() bool { return i.Number != 0 }

// RegisterReader finds items. Those that have run out are found too, as long as they have not been swept: the caller has
// the clock.
type RegisterReader interface {
	// Item is the newest version of an item; the zero Item where there is none.
	Item(ctx context.Context, kind, id string) (Item, error)
	// Named is the newest version of the item that has a name; the zero Item where there is none.
	Named(ctx context.Context, kind, name string) (Item, error)
	// Owned are at most so many items of a kind that belong to an owner, by their IDs, from behind one; of any owner and
	// none for the owner "*".
	Owned(ctx context.Context, kind, owner, behind string, most int) ([]Item, error)
}

// Register is what a database offers for items outside transactions.
type Register interface {
	RegisterReader
	// OwnedBy are the first items of a kind that belong to each of some owners, at most so many of each, as Owned gives them; "*" owns none.
	OwnedBy(ctx context.Context, kind string, owners []string, most int) ([][]Item, error)
	// Past are the versions of an item that were kept, newest first, the newest of all included.
	Past(ctx context.Context, kind, id string) ([]Item, error)
	// Sweep takes out at most so many items that had run out by an instant, with what is kept of their past, and
	// tells how many.
	Sweep(ctx context.Context, by time.Time, most int) (int, error)
}

// RegisterTx changes items. All items that one transaction enters stand or fall with it.
type RegisterTx interface {
	RegisterReader
	// Enter writes the version of an item that follows the one that is there: its Number is greater by one, 1 where
	// there is none. It tells false, and writes nothing, if another version is there, or another item of the kind
	// has one of the names. With keep, the version that it follows stays readable by Past.
	Enter(i Item, keep bool) (bool, error)
	// Strike takes an item out, with what is kept of its past. It tells false if it was not there.
	Strike(kind, id string) (bool, error)
}
