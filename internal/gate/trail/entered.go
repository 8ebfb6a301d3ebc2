package trail

import (
	"fmt"

	"yitong/internal/store"
)

// Entered adds a line on a version of an item that a transaction has entered into the register; do is what kind of change it is.
func Entered(tx store.Tx, do string, i store.Item) error {
	now, err := tx.Now()
	if err != nil {
		return err
	}
	letter := "U "
	if i.Number == 1 {
		letter = "C "
	}
	r := Record{
		ID: NewID(now), At: now, Do: do, Outcome: Done, Who: i.Author, On: i.Kind + "/" + i.ID,
		Wrote: []string{fmt.Sprintf("%s%s/%s/%d", letter, i.Kind, i.ID, i.Number)}, Sums: []string{ItemSum(i)},
	}
	return tx.Trace(r.Append(nil))
}
