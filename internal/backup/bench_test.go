package backup_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/backup"
	"yitong/internal/store/sqlite"
)

// body is about what a resource is: words that come again, and numbers that do not.
func body(i int) string {
	var b strings.Builder
	for b.Len() < 900 {
		fmt.Fprintf(&b, `{"system":"http://loinc.org","code":"%d-%d","display":"observation","value":%x}`, rand.IntN(90000), i%10, rand.Uint64())
	}
	return b.String()
}

// filled is a record of so many megabytes.
func filled(b *testing.B, megabytes int) *world {
	b.Helper()
	w := newWorld(b)
	w.pace = sqlite.Usual
	w.open(b)
	for range megabytes {
		var lines strings.Builder
		for i := range 1100 {
			lines.WriteString(body(i) + "\n")
		}
		if err := trace(context.Background(), w.db, []byte(lines.String())); err != nil {
			b.Fatal(err)
		}
	}
	return w
}

func BenchmarkBackup(b *testing.B) {
	w := filled(b, 100)
	defer w.close(b)
	for b.Loop() {
		s, _, err := backup.TakeSnapshot(b.Context(), w.path)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(s.Pages * s.PageSize)
		dir := filepath.Join(b.TempDir(), "backup")
		m, err := backup.Begin(dir, w.key)
		if err == nil {
			err = m.Add(b.Context(), dir, w.key, backup.Database{Snapshot: s})
		}
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(m.Files[0].Plain)/float64(m.Files[0].Sealed), "ratio")
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRestore(b *testing.B) {
	w := filled(b, 100)
	dir := w.backUp(b, "backup")
	w.close(b)
	back, err := backup.Open(dir, w.key)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.SetBytes(back.Files[0].Plain)
		if err := back.ReadFile(b.Context(), backup.DatabasePart, filepath.Join(b.TempDir(), "record.db")); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSealing(b *testing.B) {
	var bodies strings.Builder
	for i := range 4000 {
		bodies.WriteString(body(i))
	}
	text := []byte(bodies.String())
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		w, err := backup.NewWriter(io.Discard, newKey(b, 'k'), "a")
		if err == nil {
			_, err = w.Write(text)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkArchiving tells how many times as long 16 writers take with an archive as without, in turns.
func BenchmarkArchiving(b *testing.B) {
	plain, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "plain.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer plain.Close()
	w := newWorld(b)
	w.pace = sqlite.Usual
	w.open(b)
	defer w.close(b)
	took := map[*sqlite.DB]time.Duration{}
	for b.Loop() {
		for _, db := range []*sqlite.DB{plain, w.db} {
			began := time.Now()
			var all sync.WaitGroup
			for range 16 {
				all.Go(func() {
					for i := range 500 {
						if err := trace(context.Background(), db, []byte(body(i)+"\n")); err != nil {
							b.Error(err)
						}
					}
				})
			}
			all.Wait()
			took[db] += time.Since(began)
		}
	}
	b.ReportMetric(float64(took[w.db])/float64(took[plain]), "times-as-long")
}

// BenchmarkReplay brings a record forward by all that was written to it.
func BenchmarkReplay(b *testing.B) {
	w := newWorld(b)
	w.pace = sqlite.Usual
	w.open(b)
	dir := w.backUp(b, "backup")
	for i := range 20_000 {
		if err := trace(context.Background(), w.db, []byte(body(i)+"\n")); err != nil {
			b.Fatal(err)
		}
	}
	w.close(b)
	back, err := backup.Open(dir, w.key)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(w.kept.Status().Bytes)
	for b.Loop() {
		path := filepath.Join(b.TempDir(), "record.db")
		if err := back.ReadFile(b.Context(), backup.DatabasePart, path); err != nil {
			b.Fatal(err)
		}
		if _, err := backup.Replay(b.Context(), w.archive, w.key, path, *back.Anchor, time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(20_000*float64(b.N)/b.Elapsed().Seconds(), "writes/s")
}
