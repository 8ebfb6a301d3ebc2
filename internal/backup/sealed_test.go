package backup_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/backup"
	"yitong/internal/fault"
)

func sealedOf(t testing.TB, key backup.Key, name string, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := backup.NewWriter(&out, key, name)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil || w.Plain != int64(len(text)) || w.Sealed != int64(out.Len()) {
		t.Fatalf("%v: %d of %d bytes, %d of %d", err, w.Plain, len(text), w.Sealed, out.Len())
	}
	return out.Bytes()
}

func openOf(key backup.Key, name string, sealed []byte) ([]byte, error) {
	r, err := backup.NewReader(bytes.NewReader(sealed), key, name)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// texts draws texts of which some are longer than a chunk, and some cannot be compressed.
func texts(t *rapid.T) []byte {
	n := rapid.OneOf(rapid.IntRange(0, 100), rapid.SampledFrom([]int{1 << 20, 1<<20 + 1, 3 << 20})).Draw(t, "length")
	text := make([]byte, n)
	if rapid.Bool().Draw(t, "noise") {
		r := rand.NewChaCha8([32]byte{byte(rapid.Int().Draw(t, "seed"))})
		_, _ = r.Read(text)
	}
	return text
}

// TestSealedFiles holds that a file comes back as it was, and not at all under another name, with another key, or when any of
// its bytes was altered, taken out or added.
func TestSealedFiles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		key, text := newKey(t, 'k'), texts(rt)
		sealed := sealedOf(t, key, "a", text)
		if got, err := openOf(key, "a", sealed); err != nil || !bytes.Equal(got, text) {
			rt.Fatalf("%v: %d bytes came back of %d", err, len(got), len(text))
		}
		at := rapid.IntRange(0, len(sealed)-1).Draw(rt, "at")
		broken := bytes.Clone(sealed)
		switch rapid.SampledFrom([]string{"bit", "cut", "gone", "more", "name", "key"}).Draw(rt, "fault") {
		case "bit":
			broken[at] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		case "cut":
			broken = broken[:at]
		case "gone":
			broken = append(broken[:at], broken[at+1:]...)
		case "more":
			broken = append(broken, 0)
		case "name":
			_, err := openOf(key, "b", sealed)
			refused(rt, err, fault.Unprocessable)
			return
		case "key":
			_, err := openOf(newKey(t, 'x'), "a", sealed)
			refused(rt, err, fault.Forbidden)
			return
		}
		_, err := openOf(key, "a", broken)
		refused(rt, err, "")
	})
}

// refused holds that an error is a refusal that says what is wrong.
func refused(t rapid.TB, err error, code fault.Code) {
	t.Helper()
	f, is := errors.AsType[*fault.Error](err)
	if !is || f.Message == "" || code != "" && f.Code != code || code == "" && f.Code == fault.Internal {
		t.Fatalf("refused by %v, want a refusal %s", err, code)
	}
}

func FuzzReader(f *testing.F) {
	key := newKey(f, 'k')
	f.Add(sealedOf(f, key, "a", []byte("text")))
	f.Add(sealedOf(f, key, "a", bytes.Repeat([]byte("text"), 1<<19)))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		text, err := openOf(key, "a", sealed)
		if err == nil && string(text) != "text" && !bytes.Equal(text, bytes.Repeat([]byte("text"), 1<<19)) {
			t.Errorf("%d bytes were opened that nobody has sealed", len(text))
		}
	})
}

// copyOf copies a backup, so that it can be spoilt.
func copyOf(t testing.TB, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// spoil changes a file.
func spoil(t testing.TB, path string, do func([]byte) []byte) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, do(text), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestSpoiltBackups holds that a backup that is not what it was is refused with its reason.
func TestSpoiltBackups(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.open(t)
	w.write(t, 20, 3000)
	one := w.backUp(t, "one")
	w.write(t, 20, 3000)
	other := w.backUp(t, "other")
	w.close(t)
	for name, test := range map[string]struct {
		do   func(dir string)
		says string
	}{
		"no manifest":      {func(dir string) { gone(t, dir, "manifest.json") }, "no whole backup"},
		"altered manifest": {func(dir string) { swap(t, dir, `"batch": 0`, `"batch": 1`) }, "manifest of"},
		"another format":   {func(dir string) { swap(t, dir, `"format": 1`, `"format": 2`) }, "altered"},
		"no file":          {func(dir string) { gone(t, dir, "database.sealed") }, "is missing"},
		"cut file": {func(dir string) {
			spoil(t, filepath.Join(dir, "database.sealed"), func(b []byte) []byte { return b[:len(b)-1] })
		}, "bytes, not"},
		"altered file": {func(dir string) {
			spoil(t, filepath.Join(dir, "database.sealed"), func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
		}, "altered at chunk"},
		"another backup's file": {func(dir string) {
			spoil(t, filepath.Join(dir, "database.sealed"), func([]byte) []byte {
				text, err := os.ReadFile(filepath.Join(other, "database.sealed"))
				if err != nil {
					t.Fatal(err)
				}
				return text
			})
		}, "database.sealed"},
		"another backup's manifest": {func(dir string) {
			spoil(t, filepath.Join(dir, "manifest.json"), func([]byte) []byte {
				text, err := os.ReadFile(filepath.Join(other, "manifest.json"))
				if err != nil {
					t.Fatal(err)
				}
				return text
			})
		}, "database.sealed"},
	} {
		dir := copyOf(t, one)
		test.do(dir)
		_, _, err := w.restore(t, dir, nil)
		refused(t, err, "")
		if !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := backup.Open(one, newKey(t, 'x'))
	refused(t, err, fault.Forbidden)
	if _, err := backup.Begin(one, w.key); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a backup may be written over another: %v", err)
	}
	if b, err := backup.Open(one, w.key); err != nil || b.Read(context.Background(), "key", nil) == nil {
		t.Errorf("a part is read that is not there, or %v", err)
	}
}

func swap(t testing.TB, dir, was, is string) {
	spoil(t, filepath.Join(dir, "manifest.json"), func(b []byte) []byte {
		if !bytes.Contains(b, []byte(was)) {
			t.Fatalf("the manifest has no %s:\n%s", was, b)
		}
		return bytes.Replace(b, []byte(was), []byte(is), 1)
	})
}

func gone(t testing.TB, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}
