package seal_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store/seal"
)

func sealer(t testing.TB, first byte) seal.Sealer {
	t.Helper()
	key := bytes.Repeat([]byte{7}, seal.KeyBytes)
	key[0] = first
	s, err := seal.New(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func keysOf(t testing.TB, newest seal.Sealer, older ...seal.Sealer) *seal.Keys {
	t.Helper()
	k, err := seal.NewKeys(newest, older...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestKnownAnswer opens the example of GB/T 36624-2018 SM4-GCM as RFC 8998, A.1 prints it.
func TestKnownAnswer(t *testing.T) {
	t.Parallel()
	of := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	s, err := seal.New(of("0123456789ABCDEFFEDCBA9876543210"))
	if err != nil {
		t.Fatal(err)
	}
	sealed := of("17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D" +
		"83DE3541E4C2B58177E065A9BF7B62EC" + "00001234567800000000ABCD")
	want := of("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDDEEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA")
	got, err := s.Open(nil, of("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"), sealed)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %x, %v", got, err)
	}
}

func TestKeyOfAnotherLength(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		if _, err := seal.New(make([]byte, n)); (err == nil) != (n == seal.KeyBytes) {
			t.Errorf("a key of %d bytes: %v", n, err)
		}
	}
}

// TestBodies: whatever is stored, with whatever setting, is read by every setting that has the key; without it, only
// what is plain. A sealed one shows nothing, and fits in no other place, and no bit of it may be altered.
func TestBodies(t *testing.T) {
	t.Parallel()
	one, other := sealer(t, 1), sealer(t, 2)
	keys, rotated := keysOf(t, one), keysOf(t, sealer(t, 3), one)
	settings := []seal.Bodies{{}, {Keys: keys}, {Keys: keys, On: true}, {Keys: rotated}}
	others := seal.Bodies{Keys: keysOf(t, other, sealer(t, 4))}
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(t, "body")
		if n := len(body); n > 0 && rapid.Bool().Draw(t, "special") {
			body[0] = byte(rapid.IntRange(0, 3).Draw(t, "first"))
		}
		id := rapid.SampledFrom([]string{"a", "b", ""}).Draw(t, "id")
		number := rapid.Int64Range(0, 3).Draw(t, "number")
		about := seal.AboutVersion(fhir.Ref{Type: 3, ID: id}, number)
		writes := rapid.SampledFrom(settings).Draw(t, "writes")
		stored := writes.Store(about, bytes.Clone(body))
		sealed := writes.On && len(body) > 0
		if sealed && rapid.Bool().Draw(t, "old") {
			stored = one.Seal([]byte{1}, about(), body)
		}
		if is := seal.IsSealed(stored); is != sealed || is && len(body) > 8 && bytes.Contains(stored, body) {
			t.Fatalf("%x was stored as %x", body, stored)
		}
		for _, reads := range settings {
			got, err := reads.Open(about, bytes.Clone(stored))
			if may := !sealed || reads.Keys != nil; may != (err == nil) || may && !bytes.Equal(got, body) {
				t.Fatalf("%x became %x, %v", body, got, err)
			}
			if err != nil && fault.CodeOf(err) != fault.Internal {
				t.Errorf("the error is %v", err)
			}
			if again, err := reads.Again(about, bytes.Clone(stored)); err == nil && seal.IsSealed(again) != (reads.On && len(body) > 0) {
				t.Errorf("%x was brought into the form %x", stored, again)
			}
		}
		if !sealed {
			return
		}
		fails := func(why string, b seal.Bodies, about seal.About, stored []byte) {
			if got, err := b.Open(about, bytes.Clone(stored)); err == nil {
				t.Errorf("%s it was opened: %x", why, got)
			}
		}
		fails("with another key", others, about, stored)
		for why, elsewhere := range map[string]seal.About{
			"for another version": seal.AboutVersion(fhir.Ref{Type: 3, ID: id}, number+1), "for another type": seal.AboutVersion(fhir.Ref{Type: 4, ID: id}, number),
			"for another id": seal.AboutVersion(fhir.Ref{Type: 3, ID: id + "x"}, number), "for an item": seal.AboutItem("3", id, number),
			"for an answer": seal.AboutAnswer([]byte(id)), "for lines": seal.AboutLines, "for a batch": seal.AboutBatch(number),
		} {
			fails(why, writes, elsewhere, stored)
		}
		bit := rapid.IntRange(16, 8*len(stored)-1).Draw(t, "bit")
		altered := bytes.Clone(stored)
		altered[bit/8] ^= 1 << (bit % 8)
		fails("altered", writes, about, altered)
		fails("cut off", writes, about, stored[:rapid.IntRange(1, len(stored)-1).Draw(t, "length")])
	})
}

