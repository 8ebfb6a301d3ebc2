package export

import "time"

// Split and Marked let the tests look at marks.
var Split = split

// Marked is the mark of a run of a request.
func Marked(key []byte, id, requester, custodian, recipient string, number int, began int64) string {
	r := &request{id: id, requester: requester, custodian: custodian}
	r.Recipient = recipient
	return marks(key).of(r, number, micro(began))
}

func micro(n int64) time.Time { return time.UnixMicro(n) }
