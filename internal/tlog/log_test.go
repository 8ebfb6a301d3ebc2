package tlog

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/transparency-dev/tessera/api/layout"
	"pgregory.net/rapid"

	"yitong/internal/fault"
)

const testName = "trail.example.cn"

// testKey is a key of the tests.
func testKey(n byte) ed25519.PrivateKey { return Private(bytes.Repeat([]byte{n}, 32)) }

// testFolder names a folder that is not there yet.
func testFolder(t testing.TB) (*Folder, ed25519.PrivateKey) {
	key := testKey(1)
	public, err := PublicOf(testName, key)
	if err != nil {
		t.Fatal(err)
	}
	return NewFolder(filepath.Join(t.TempDir(), "trail", "log"), public), key
}

func hold(t testing.TB, f *Folder, key ed25519.PrivateKey) *Writer {
	w, err := f.Hold(key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Release)
	return w
}

// some are leaves that differ from each other.
func some(from, to int64) (leaves [][]byte) {
	for i := from; i < to; i++ {
		leaves = append(leaves, fmt.Appendf(nil, "leaf %d", i))
	}
	return leaves
}

// root is that of RFC 6962 §2.1, word by word.
func root(leaves [][]byte) []byte {
	switch len(leaves) {
	case 0:
		sum := sha256.Sum256(nil)
		return sum[:]
	case 1:
		sum := sha256.Sum256(append([]byte{0}, leaves[0]...))
		return sum[:]
	}
	k := 1
	for 2*k < len(leaves) {
		k *= 2
	}
	sum := sha256.Sum256(slices.Concat([]byte{1}, root(leaves[:k]), root(leaves[k:])))
	return sum[:]
}

// TestAppend: whatever is appended in whatever groups, by one holder after the other, is read again, is what the
// checkpoint says, and follows what was before.
func TestAppend(t *testing.T) {
	t.Parallel()
	groups := rapid.SliceOfN(rapid.SampledFrom([]int64{1, 2, 3, 255, 256, 257, 300}), 1, 5)
	for seed := range 12 { // few, since each waits for the disk
		f, key := testFolder(t)
		var all [][]byte
		var before []*Log
		for _, n := range groups.Example(seed) {
			add := some(int64(len(all)), int64(len(all))+n)
			w, err := f.Hold(key)
			if err != nil {
				t.Fatal(err)
			}
			l, err := w.Append(t.Context(), 1, int64(len(all)), add)
			if err != nil {
				t.Fatal(err)
			}
			w.Release()
			all = append(all, add...)
			before = append(before, l)
			whole(t, f, 1, all)
		}
		last := before[len(before)-1]
		for _, l := range before {
			steps, err := last.Proof(t.Context(), l.Size)
			if err == nil {
				err = Follows(l.Size, last.Size, steps, l.Root, last.Root)
			}
			if err != nil {
				t.Fatalf("from %d to %d: %v", l.Size, last.Size, err)
			}
			if l.Size < last.Size && Follows(l.Size, last.Size, steps, testKey(9)[:32], last.Root) == nil {
				t.Fatalf("from %d to %d: another root would follow, too", l.Size, last.Size)
			}
		}
	}
}

// whole reads a log.
func whole(t *testing.T, f *Folder, epoch int, want [][]byte) {
	l, err := f.Log(epoch)
	if err != nil {
		t.Fatal(err)
	}
	if l.Size != int64(len(want)) || !bytes.Equal(l.Root, root(want)) {
		t.Fatalf("size %d, root %x; want %d, %x", l.Size, l.Root, len(want), root(want))
	}
	var tree Tree
	for leaf, err := range l.Leaves(context.Background(), 0, l.Size+5) {
		if err != nil {
			t.Fatal(err)
		}
		if i := tree.Size(); !bytes.Equal(leaf, want[i]) {
			t.Fatalf("leaf %d is %q, want %q", i, leaf, want[i])
		} else if kept, err := l.HashKept(i, leaf); err != nil || !kept {
			t.Fatalf("leaf %d has another hash in the tree: %v", i, err)
		}
		tree.Add(leaf)
	}
	if !bytes.Equal(tree.Root(), l.Root) {
		t.Fatalf("the leaves give %x, the checkpoint says %x", tree.Root(), l.Root)
	}
	if i := l.Size - 1; i >= 0 {
		if leaf, err := l.Leaf(context.Background(), i); err != nil || !bytes.Equal(leaf, want[i]) {
			t.Fatalf("last leaf %q: %v", leaf, err)
		}
	}
}

