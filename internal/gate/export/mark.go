package export

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// marks makes the marks of runs, and tells those that it made from others.
type marks []byte

// keyUse is what the record's key of marks is for.
const keyUse = "export marks"

// macBytes is how much of the digest stands in a mark: 2^128 are too many to try.
const macBytes = 16

// of is the mark of a run of a request: the id of the Task, the number of the run, and what proves that they belong to this
// requester, recipient and time.
func (k marks) of(r *request, number int, began time.Time) string {
	mac := hmac.New(sha256.New, k)
	for _, part := range []string{r.id, strconv.Itoa(number), r.requester, r.custodian, r.Recipient, strconv.FormatInt(began.UnixMicro(), 10)} {
		fmt.Fprintf(mac, "%d:%s", len(part), part)
	}
	return r.id + "." + strconv.Itoa(number) + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:macBytes])
}

// split takes a mark apart into the id of the Task and the number of the run.
func split(mark string) (id string, number int, ok bool) {
	rest, _, found := cutLast(mark)
	id, text, named := cutLast(rest)
	number, err := strconv.Atoi(text)
	return id, number, found && named && err == nil && number > 0
}

func cutLast(text string) (before, after string, found bool) {
	i := strings.LastIndexByte(text, '.')
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}

// are tells whether two marks are the same, in a time that does not tell how far they are.
func are(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }
