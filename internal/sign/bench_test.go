package sign_test

import (
	"path/filepath"
	"testing"

	"yitong/internal/sign"
	"yitong/internal/store"
	"yitong/internal/store/sqlite"
)

func benchWorld(b *testing.B) world {
	b.Helper()
	db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "record.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	var all store.DB = db
	w := newWorld(b, all)
	w.signed() // makes the authority and the key
	return w
}

// BenchmarkSign signs on SQLite, one after the other and side by side.
func BenchmarkSign(b *testing.B) {
	b.Run("alone", func(b *testing.B) {
		w := benchWorld(b)
		for b.Loop() {
			w.signed()
		}
	})
	b.Run("side by side", func(b *testing.B) {
		w := benchWorld(b)
		b.SetParallelism(16)
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				w.signed()
			}
		})
	})
}

// BenchmarkVerify verifies one signature.
func BenchmarkVerify(b *testing.B) {
	w := benchWorld(b)
	for b.Loop() {
		if v, err := w.Verify(b.Context(), w.wang(), ref("Observation/1")); err != nil || !v.Signatures[0].Valid() {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerifyMany verifies a resource that fifty have signed.
func BenchmarkVerifyMany(b *testing.B) {
	w := benchWorld(b)
	for range 49 {
		w.signedBy(w.wang(), sign.Asked{Ref: ref("Observation/1")})
	}
	for b.Loop() {
		if v, err := w.Verify(b.Context(), w.wang(), ref("Observation/1")); err != nil || len(v.Signatures) != 50 {
			b.Fatal(err)
		}
	}
}