// TestHealed: what a writer leaves behind that is broken off between any two files is brought to its end by the next.
func TestHealed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		breaks func(t *testing.T, dir string, before map[string][]byte)
		want   int64 // leaves afterwards, 3 of 5 are old
	}{
		"no checkpoint of what is in the tree": {func(t *testing.T, dir string, before map[string][]byte) {
			put(t, dir, layout.CheckpointPath, before)
		}, 5},
		"no state, no checkpoint": {func(t *testing.T, dir string, before map[string][]byte) {
			put(t, dir, layout.CheckpointPath, before)
			put(t, dir, stateFile, before)
		}, 3},
		"half a file beside its place": {func(t *testing.T, dir string, before map[string][]byte) {
			put(t, dir, layout.CheckpointPath, before)
			put(t, dir, stateFile, before)
			if err := os.WriteFile(filepath.Join(dir, layout.EntriesPath(0, 5)+"123"), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, key := testFolder(t)
			w := hold(t, f, key)
			if _, err := w.Append(t.Context(), 1, 0, some(0, 3)); err != nil {
				t.Fatal(err)
			}
			before := map[string][]byte{}
			for _, path := range []string{layout.CheckpointPath, stateFile} {
				text, err := os.ReadFile(filepath.Join(f.epoch(1), path))
				if err != nil {
					t.Fatal(err)
				}
				before[path] = text
			}
			if _, err := w.Append(t.Context(), 1, 3, some(3, 5)); err != nil {
				t.Fatal(err)
			}
			c.breaks(t, f.epoch(1), before)
			l, err := w.Log(t.Context(), 1)
			if err != nil || l.Size != c.want {
				t.Fatalf("%v: %+v", err, l)
			}
			whole(t, f, 1, some(0, c.want))
			if _, err := w.Append(t.Context(), 1, c.want, some(c.want, 8)); err != nil {
				t.Fatal(err)
			}
			whole(t, f, 1, some(0, 8))
		})
	}
}

