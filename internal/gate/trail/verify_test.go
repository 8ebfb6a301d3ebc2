package trail

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"yitong/internal/store"
	"yitong/internal/store/sqlite"
	"yitong/internal/tlog"
)

const testBatches = 10

// TestAltered does to the rows of a sealed trail what must not be done, one thing after the other, and wants each named
// as the first thing that is wrong.
func TestAltered(t *testing.T) {
	eachWorld(t, func(w *world) {
		bind(w.t, w.db, testBatches)
		seal(w.t, w.sealer)
		if r := w.verify(w.folder, time.Hour); !r.Whole() || r.Batches != testBatches || r.Lines != 6*testBatches {
			w.t.Fatalf("before anything is done: %+v", r)
		}
		// with changes lines of batch 5; how much of its heading goes along is said by what is kept.
		with := func(change func([][]byte) [][]byte, tags, digest bool) func() {
			return func() {
				b := w.row(5)
				list, err := Unpack(b.Body)
				if err != nil {
					w.t.Fatal(err)
				}
				list = change(list)
				b.Body, b.Lines = Pack(list), len(list)
				d, g := Digest(5, list)
				if tags {
					b.Tags = g
				}
				if digest {
					b.Digest = d
				}
				w.put(b)
			}
		}
		alter := func(l [][]byte) [][]byte {
			l[2] = bytes.Replace(l[2], []byte("Patient/1/2"), []byte("Patient/1/3"), 1)
			return l
		}
		drop := func(l [][]byte) [][]byte { return slices.Delete(l, 2, 3) }
		insert := func(l [][]byte) [][]byte { return slices.Insert(l, 2, record(77, 9)) }
		swap := func(l [][]byte) [][]byte { l[1], l[4] = l[4], l[1]; return l }
		set := func(change func(*store.Batch)) func() {
			return func() { b := w.row(5); change(&b); w.put(b) }
		}
		for _, c := range []struct {
			name string
			do   func()
			want string
		}{
			{"a line altered", with(alter, false, false), "Line 3 of batch 5 (read by Practitioner/3 at 2026-03-01T08:00:05.000003Z) was altered."},
			{"a line altered, and the digest", with(alter, false, true), "Line 3 of batch 5 (read by Practitioner/3 at"},
			{"a line altered, and the tags", with(alter, true, false), "The lines of batch 5 were altered, and its tags with them, so which line it was cannot be told."},
			{"a line altered, and everything", with(alter, true, true), "The lines of batch 5 were altered, and its tags and its digest with them"},
			{"a line dropped", with(drop, false, false), "A line is missing from batch 5, the first is line 3."},
			{"a line dropped, and everything", with(drop, true, true), "The lines of batch 5 were altered"},
			{"a line inserted", with(insert, false, true), "A line was inserted into batch 5 as line 3 (read by Practitioner/9 at"},
			{"lines swapped", with(swap, false, true), "Lines of batch 5 were put in another order: what stands as line 2 (read by Practitioner/5 at 2026-03-01T08:00:05.000005Z) was line 5."},
			{"no zstd", set(func(b *store.Batch) { b.Body = []byte("{}\n") }), "The lines of batch 5 were altered: they cannot be read any more."},
			{"the lines gone", set(func(b *store.Batch) { b.Body = nil }), "The lines of batch 5 are gone, and no rule was named by which they may be."},
			{"the digest", set(func(b *store.Batch) { b.Digest[0] ^= 1 }), "The digest of batch 5 was altered; its lines were not."},
			{"a tag", set(func(b *store.Batch) { b.Tags[9] ^= 1 }), "The tags of batch 5 were altered; its lines were not."},
			{"how many", set(func(b *store.Batch) { b.Lines++ }), "The number of lines that batch 5 says it has was altered: 7 in place of 6."},
			{"the first instant", set(func(b *store.Batch) { b.First = b.First.Add(-time.Hour) }), "The times that batch 5 says its lines have were altered."},
			{"when it was bound", set(func(b *store.Batch) { b.Bound = b.Last.Add(time.Hour) }), "The times of batch 5 were altered: it was bound before its lines, or before the batch before it."},
			{"a batch dropped", func() { w.exec("DELETE FROM batch WHERE n = 5") }, "Batch 5 is missing, which was sealed."},
			{"the first dropped", func() { w.exec("DELETE FROM batch WHERE n = 1") }, "Batch 1 is missing, which was sealed."},
			{"the last dropped", func() { w.exec("DELETE FROM batch WHERE n > 8") }, "Batches 9 to 10 are missing at the end, which were sealed"},
			{"all dropped", func() { w.exec("DELETE FROM batch") }, "Batches 1 to 10 are missing at the end"},
			{"a batch dropped, the others moved up", func() { w.remove(5) }, "Batch 5 is missing, which was sealed: what stands in its place was sealed as batch 6."},
			{"a batch inserted", func() { w.insert(5) }, "A batch was inserted as batch 5; what was sealed as that stands as 6 now."},
			{"a batch inserted in front", func() { w.add(batchOf(0, lines(3, 2))) }, "A batch was inserted with the number 0."},
			{"batches swapped", func() { w.swap(3, 7) }, "Batches 3 and 7 were swapped."},
			{"neighbours swapped", func() { w.swap(4, 5) }, "Batches 4 and 5 were swapped."},
			{"a batch twice", func() { w.copy(8, 2) }, "In the place of batch 2 stands what was sealed as batch 8."},
			{"several", func() { w.swap(8, 9); w.exec("DELETE FROM batch WHERE n = 6"); with(alter, false, false)() }, "Line 3 of batch 5"},
		} {
			back := w.keep()
			c.do()
			r := w.verify(w.folder, 0)
			if len(r.Wrong) == 0 || !strings.HasPrefix(r.Wrong[0], c.want) {
				w.t.Errorf("%s: %+v, want %q", c.name, r, c.want)
			}
			back()
		}
		if r := w.verify(w.folder, time.Hour); !r.Whole() {
			w.t.Errorf("when all is as it was: %+v", r)
		}
	})
}

