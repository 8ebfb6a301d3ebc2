package trail

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"yitong/internal/fault"
)

// TestDigestIsStored: digests are in logs that are kept for years, so what they are made of never changes. The wanted values were
// made by OpenSSL (openssl dgst -sm3) of the bytes that the comment of Digest names.
func TestDigestIsStored(t *testing.T) {
	t.Parallel()
	digest, tags := Digest(7, [][]byte{[]byte("{\"id\":\"a\"}\n"), []byte("{\"id\":\"b\"}\n")})
	if got, want := hex.EncodeToString(digest), "ab0c4250c94582f66626f960fb17692f010498db91d5749a08d83e56cbabc32b"; got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
	if got, want := hex.EncodeToString(tags), "f1dece3b9fbb3006d525ba12a9ba171b"; got != want {
		t.Errorf("tags %s, want %s", got, want)
	}
}

// TestDigestBinds: another number, and lines that are altered, dropped, added, joined or swapped, give another digest.
func TestDigestBinds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.Map(rapid.StringMatching(`[a-c]{0,3}`), func(s string) []byte { return []byte(s + "\n") })
		a, b := rapid.SliceOfN(line, 1, 4).Draw(t, "a"), rapid.SliceOfN(line, 1, 4).Draw(t, "b")
		n, m := rapid.Int64Range(1, 3).Draw(t, "n"), rapid.Int64Range(1, 3).Draw(t, "m")
		first, tags := Digest(n, a)
		second, _ := Digest(m, b)
		if same := n == m && slices.EqualFunc(a, b, bytes.Equal); same != bytes.Equal(first, second) {
			t.Fatalf("batch %d of %q and batch %d of %q: equal digests: %v", n, a, m, b, !same)
		}
		if len(tags) != TagBytes*len(a) {
			t.Fatalf("%d bytes of tags for %d lines", len(tags), len(a))
		}
		got, err := Unpack(Pack(a))
		if err != nil || !slices.EqualFunc(got, a, bytes.Equal) {
			t.Fatalf("%v: unpacked %q, want %q", err, got, a)
		}
	})
}

// TestUnpackRefuses what Pack does not make, and does not take the memory that a small body asks for.
func TestUnpackRefuses(t *testing.T) {
	t.Parallel()
	e, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string][]byte{
		"nothing": nil, "no zstd": []byte("{}\n"), "no line": e.EncodeAll(nil, nil), "no end": e.EncodeAll([]byte("{}\n{}"), nil),
		"too much": e.EncodeAll(bytes.Repeat([]byte{'\n'}, MaxBatch+1), nil), "cut": Pack([][]byte{[]byte("{}\n")})[:8],
	} {
		if _, err := Unpack(body); fault.CodeOf(err) != fault.Malformed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkDigest(b *testing.B) {
	lines := make([][]byte, 1000)
	for i := range lines {
		lines[i] = fmt.Appendf(nil, "%0300d\n", i)
	}
	body := Pack(lines)
	b.SetBytes(int64(len(bytes.Join(lines, nil))))
	for b.Loop() {
		got, err := Unpack(body)
		if err != nil {
			b.Fatal(err)
		}
		Digest(1, got)
	}
	b.ReportMetric(float64(len(lines)*b.N)/b.Elapsed().Seconds(), "lines/s")
}
