package sqlite

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/store"
	"yitong/internal/store/seal"
	"yitong/internal/store/storetest"
)

// beside is a record that is opened and closed again and again.
type beside struct {
	*testing.T
	path   string
	bodies seal.Bodies
	*DB
}

func (b *beside) open() {
	b.Helper()
	db, err := Open(b.Context(), b.path, Sealing(b.bodies))
	if err != nil {
		b.Fatal(err)
	}
	b.DB = db
}

func (b *beside) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// again closes the record and opens it, with what was done to its files in between.
func (b *beside) again(between func()) {
	b.Helper()
	b.must(b.Close())
	between()
	b.open()
}

// holds tells what is loose, and whether it is in the record.
func (b *beside) holds(inRecord bool, want ...string) []int64 {
	b.Helper()
	ids := b.loose(want...)
	for _, id := range ids {
		if id < 0 != inRecord {
			b.Errorf("row %d of %q is in the record: %t", id, want, id < 0)
		}
	}
	return ids
}

// loose tells what is loose.
func (b *beside) loose(want ...string) (ids []int64) {
	b.Helper()
	rows, err := b.Loose(b.Context(), 1<<30)
	b.must(err)
	var got string
	for _, r := range rows {
		ids, got = append(ids, r.ID), got+string(r.Lines)
	}
	if strings.TrimSuffix(got, "\n") != strings.Join(want, "\n") {
		b.Errorf("there is %q loose, want %q", got, want)
	}
	return ids
}

func (b *beside) bind(number int64, rows []int64) {
	b.Helper()
	at := time.UnixMicro(1)
	is, err := b.Bind(b.Context(), store.Binding{Batch: &store.Batch{Number: number, First: at, Last: at, Lines: 1, Body: []byte("x")}, Rows: rows})
	if err != nil || !is {
		b.Fatalf("bound: %t %v", is, err)
	}
}

// files are those of the lines.
func (b *beside) files() map[string][]byte {
	b.Helper()
	all := map[string][]byte{}
	if text, err := os.ReadFile(b.path + besidesSuffix); err == nil {
		all[b.path+besidesSuffix] = text
	}
	return all
}

// TestLinesBeside: a line that an answer left is bound once, wherever a server is broken off and whichever of its files is older.
func TestLinesBeside(t *testing.T) {
	t.Parallel()
	b := &beside{T: t, path: filepath.Join(t.TempDir(), "record.db"), bodies: storetest.Sealing(t, 1, true)}
	b.open()
	defer func() { b.must(b.Close()) }()
	for i := range 3 {
		b.must(b.Trace(t.Context(), fmt.Appendf(nil, "line %d\n", i)))
	}
	before := b.files()
	for _, text := range before {
		if bytes.Contains(text, []byte("line ")) {
			t.Error("a line is not sealed")
		}
	}
	b.bind(1, b.holds(false, "line 0", "line 1", "line 2")[:2])
	b.again(func() {}) // the server was stopped before the third was bound: it is in the record now
	rows := b.holds(true, "line 2")
	b.again(func() { // a power cut: what was taken out is there again
		for name, text := range before {
			b.must(os.WriteFile(name, text, 0o600))
		}
	})
	b.holds(true, "line 2")
	b.bind(2, rows)
	b.again(func() {
		for name := range maps.Keys(before) {
			_ = os.Remove(name)
		}
	})
	b.must(b.Trace(t.Context(), []byte("line 3\n")))
	if ids := b.holds(false, "line 3"); ids[0] <= 3 {
		t.Errorf("the number %d is given again", ids[0])
	}
}

// TestNotTheFirst: rows that are not the first cannot be bound, for those before them would be taken to be.
func TestNotTheFirst(t *testing.T) {
	t.Parallel()
	b := &beside{T: t, path: filepath.Join(t.TempDir(), "record.db")}
	b.open()
	defer func() { b.must(b.Close()) }()
	b.must(b.Trace(t.Context(), []byte("a\n")))
	b.must(b.Trace(t.Context(), []byte("b\n")))
	rows := b.holds(false, "a", "b")
	if is, err := b.Bind(t.Context(), store.Binding{Batch: &store.Batch{Number: 1, Body: []byte("x")}, Rows: rows[1:]}); is || err == nil {
		t.Errorf("bound: %t %v", is, err)
	}
	b.holds(false, "a", "b")
}

// TestTornEnd: what was being written when the power went is cut off, wherever that was, and everything before it is there.
func TestTornEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	whole := &beside{T: t, path: filepath.Join(dir, "whole.db")}
	whole.open()
	for i := range 3 {
		whole.must(whole.Trace(t.Context(), fmt.Appendf(nil, "line %d\n", i)))
	}
	text := whole.files()[whole.path+besidesSuffix]
	whole.must(whole.Close())
	size := len(text) / 3
	for _, spoil := range []func([]byte) []byte{
		func(b []byte) []byte { return b[:2*size+1] },
		func(b []byte) []byte { return b[:2*size+headBytes] },
		func(b []byte) []byte { return b[:len(b)-1] },
		func(b []byte) []byte { b[2*size]++; return b },           // its number
		func(b []byte) []byte { b[2*size+8]--; return b },         // its length
		func(b []byte) []byte { b[2*size+11] = 0xff; return b },   // longer than the file
		func(b []byte) []byte { b[len(b)-1] ^= 1; return b },      // the row
		func(b []byte) []byte { clear(b[2*size:]); return b },     // a length without the bytes
		func(b []byte) []byte { return append(b[:2*size], b...) }, // older frames behind it
	} {
		b := &beside{T: t, path: filepath.Join(t.TempDir(), "record.db")}
		b.must(os.WriteFile(b.path+besidesSuffix, spoil(bytes.Clone(text)), 0o600))
		b.open()
		b.holds(true, "line 0", "line 1")
		b.must(b.Trace(t.Context(), []byte("next\n")))
		rows := b.loose("line 0", "line 1", "next")
		b.bind(1, rows)
		b.must(b.Close())
	}
}