// as gives a batch another number and the digest that goes with it.
func as(b store.Batch, n int64) store.Batch {
	list, err := Unpack(b.Body)
	if err != nil {
		panic(err)
	}
	b.Number = n
	b.Digest, b.Tags = Digest(n, list)
	return b
}

func (w *world) remove(n int64) {
	last, _ := w.db.LastBatch(w.t.Context())
	for ; n < last; n++ {
		w.put(as(w.row(n+1), n))
	}
	w.exec("DELETE FROM batch WHERE n = ?", last)
}

func (w *world) insert(n int64) {
	last, _ := w.db.LastBatch(w.t.Context())
	w.add(as(w.row(last), last+1))
	for i := last; i > n; i-- {
		w.put(as(w.row(i-1), i))
	}
	b := batchOf(n, lines(55, 3))
	b.Bound = w.row(n).Bound
	w.put(b)
}

func (w *world) swap(i, j int64) {
	a, b := w.row(i), w.row(j)
	w.put(as(b, i))
	w.put(as(a, j))
}

func (w *world) copy(from, to int64) { w.put(as(w.row(from), to)) }

// TestLog does to the log, and to both, what must not be done. What a witness or a saved checkpoint knows finds what
// nothing else can.
func TestLog(t *testing.T) {
	eachWorld(t, func(w *world) {
		bind(w.t, w.db, 4)
		seal(w.t, w.sealer)
		old := w.copied(w.folder)
		bind(w.t, w.db, testBatches-4)
		seal(w.t, w.sealer)
		l, err := w.folder.Log(1)
		if err != nil {
			w.t.Fatal(err)
		}
		witness := Known{l.Note, "witness.example.cn"}
		if r := w.verify(w.folder, time.Hour, witness); !r.Whole() {
			w.t.Fatalf("%+v", r)
		}
		back := w.keep()

		// The log alone, rolled back: what is not sealed cannot be told; the witness names it.
		r := w.verify(old, time.Minute)
		if len(r.Wrong) > 0 || len(r.Doubts) != 1 || !strings.Contains(r.Doubts[0], "6 batches from 5 on") {
			w.t.Errorf("log rolled back: %+v", r)
		}
		if r := w.verify(old, 0); !r.Whole() || len(r.Notes) != 1 {
			w.t.Errorf("the window in which nothing is sealed: %+v", r)
		}
		w.wrong(w.verify(old, 0, witness), "The log trail.example.cn/1 was rolled back: witness.example.cn has seen 11 leaves, it has 5.")

		// Database and log, back to what they were: nothing is wrong with them, but the witness remembers.
		w.exec("DELETE FROM batch WHERE n > 4")
		if r := w.verify(old, time.Hour); !r.Whole() {
			w.t.Errorf("both rolled back, and nobody who knows: %+v", r)
		}
		w.wrong(w.verify(old, 0, witness), "The log trail.example.cn/1 was rolled back: witness.example.cn has seen 11 leaves")

		// The log gone.
		empty := newFolder(w.t, filepath.Join(w.t.TempDir(), "none"), testKey)
		if r := w.verify(empty, 0); len(r.Doubts) == 0 {
			w.t.Errorf("no log: %+v", r)
		}
		w.wrong(w.verify(empty, 0, witness), "witness.example.cn has seen 11 leaves of the log trail.example.cn/1, which is gone")
		back()

		// Another log over an altered database, by the same key and by another one.
		b := w.row(2)
		b.Body = Pack(lines(99, 6))
		w.put(as(b, 2))
		forked := newFolder(w.t, filepath.Join(w.t.TempDir(), "forked"), testKey)
		seal(w.t, NewSealer(w.db, forked, testKey, w.db.Now))
		w.wrong(w.verify(forked, 0, witness), "The log trail.example.cn/1 was forked: witness.example.cn has seen other leaves among the first 11.")
		other := tlog.Private([]byte("another key"))
		foreign := newFolder(w.t, filepath.Join(w.t.TempDir(), "foreign"), other)
		seal(w.t, NewSealer(w.db, foreign, other, w.db.Now))
		w.wrong(w.verify(newFolder(w.t, foreign.Dir(), testKey), 0), "The checkpoint of the log \"trail.example.cn/1\" is not signed by its key.")
		back()

		// What stands in the log's files.
		digest := w.row(4).Digest
		altered := w.edited(func(text []byte) []byte { return bytes.Replace(text, digest, bytes.Repeat([]byte{7}, 32), 1) }, "tile/entries")
		w.wrong(w.verify(altered, 0, witness), "The log trail.example.cn/1 was altered: leaf 4 is not the one that its tree was built with.")
		shorter := w.edited(func(text []byte) []byte { return text[:len(text)-1] }, "tile/entries")
		w.wrong(w.verify(shorter, 0), "The log trail.example.cn/1 is not whole: the leaves from 0 on cannot be read.")
		if r := w.verify(w.folder, 0, Known{[]byte("?"), "a file"}); r.Whole() || len(r.Wrong) > 0 {
			w.t.Errorf("a checkpoint that is none: %+v", r)
		}
	})
}

