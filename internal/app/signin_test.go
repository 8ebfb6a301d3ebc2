package app

import (
	"path/filepath"
	"strings"
	"testing"

	"yitong/internal/account"
	"yitong/internal/gate/trail"
	"yitong/internal/store/sqlite"
)

// TestSignInsAreOnRecord: who signs in, as what, and who is refused, the trail knows by the time they do; of an account that nobody
// knows, and of attempts that were too many, it does not.
func TestSignInsAreOnRecord(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "record.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	kept := trail.NewRecorder(db)
	for _, e := range []account.Event{
		{What: "signed in", Account: "7", Network: "192.0.2.1", Reason: "pwd"}, {What: "refused", Account: "7", Network: "192.0.2.9", Reason: "password"},
		{What: "acts as doctor", Account: "7", Network: "192.0.2.1"}, {What: "refused", Network: "192.0.2.9", Reason: "password, too often"}, {What: "invited", Account: "8"},
	} {
		if err := leave(t.Context(), kept, e); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := db.Loose(t.Context(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range rows {
		r, err := trail.Parse(row.Lines)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, strings.Join([]string{r.Do, string(r.Outcome), r.Who, r.From, r.Query}, " "))
	}
	want := "sign-in done Person/7 192.0.2.1 signed in pwd\nsign-in denied Person/7 192.0.2.9 refused password\nsign-in done Person/7 192.0.2.1 acts as doctor"
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("the trail has\n%s", text)
	}
}