// TestTwoProcesses: while one has the file, what another adds stands in the record; both find everything, and when the one ends the
// other goes on in the file.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	one := &beside{T: t, path: filepath.Join(t.TempDir(), "record.db")}
	one.open()
	other := &beside{T: t, path: one.path}
	one.must(one.Trace(t.Context(), []byte("a\n")))
	other.open() // brings it into the record
	defer func() { other.must(other.Close()) }()
	one.holds(true, "a")
	one.must(one.Trace(t.Context(), []byte("b\n")))
	other.must(other.Trace(t.Context(), []byte("c\n")))
	for _, b := range []*beside{one, other} {
		b.loose("a", "c", "b")
	}
	other.bind(1, other.loose("a", "c", "b"))
	one.loose()
	one.must(one.Trace(t.Context(), []byte("d\n")))
	other.holds(false, "d")
	one.must(one.Close())
	other.must(other.Trace(t.Context(), []byte("e\n"))) // finds that it may go on in the file
	other.must(other.Trace(t.Context(), []byte("f\n")))
	rows := other.loose("e", "d", "f")
	if rows[1] <= 2 || rows[2] != rows[1]+1 {
		t.Errorf("the numbers are %v", rows)
	}
	other.bind(2, rows)
	other.loose()
}

// TestFailedFrames: a row is either in the file or, when that fails, in the record, and behind a frame that failed none is written.
func TestFailedFrames(t *testing.T) {
	t.Parallel()
	b := &beside{T: t, path: filepath.Join(t.TempDir(), "record.db")}
	b.open()
	b.must(b.Trace(t.Context(), []byte("a\n")))
	good := b.besides.file
	bad, err := os.Open(b.path + besidesSuffix) // nothing can be written to it
	b.must(err)
	b.besides.file = bad
	b.must(b.Trace(t.Context(), []byte("b\n")))
	b.besides.file = good
	b.must(bad.Close())
	b.must(b.Trace(t.Context(), []byte("c\n")))
	if rows := b.loose("b", "a", "c"); rows[2] != rows[1]+2 || b.besides.rows[1].at/halfBytes == b.besides.rows[0].at/halfBytes {
		t.Errorf("the rows %v stand at %v", rows, b.besides.rows)
	}
	b.again(func() {})
	b.holds(true, "b", "a", "c")
	b.must(b.Close())
}

// TestBesidesAsModel walks through everything that may be done to the file, with halves that hold few rows: what was taken and not bound
// is there, in order, also after the server is broken off, and to another process.
func TestBesidesAsModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "yitong-lines-")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		path := filepath.Join(dir, "record.db")
		var bound int64
		open := func() *besides {
			b, err := openBesides(path, bound)
			if err != nil {
				t.Fatal(err)
			}
			if b.room = 200; b.mine { // as if it had been so from the start
				b.mine = false
				if err := b.take(bound); err != nil {
					t.Fatal(err)
				}
			}
			return b
		}
		b := open()
		defer func() { _ = b.close() }()
		var want []store.Loose
		newest := int64(0)
		check := func(b *besides, who string) {
			got, err := b.read(nil, 1<<20, bound, seal.Bodies{})
			if err != nil || !slices.EqualFunc(got, want, func(a, b store.Loose) bool { return a.ID == b.ID && bytes.Equal(a.Lines, b.Lines) }) {
				t.Fatalf("%s: there is %v (%v), want %v", who, got, err, want)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				row := fmt.Appendf(nil, "%0*d\n", rapid.IntRange(1, 120).Draw(t, "length"), newest)
				file := b.file
				if rapid.IntRange(0, 5).Draw(t, "fails") == 0 {
					b.file, _ = os.Open(path + besidesSuffix)
				}
				number := b.number
				is := b.write(row)
				if b.file != file {
					_ = b.file.Close()
					b.file = file
				}
				if is {
					if b.number <= newest || b.number != number+1 {
						t.Fatalf("the number %d follows %d", b.number, newest)
					}
					newest = b.number
					want = append(want, store.Loose{ID: newest, Lines: row})
				} else if len(want) == 0 && b.end == 0 {
					t.Fatal("there is no room though all is bound")
				}
			},
			"bind": func(t *rapid.T) {
				if n := rapid.IntRange(0, len(want)).Draw(t, "rows"); n > 0 {
					bound, want = want[n-1].ID, want[n:]
				}
				if rapid.Bool().Draw(t, "known") {
					b.drop(bound)
				}
			},
			"break off": func(t *rapid.T) {
				_ = b.close()
				b = open()
			},
			"tear": func(t *rapid.T) { // what was being written
				torn := rapid.SliceOfN(rapid.Byte(), 1, 60).Draw(t, "torn")
				if p, is := b.place(int64(len(torn))); is {
					if _, err := b.file.WriteAt(torn, p.at); err != nil {
						t.Fatal(err)
					}
				}
				_ = b.close()
				b = open()
			},
			"": func(t *rapid.T) {
				check(b, "the one that writes")
				other := open()
				check(other, "another")
				_ = other.close()
			},
		})
	})
}