// TestAnyChange: whatever is done to sealed batches, with digests, tags and counts made anew or not, something is found wrong, unless
// nothing is different afterwards.
func TestAnyChange(t *testing.T) {
	t.Parallel()
	sealed, f := &memory{}, newFolder(t, filepath.Join(t.TempDir(), "log"), testKey)
	bind(t, sealed, 6)
	seal(t, NewSealer(sealed, f, testKey, sealed.Now))
	rapid.Check(t, func(rt *rapid.T) {
		db := &memory{batches: slices.Clone(sealed.batches)}
		for range rapid.IntRange(1, 3).Draw(rt, "changes") {
			change(rt, db)
		}
		r, err := Verify(t.Context(), Verification{DB: db, Folder: f, Now: time.Now()})
		if err != nil {
			rt.Fatal(err)
		}
		if same := reflect.DeepEqual(db.batches, sealed.batches); r.Whole() != same || len(r.Wrong) > 0 == same {
			rt.Fatalf("the same: %v, but %+v", same, r)
		}
	})
}

// change does something to the batches.
func change(t *rapid.T, db *memory) {
	if len(db.batches) == 0 {
		return
	}
	at := func(name string) int { return rapid.IntRange(0, len(db.batches)-1).Draw(t, name) }
	i, j := at("batch"), at("other")
	b := &db.batches[i]
	switch rapid.IntRange(0, 6).Draw(t, "how") {
	case 0:
		db.batches = slices.Delete(db.batches, i, i+1)
	case 1:
		one := batchOf(int64(i)+1, lines(50, 2))
		db.batches = slices.Insert(db.batches, i, one)
		fallthrough
	case 2: // numbered anew, with all that follows from it
		for n := range db.batches {
			bound := db.batches[n].Bound
			if db.batches[n] = as(db.batches[n], int64(n)+1); bound.IsZero() {
				db.batches[n].Bound = db.batches[max(0, n-1)].Bound
			}
		}
	case 3:
		bi, bj := as(*b, db.batches[j].Number), as(db.batches[j], b.Number)
		db.batches[i], db.batches[j] = bj, bi
	default:
		list, err := Unpack(b.Body)
		if err != nil {
			t.Fatal(err)
		}
		k := rapid.IntRange(0, len(list)-1).Draw(t, "line")
		switch rapid.IntRange(0, 3).Draw(t, "what") {
		case 0:
			list[k] = record(60, k)
		case 1:
			list = slices.Insert(list, k, record(61, k))
		case 2:
			if len(list) > 1 {
				list = slices.Delete(list, k, k+1)
			}
		case 3:
			slices.Reverse(list[k:])
		}
		digest, tags := Digest(b.Number, list)
		b.Body = Pack(list)
		if rapid.Bool().Draw(t, "digest") {
			b.Digest = digest
		}
		if rapid.Bool().Draw(t, "tags") {
			b.Tags = tags
		}
		if rapid.Bool().Draw(t, "count") {
			b.Lines = len(list)
		}
	}
}

