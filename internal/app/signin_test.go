package app_test

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yitong/internal/account"
	"yitong/internal/app"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
	"yitong/internal/store/sqlite"
)

// TestSignInsAreOnRecord: a server's trail has who signs in, as what, and who looks at accounts; and what somebody asks for who may do
// nothing any more.
func TestSignInsAreOnRecord(t *testing.T) {
	t.Parallel()
	s := settings(t)
	s.DB = "sqlite:" + filepath.Join(t.TempDir(), "record.db")
	s.Auth, s.Addr = "required", freeAddress(t)
	cookie := "yitong=" + signedIn(t, s, "doctor")
	site, stop := serve(t, s)
	ask := func(path string, want int) {
		t.Helper()
		r, err := http.NewRequest(http.MethodGet, site+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", cookie)
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if answer.Body.Close(); answer.StatusCode != want {
			t.Fatalf("%s: %s, want %d", path, answer.Status, want)
		}
	}
	ask("/staff/accounts", http.StatusForbidden)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	id := ""
	err := app.Register{Database: s.Database, Key: s.Key, Zone: s.Zone}.With(t.Context(), func(a *account.Accounts) error {
		who, grants, err := a.Find(t.Context(), account.Console, "person")
		if err != nil {
			return err
		}
		id = who.ID
		return a.Take(t.Context(), account.Console, grants[0].ID)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = freeAddress(t)
	site, stop = serve(t, s)
	ask("/fhir/Patient/1", http.StatusForbidden)
	ask("/staff/accounts", http.StatusForbidden)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), strings.TrimPrefix(s.DB, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	finder := trail.Finder{DB: db, Hasher: store.NewHasher(db.Secret())}
	found, _, err := finder.Find(t.Context(), trail.Wanted{Agents: []string{"Person/" + id}}, trail.Place{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range slices.Backward(found) {
		got = append(got, strings.Join(strings.Fields(strings.Join([]string{r.Do, string(r.Outcome), r.As, strings.Replace(r.On, id, "ID", 1), r.Query, r.From}, " ")), " "))
	}
	want := []string{
		"sign-in done account/ID took an invitation pwd invalid IP", "sign-in done account/ID signed in with a new second factor otp invalid IP",
		"sign-in done account/ID acts as doctor invalid IP", "look denied doctor accounts 127.0.0.1",
		"read denied Patient/1 127.0.0.1", "look denied accounts 127.0.0.1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the trail has\n%s", strings.Join(got, "\n"))
	}
}