func put(t *testing.T, dir, path string, files map[string][]byte) {
	if err := os.WriteFile(filepath.Join(dir, path), files[path], 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestBegun: a log whose writer was broken off before its first checkpoint is begun again.
func TestBegun(t *testing.T) {
	t.Parallel()
	f, key := testFolder(t)
	w := hold(t, f, key)
	if _, err := w.Append(t.Context(), 1, 0, some(0, 1)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(f.epoch(1), layout.CheckpointPath)); err != nil {
		t.Fatal(err)
	}
	if l, err := w.Log(t.Context(), 1); err != nil || l.Size != 1 {
		t.Fatalf("%v: %+v", err, l)
	}
	if err := os.RemoveAll(filepath.Join(f.epoch(1), ".state")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(f.epoch(1), layout.CheckpointPath)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Append(t.Context(), 1, 0, some(0, 2)); err != nil {
		t.Fatal(err)
	}
	whole(t, f, 1, some(0, 2))
}

// TestRefusals: what is not written to, or not read, and why.
func TestRefusals(t *testing.T) {
	t.Parallel()
	f, key := testFolder(t)
	w := hold(t, f, key)
	if _, err := w.Append(t.Context(), 2, 0, some(0, 3)); err != nil {
		t.Fatal(err)
	}
	other, err := PublicOf(testName, testKey(2))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		do   func() error
		want fault.Code
	}{
		"another size":      {func() error { _, err := w.Append(t.Context(), 2, 2, some(2, 3)); return err }, fault.Conflict},
		"no such epoch":     {func() error { _, err := w.Append(t.Context(), 3, 2, some(2, 3)); return err }, fault.Conflict},
		"a leaf too long":   {func() error { _, err := w.Append(t.Context(), 2, 3, [][]byte{make([]byte, MaxLeaf+1)}); return err }, fault.TooLarge},
		"too many leaves":   {func() error { _, err := w.Append(t.Context(), 2, 3, some(0, MaxAppend+1)); return err }, fault.TooLarge},
		"no log":            {func() error { _, err := f.Log(1); return err }, fault.NotFound},
		"no log to hold":    {func() error { _, err := w.Log(t.Context(), 1); return err }, fault.NotFound},
		"no leaf":           {func() error { l, _ := f.Log(2); _, err := l.Leaf(t.Context(), 3); return err }, fault.NotFound},
		"held already":      {func() error { _, err := f.Hold(key); return err }, fault.Unavailable},
		"held by this key":  {func() error { _, err := NewFolder(f.dir, other).Hold(key); return err }, fault.Forbidden},
		"read by this key":  {func() error { _, err := NewFolder(f.dir, other).Log(2); return err }, fault.Unprocessable},
		"a name with space": {func() error { _, err := PublicOf("a b", key); return err }, fault.Malformed},
		"a name with epoch": {func() error { _, err := PublicOf("a/2", key); return err }, fault.Malformed},
	} {
		if err := c.do(); fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := f.Hold(key); !errors.Is(err, ErrHeld) {
		t.Errorf("%v is not because somebody else holds it", err)
	}
	if err := os.Rename(f.epoch(2), f.epoch(7)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Log(7); fault.CodeOf(err) != fault.Unprocessable {
		t.Errorf("the log of another epoch: %v", err)
	}
	if epochs, err := f.Epochs(); err != nil || !slices.Equal(epochs, []int{7}) {
		t.Errorf("epochs %v: %v", epochs, err)
	}
}

// TestCopiedWhileWritten: a log whose checkpoint is newer than the rest is not written to.
func TestCopiedWhileWritten(t *testing.T) {
	t.Parallel()
	f, key := testFolder(t)
	w := hold(t, f, key)
	if _, err := w.Append(t.Context(), 1, 0, some(0, 3)); err != nil {
		t.Fatal(err)
	}
	state, err := os.ReadFile(filepath.Join(f.epoch(1), stateFile))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Append(t.Context(), 1, 3, some(3, 4)); err != nil {
		t.Fatal(err)
	}
	put(t, f.epoch(1), stateFile, map[string][]byte{stateFile: state})
	if _, err := w.Append(t.Context(), 1, 3, some(3, 4)); fault.CodeOf(err) != fault.Unprocessable {
		t.Error(err)
	}
}

// TestStorageFails: Tessera panics when it cannot open its locks; a server must not.
func TestStorageFails(t *testing.T) {
	t.Parallel()
	f, key := testFolder(t)
	w := hold(t, f, key)
	if _, err := w.Append(t.Context(), 1, 0, some(0, 3)); err != nil {
		t.Fatal(err)
	}
	lock := filepath.Join(f.epoch(1), stateLock)
	if err := errors.Join(os.Remove(lock), os.Mkdir(lock, 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Append(t.Context(), 1, 3, some(3, 4)); fault.CodeOf(err) != fault.Unavailable {
		t.Error(err)
	}
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Append(t.Context(), 1, 3, some(3, 4)); err != nil {
		t.Error(err)
	}
	whole(t, f, 1, some(0, 4))
}

// TestCheckpointFails: while no checkpoint can be written, appending fails and leaves nothing behind that would write
// later; then it goes on.
func TestCheckpointFails(t *testing.T) {
	t.Parallel()
	f, key := testFolder(t)
	w := hold(t, f, key)
	if _, err := w.Append(t.Context(), 1, 0, some(0, 3)); err != nil {
		t.Fatal(err)
	}
	publish := filepath.Join(f.epoch(1), ".state", "publish.lock")
	if err := errors.Join(os.Remove(publish), os.Mkdir(publish, 0o700)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := w.Append(ctx, 1, 3, some(3, 4)); fault.CodeOf(err) != fault.Unavailable {
		t.Error(err)
	}
	if err := os.Remove(publish); err != nil {
		t.Fatal(err)
	}
	w.Release()
	for { // until what was given up has come to its end
		if w, err := f.Hold(key); err == nil {
			defer w.Release()
			if l, err := w.Append(t.Context(), 1, 4, some(4, 5)); err != nil || l.Size != 5 {
				t.Fatalf("%v: %+v", err, l)
			}
			break
		} else if !errors.Is(err, ErrHeld) {
			t.Fatal(err)
		}
	}
	whole(t, f, 1, some(0, 5))
}

// TestClock: a checkpoint whose time lies ahead, by another machine's clock, holds nothing up.
func TestClock(t *testing.T) {
	t.Parallel()
	f, key := testFolder(t)
	w := hold(t, f, key)
	if _, err := w.Append(t.Context(), 1, 0, some(0, 1)); err != nil {
		t.Fatal(err)
	}
	ahead := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(f.epoch(1), layout.CheckpointPath), ahead, ahead); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Append(t.Context(), 1, 1, some(1, 2)); err != nil {
		t.Error(err)
	}
}

// TestCleared: of files that hold a part, only those at the end are kept.
func TestCleared(t *testing.T) {
	t.Parallel()
	f, key := testFolder(t)
	w := hold(t, f, key)
	for at := int64(0); at < 600; at += 200 {
		if _, err := w.Append(t.Context(), 1, at, some(at, at+200)); err != nil {
			t.Fatal(err)
		}
	}
	parts, err := filepath.Glob(f.epoch(1) + "/tile/*/*.p/*")
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range parts {
		parts[i], _ = filepath.Rel(f.epoch(1), p)
	}
	want := []string{layout.TilePath(0, 2, 88), layout.TilePath(1, 0, 1), layout.TilePath(1, 0, 2), layout.EntriesPath(2, 88)}
	if !slices.Equal(parts, want) {
		t.Errorf("got %v, want %v", parts, want)
	}
	whole(t, f, 1, some(0, 600))
}

// TestKilled: the lock of a process that was killed is free.
func TestKilled(t *testing.T) {
	const env = "YITONG_TEST_HOLD"
	if dir := os.Getenv(env); dir != "" {
		public, _ := PublicOf(testName, testKey(1))
		if _, err := NewFolder(dir, public).Hold(testKey(1)); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("held")
		select {}
	}
	t.Parallel()
	f, key := testFolder(t)
	other := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	other.Env = append(os.Environ(), env+"="+f.dir)
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer other.Wait()
	defer other.Process.Kill()
	said := make([]byte, len("held\n"))
	if _, err := out.Read(said); err != nil || string(said) != "held\n" {
		t.Fatalf("%q: %v", said, err)
	}
	if _, err := f.Hold(key); !errors.Is(err, ErrHeld) {
		t.Errorf("while the other holds it: %v", err)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	hold(t, f, key)
}

// TestKilledInside: a process is killed wherever it is in appending, again and again; the log stays whole, and has all
// that was reported as appended.
func TestKilledInside(t *testing.T) {
	const env = "YITONG_TEST_APPEND"
	if dir := os.Getenv(env); dir != "" {
		fmt.Println(appendOn(dir))
		os.Exit(1)
	}
	t.Parallel()
	f, key := testFolder(t)
	for round := range 12 {
		other := exec.Command(os.Args[0], "-test.run=^TestKilledInside$")
		other.Env = append(os.Environ(), env+"="+f.dir)
		out, err := other.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Start(); err != nil {
			t.Fatal(err)
		}
		reported, lines := int64(0), bufio.NewScanner(out)
		for n := 0; n <= round%4 && lines.Scan(); n++ {
			if reported, err = strconv.ParseInt(lines.Text(), 10, 64); err != nil {
				t.Fatal(lines.Text())
			}
		}
		for i := range 1000 * rand.IntN(200) { // some moment
			runtime.KeepAlive(sha256.Sum256([]byte{byte(i)}))
		}
		if err := other.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = other.Wait()
		w, err := f.Hold(key)
		if err != nil {
			t.Fatal(err)
		}
		l, err := w.Log(t.Context(), 1)
		if err != nil || l.Size < reported {
			t.Fatalf("%v: %+v, %d leaves were reported", err, l, reported)
		}
		w.Release()
		whole(t, f, 1, some(0, l.Size))
	}
}

// appendOn appends to the log in a folder until it is killed, and tells how many leaves it has.
func appendOn(dir string) error {
	public, err := PublicOf(testName, testKey(1))
	if err != nil {
		return err
	}
	w, err := NewFolder(dir, public).Hold(testKey(1))
	if err != nil {
		return err
	}
	at := int64(0)
	if l, err := w.Log(context.Background(), 1); err == nil {
		at = l.Size
	}
	for {
		l, err := w.Append(context.Background(), 1, at, some(at, at+1+at%7))
		if err != nil {
			return err
		}
		at = l.Size
		fmt.Println(at)
	}
}

// TestReadWhileWritten: who reads sees a log that is whole at some checkpoint.
func TestReadWhileWritten(t *testing.T) {
	t.Parallel()
	f, key := testFolder(t)
	w := hold(t, f, key)
	if _, err := w.Append(t.Context(), 1, 0, some(0, 1)); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		var err error
		for at := int64(1); at < 520 && err == nil; at += 37 {
			_, err = w.Append(context.Background(), 1, at, some(at, at+37))
		}
		done <- err
	}()
	for {
		l, err := f.Log(1)
		if err != nil {
			t.Fatal(err)
		}
		var tree Tree
		for leaf, err := range l.Leaves(t.Context(), 0, l.Size) {
			if err != nil {
				t.Fatal(err)
			}
			tree.Add(leaf)
		}
		if !bytes.Equal(tree.Root(), l.Root) {
			t.Fatalf("size %d: root %x, want %x", l.Size, tree.Root(), l.Root)
		}
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			return
		default:
		}
	}
}

func TestPublic(t *testing.T) {
	t.Parallel()
	p, err := PublicOf(testName, testKey(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{p.String(), Public{p.Origin(3), p.Key}.String()} {
		if got, err := ParsePublic(text); err != nil || got.Name != testName || !got.Key.Equal(p.Key) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "a", "a+b", "a+00000000+AAAA", testName + p.String()} {
		if _, err := ParsePublic(text); fault.CodeOf(err) != fault.Malformed {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzClaimed: reading a checkpoint of anybody does not fail but by an error.
func FuzzClaimed(f *testing.F) {
	f.Add([]byte("a/1\n3\n" + "GGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGE=" + "\n\n— a/1 AAAA\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if c, err := Claimed(text); err == nil && (c.Size < 0 || len(c.Root) != RootBytes || c.Origin == "") {
			t.Errorf("%+v", c)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	for _, n := range []int64{1, 256} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			f, key := testFolder(b)
			at := int64(0)
			for b.Loop() {
				w := hold(b, f, key)
				if _, err := w.Append(b.Context(), 1, at, some(at, at+n)); err != nil {
					b.Fatal(err)
				}
				at += n
				w.Release()
			}
		})
	}
}