// TestBroughtBack: database and log were lost together and come from a copy; a witness has seen more than that. With
// the statement that they were restored, and what the witness had cosigned by then, all is well; without the latter, it
// is in doubt.
func TestBroughtBack(t *testing.T) {
	t.Parallel()
	db, f := &memory{}, newFolder(t, filepath.Join(t.TempDir(), "log"), testKey)
	s := NewSealer(db, f, testKey, db.Now)
	checkpoint := func() Known {
		l, err := f.Log(1)
		if err != nil {
			t.Fatal(err)
		}
		return Known{l.Note, "w"}
	}
	bind(t, db, 2)
	seal(t, s)
	early := checkpoint()
	bind(t, db, 1)
	seal(t, s)
	dir := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(dir, os.DirFS(f.Dir())); err != nil {
		t.Fatal(err)
	}
	bind(t, db, 2)
	seal(t, s)
	late := checkpoint()
	db.batches = db.batches[:3]
	f = newFolder(t, dir, testKey)
	if _, err := NewSealer(db, f, testKey, db.Now).Restore(t.Context(), Restore{From: 3, By: "me", Why: "the machine was lost"}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		known               []Known
		wrong, doubts, said int
	}{
		"nobody":             {nil, 0, 0, 1},
		"the witness":        {[]Known{late, early}, 0, 0, 2},
		"without an earlier": {[]Known{late}, 0, 1, 1},
		"another's earlier":  {[]Known{late, {early.Note, "x"}}, 0, 1, 1},
	} {
		r, err := Verify(t.Context(), Verification{DB: db, Folder: f, Known: c.known, Now: time.Now()})
		if err != nil || len(r.Wrong) != c.wrong || len(r.Doubts) != c.doubts || len(r.Said) != c.said {
			t.Errorf("%s: %+v %v", name, r, err)
		}
	}
	// Another one is brought back from the same copy: the second log is given up, which the third says.
	second, err := f.Log(2)
	if err != nil {
		t.Fatal(err)
	}
	removeEpoch(t, f, 2)
	r, err := Verify(t.Context(), Verification{DB: db, Folder: f, Known: []Known{{second.Note, "w"}}, Now: time.Now()})
	if err != nil || len(r.Wrong) != 1 || !strings.Contains(r.Wrong[0], "w has seen 1 leaves of the log trail.example.cn/2, which is gone") {
		t.Errorf("%+v %v", r, err)
	}
	if epoch, err := NewSealer(db, f, testKey, db.Now).Restore(t.Context(), Restore{From: 3, Epoch: 3, By: "me", Why: "again"}); err != nil || epoch != 3 {
		t.Fatal(epoch, err)
	}
	r, err = Verify(t.Context(), Verification{DB: db, Folder: f, Known: []Known{{second.Note, "w"}}, Now: time.Now()})
	if err != nil || !r.Whole() || len(r.Said) != 2 || !strings.Contains(r.Said[0], "it was given up when epoch 3 went on without it") {
		t.Errorf("%+v %v", r, err)
	}
}

// wrong wants one thing named first.
func (w *world) wrong(r *Report, want string) {
	w.t.Helper()
	if len(r.Wrong) == 0 || !strings.HasPrefix(r.Wrong[0], want) {
		w.t.Errorf("%+v, want %q", r, want)
	}
}

// copied copies a folder of logs.
func (w *world) copied(f *tlog.Folder) *tlog.Folder {
	dir := filepath.Join(w.t.TempDir(), "copy")
	if err := os.CopyFS(dir, os.DirFS(f.Dir())); err != nil {
		w.t.Fatal(err)
	}
	return newFolder(w.t, dir, testKey)
}

