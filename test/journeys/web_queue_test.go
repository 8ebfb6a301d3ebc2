package journeys

import (
	"testing"

	"github.com/go-jose/go-jose/v3"

	"yitong/internal/account"
)

// TestAppQueue: an office opens a room; visits come by several channels; two residents with visits of today check in, one by the code on the
// wall, one by a card at the kiosk; a doctor calls, skips, recalls, sends to tests and finishes; the phone and the wall follow, and the wall
// shows nobody's whole name.
func TestAppQueue(t *testing.T) {
	w := newMorning(t, languages[0])
	w.yitong("import", "testdata/referral.ndjson")
	w.team("office", "guide")
	w.staffed(referrers, "hewei", "lin")
	w.client("hospital-app", account.Client{
		Name: "掌上医院", Backend: true, Keys: publicSet(t, w.key(jose.ES384)), Scopes: "system/*.cruds",
	})
	w.walk("web-queue")
}