// TestKnownKey: a record that has been sealed with a key is not opened with another one, or with none; one that holds
// sealed bodies says so; and plain bodies are refused where all are sealed, and only there.
func TestKnownKey(t *testing.T) {
	t.Parallel()
	with := func(on bool, first byte, older ...byte) seal.Bodies {
		var list []seal.Sealer
		for _, one := range older {
			list = append(list, sealer(t, one))
		}
		return seal.Bodies{Keys: keysOf(t, sealer(t, first), list...), On: on}
	}
	kept := func(b seal.Bodies, known []byte, h seal.Held) []byte {
		keep, err := b.Check(known, func() (seal.Held, error) { return h, nil })
		if err != nil || keep == nil {
			t.Fatal(keep, err)
		}
		return keep
	}
	some, whole := kept(with(true, 1), nil, seal.Held{Any: true}), kept(with(true, 1), nil, seal.Held{})
	old := sealer(t, 1).Seal([]byte{1}, []byte("setting seal"), []byte("yitong: the bodies of this record are sealed with this key"))
	for _, c := range []struct {
		name    string
		bodies  seal.Bodies
		known   []byte
		held    seal.Held
		fits    bool
		keeps   bool
		refuses bool
	}{
		{"never sealed, no key", seal.Bodies{}, nil, seal.Held{Any: true}, true, false, false},
		{"never sealed, a key", with(false, 1), nil, seal.Held{Any: true}, true, false, false},
		{"never sealed, to be sealed without a key", seal.Bodies{On: true}, nil, seal.Held{}, false, false, false},
		{"new, to be sealed", with(true, 1), nil, seal.Held{}, true, true, false},
		{"plain, to be sealed", with(true, 1), nil, seal.Held{Any: true}, true, true, false},
		{"sealed, but it does not say so", with(true, 1), nil, seal.Held{Any: true, Sealed: true}, false, false, false},
		{"sealed, but it does not say so, off", with(false, 1), nil, seal.Held{Any: true, Sealed: true}, true, false, false},
		{"sealed, no key", seal.Bodies{}, some, seal.Held{}, false, false, false},
		{"sealed, to be sealed without a key", seal.Bodies{On: true}, some, seal.Held{}, false, false, false},
		{"sealed, the key", with(true, 1), some, seal.Held{}, true, false, false},
		{"sealed, the key, off", with(false, 1), some, seal.Held{}, true, false, false},
		{"sealed, the key among others", with(true, 3, 1, 2), some, seal.Held{}, true, false, false},
		{"sealed, another key", with(true, 2), some, seal.Held{}, false, false, false},
		{"sealed, another key, off", with(false, 2), some, seal.Held{}, false, false, false},
		{"sealed before keys had numbers", with(true, 1), old, seal.Held{}, true, false, false},
		{"sealed before keys had numbers, a newer key", with(true, 2, 1), old, seal.Held{}, true, false, false},
		{"sealed before keys had numbers, another key", with(true, 2), old, seal.Held{}, false, false, false},
		{"all sealed, the key", with(true, 1), whole, seal.Held{}, true, false, true},
		{"all sealed, a newer key", with(true, 2, 1), whole, seal.Held{}, true, false, true},
		{"all sealed, the key, off", with(false, 1), whole, seal.Held{}, true, true, false},
		{"all sealed, another key", with(true, 2), whole, seal.Held{}, false, false, false},
		{"said in the clear", with(true, 1), []byte("yitong: the bodies of this record are sealed with this key"), seal.Held{}, false, false, false},
	} {
		more, err := c.bodies.Check(c.known, func() (seal.Held, error) { return c.held, nil })
		if (err == nil) != c.fits || (more != nil) != c.keeps || err != nil && fault.CodeOf(err) != fault.Malformed {
			t.Errorf("%s: %v, %v", c.name, more, err)
		}
		if _, err := c.bodies.Open(seal.AboutLines, []byte("plain")); (err != nil) != c.refuses {
			t.Errorf("%s: a plain body: %v", c.name, err)
		}
		if body, err := c.bodies.Open(seal.AboutLines, nil); err != nil || len(body) > 0 {
			t.Errorf("%s: an empty body: %v", c.name, err)
		}
	}
	back := kept(with(false, 1), whole, seal.Held{})
	b := with(true, 1)
	if more, err := b.Check(back, nil); more != nil || err != nil {
		t.Error("taken back:", more, err)
	}
	if _, err := b.Open(seal.AboutLines, []byte("plain")); err != nil {
		t.Error("taken back:", err)
	}
}

// TestSameKeys: a key is named once.
func TestSameKeys(t *testing.T) {
	t.Parallel()
	if _, err := seal.NewKeys(sealer(t, 1), sealer(t, 2), sealer(t, 1)); fault.CodeOf(err) != fault.Malformed {
		t.Error(err)
	}
}

// BenchmarkSeal seals and opens a resource, and lines of the trail that are added together.
func BenchmarkSeal(b *testing.B) {
	s, about := sealer(b, 1), make([]byte, 40)
	for _, size := range []int{900, 19_200} {
		text := make([]byte, size)
		sealed := s.Seal(nil, about, text)
		b.Run(fmt.Sprint("seal ", size), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				s.Seal(nil, about, text)
			}
		})
		b.Run(fmt.Sprint("open ", size), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				if _, err := s.Open(text[:0], about, sealed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