// edited copies the folder and changes the files below a place.
func (w *world) edited(change func([]byte) []byte, below string) *tlog.Folder {
	f := w.copied(w.folder)
	err := filepath.WalkDir(filepath.Join(f.Dir(), "1", below), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, change(text), 0o600)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

// TestSignedByHand: even who has the key cannot write what this program does not.
func TestSignedByHand(t *testing.T) {
	t.Parallel()
	began, milestoneLeaf := Statement{Began: &Began{}}, Statement{Sealed: 7}
	digest := bytes.Repeat([]byte{1}, digestBytes)
	for name, leaves := range map[string][][]byte{
		"no statement in front": {digest},
		"begun twice":           {began.leaf(), began.leaf()},
		"sealed more than is":   {began.leaf(), digest, milestoneLeaf.leaf()},
		"neither":               {began.leaf(), []byte("hello")},
		"a digest too long":     {began.leaf(), append(slices.Clone(digest), 1)},
		"no statement":          {began.leaf(), []byte(statementOf + "null")},
		"from another batch":    {Statement{Sealed: 2, Restored: &Restored{From: 3}}.leaf()},
		"from itself":           {Statement{Restored: &Restored{Epoch: 1}}.leaf()},
		"from nowhere":          {Statement{Restored: &Restored{Epoch: 9}}.leaf()},
	} {
		f := newFolder(t, filepath.Join(t.TempDir(), "log"), testKey)
		w, err := f.Hold(testKey)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Append(t.Context(), 1, 0, leaves); err != nil {
			t.Fatal(err)
		}
		w.Release()
		r, err := Verify(t.Context(), Verification{DB: &memory{}, Folder: f, Now: time.Now()})
		if err != nil || len(r.Wrong) == 0 {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

// TestByTags: whatever is done to the lines of a batch, the first place where they differ is named, or a place before
// it that is equal.
func TestByTags(t *testing.T) {
	t.Parallel()
	list := lines(1, 4)
	b := batchOf(1, list)
	for name, c := range map[string]struct {
		now  [][]byte
		want string
	}{
		"nothing left but one": {list[:1], "3 lines are missing from batch 1, the first is line 2."},
		"two inserted":         {[][]byte{list[0], record(2, 1), record(2, 2), list[1], list[2], list[3]}, "2 lines were inserted into batch 1 as line 2"},
		"two altered":          {[][]byte{list[0], record(2, 1), list[2], record(2, 2)}, "Line 2 of batch 1"},
		"altered and missing":  {[][]byte{list[0], record(2, 1), list[3]}, "Lines of batch 1 were altered and 1 are missing; the first is line 2"},
		"altered and inserted": {[][]byte{list[0], record(2, 1), record(2, 2), list[2], list[3]}, "Lines of batch 1 were altered and 1 were inserted; the first is line 2"},
		"not a record":         {[][]byte{list[0], list[1], []byte("<script>\n"), list[3]}, "Line 3 of batch 1 was altered."},
	} {
		_, tags := Digest(1, c.now)
		if got := byTags(&b, c.now, tags, true); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestDescribe: of a line, nothing is told but who did what and when, and no more than references and codes.
func TestDescribe(t *testing.T) {
	t.Parallel()
	r := Record{At: time.UnixMicro(1), Do: "<b>", Who: "张三 18888888888"}
	if got := describe(r.Append(nil)); got != " (at 1970-01-01T00:00:00.000001Z)" {
		t.Errorf("%q", got)
	}
}

// BenchmarkVerify: lines a second, on SQLite, of about 300 bytes each.
func BenchmarkVerify(b *testing.B) {
	db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "record.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	const batches, many = 100, 1000
	for n := range batches {
		list := make([][]byte, many)
		for i := range list {
			r := Record{ID: uuid.NewString(), At: time.UnixMicro(int64(n*many + i)).UTC(), Do: "read", Outcome: Done, Who: "Practitioner/" + uuid.NewString(),
				As: "doctor", For: "Organization/county-hospital", Why: "TREAT", From: "10.0.0.1", Saw: []string{"Observation/" + uuid.NewString() + "/1"}}
			list[i] = r.Append(nil)
		}
		one := batchOf(int64(n)+1, list)
		if ok, err := db.Bind(b.Context(), store.Binding{Batch: &one}); err != nil || !ok {
			b.Fatal(ok, err)
		}
	}
	f := newFolder(b, filepath.Join(b.TempDir(), "log"), testKey)
	seal(b, NewSealer(db, f, testKey, db.Now))
	for b.Loop() {
		r, err := Verify(b.Context(), Verification{DB: db, Folder: f, Now: time.Now()})
		if err != nil || !r.Whole() || r.Lines != batches*many {
			b.Fatalf("%+v %v", r, err)
		}
	}
	b.ReportMetric(float64(batches*many*b.N)/b.Elapsed().Seconds(), "lines/s")
}
