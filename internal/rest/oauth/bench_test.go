package oauth_test

import (
	"path/filepath"
	"testing"

	"yitong/internal/store/sqlite"
)

// BenchmarkPrincipal is the check of a bearer token: one that was checked a moment ago, and one that is new to the server.
func BenchmarkPrincipal(b *testing.B) {
	db := must(sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "record.db")))(b)
	b.Cleanup(func() { good(b, db.Close()) })
	w := newWorld(b, db)
	token := w.public("diary").by(w.li()).tokens("patient/Observation.rs").Access
	b.Run("known", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				must(w.provider.Principal(b.Context(), token))(b)
			}
		})
	})
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			w.accounts.Forget()
			must(w.provider.Principal(b.Context(), token))(b)
		}
	})
}
