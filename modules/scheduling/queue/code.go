package queue

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"yitong/internal/fault"
)

// codeShown is how long a board shows a code. It is taken for as long again, for who has seen it at the end.
const codeShown = time.Minute

// code is that by which people check in at a department who are there, and until when it is shown. It follows from the department and
// the time, so nothing of it is stored; whoever does not see the board does not know it a minute later.
func (d Desk) code(institution, department string, now time.Time) (text string, until time.Time) {
	window := now.Unix() / int64(codeShown/time.Second)
	return d.codeOf(institution, department, window), time.Unix((window+1)*int64(codeShown/time.Second), 0).In(d.Zone)
}

// codeOf is the code of a window of time.
func (d Desk) codeOf(institution, department string, window int64) string {
	mac := hmac.New(sha256.New, d.Secret)
	mac.Write([]byte(institution + "|" + department + "|" + strconv.FormatInt(window, 10)))
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(mac.Sum(nil))%1_000_000)
}

// Proves refuses a code that the board of a department does not show now, or did not a moment ago.
func (d Desk) Proves(code, institution, department string, now time.Time) error {
	code = strings.TrimSpace(code)
	window, right := now.Unix()/int64(codeShown/time.Second), 0
	for _, w := range []int64{window, window - 1} {
		right |= subtle.ConstantTimeCompare([]byte(code), []byte(d.codeOf(institution, department, w)))
	}
	if len(d.Secret) == 0 || right == 0 {
		return fault.New(fault.Unprocessable, "The board of the department does not show that code, or not any more; read it again there. 报到码不正确或已过期，请在候诊区大屏重新扫码。").At("code").WithIssue("business-rule")
	}
	return nil
}
