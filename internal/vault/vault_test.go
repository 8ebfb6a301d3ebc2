package vault_test

import (
	"bytes"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"sync"
	"testing"

	"github.com/emmansun/gmsm/sm4"
	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/vault"
)

func software(t testing.TB, seed byte) *vault.Software {
	t.Helper()
	s, err := vault.NewSoftware(bytes.Repeat([]byte{seed}, vault.MasterBytes))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sealed(t testing.TB, v *vault.Vault, about, text string) []byte {
	t.Helper()
	out, err := v.Seal(about, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestOpens seals any texts, and opens them again, on this server and on another.
func TestOpens(t *testing.T) {
	t.Parallel()
	v, other := vault.New("sign", software(t, 1)), vault.New("sign", software(t, 1))
	rapid.Check(t, func(r *rapid.T) {
		about, text := rapid.String().Draw(r, "about"), rapid.SliceOf(rapid.Byte()).Draw(r, "text")
		s := sealed(t, v, about, string(text))
		if len(text) > 8 && bytes.Contains(s, text) {
			r.Fatal("the text can be read")
		}
		for _, by := range []*vault.Vault{v, other} {
			if back, err := by.Open(about, s); err != nil || !bytes.Equal(back, text) {
				r.Fatalf("%q, %v", back, err)
			}
		}
		if bytes.Equal(s, sealed(t, v, about, string(text))) {
			r.Fatal("the same text sealed twice is the same")
		}
	})
}

// TestRefuses alters one bit, or one thing that the text is about.
func TestRefuses(t *testing.T) {
	t.Parallel()
	one := software(t, 1)
	v := vault.New("sign", one)
	s := sealed(t, v, "key of Practitioner/wang", "secret")
	for i := range len(s) * 8 {
		altered := bytes.Clone(s)
		altered[i/8] ^= 1 << (i % 8)
		if _, err := v.Open("key of Practitioner/wang", altered); fault.CodeOf(err) != fault.Internal {
			t.Errorf("bit %d: %v", i, err)
		}
	}
	for n := range s {
		if _, err := v.Open("key of Practitioner/wang", s[:n]); err == nil {
			t.Errorf("%d bytes open", n)
		}
	}
	for name, by := range map[string]*vault.Vault{
		"another use": vault.New("other", one), "another key": vault.New("sign", software(t, 2)), "use and about shifted": vault.New("signk", one),
	} {
		if _, err := by.Open("key of Practitioner/wang", s); err == nil {
			t.Errorf("it opens with %s", name)
		}
	}
	if _, err := v.Open("key of Practitioner/zhao", s); err == nil {
		t.Error("it opens about somebody else")
	}
}

// TestRotates lets a new master key follow: it seals, and both open.
func TestRotates(t *testing.T) {
	t.Parallel()
	first, second := software(t, 1), software(t, 2)
	old := sealed(t, vault.New("sign", first), "a", "text")
	both := vault.New("sign", second, first)
	if text, err := both.Open("a", old); err != nil || string(text) != "text" || !both.Old(old) {
		t.Errorf("%q, %v, old %v", text, err, both.Old(old))
	}
	fresh := sealed(t, both, "a", "text")
	if _, err := vault.New("sign", second).Open("a", fresh); err != nil || both.Old(fresh) {
		t.Errorf("%v, old %v", err, both.Old(fresh))
	}
	if _, err := vault.New("sign", first).Open("a", fresh); err == nil {
		t.Error("the old key alone opens what the new one has sealed")
	}
}

// module stands for a hardware module: it counts what it is asked, and may be out of order.
type module struct {
	*vault.Software
	mu              sync.Mutex
	wrapped, opened int
	broken          error
}

func (m *module) Wrap(use string, key []byte) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wrapped++
	if m.broken != nil {
		return nil, m.broken
	}
	return m.Software.Wrap(use, key)
}

func (m *module) Unwrap(use string, wrapped []byte) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.opened++
	if m.broken != nil {
		return nil, m.broken
	}
	return m.Software.Unwrap(use, wrapped)
}

// TestAsksModuleSeldom counts how often a hardware module is asked: once for a data key, whatever it seals.
func TestAsksModuleSeldom(t *testing.T) {
	t.Parallel()
	m := &module{Software: software(t, 1)}
	a, b := vault.New("sign", m), vault.New("sign", m)
	var all [][]byte
	for range 100 {
		all = append(all, sealed(t, a, "x", "text"))
	}
	var wait sync.WaitGroup
	for _, s := range all {
		wait.Go(func() {
			for _, v := range []*vault.Vault{a, b} {
				if _, err := v.Open("x", s); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if m.wrapped != 1 || m.opened > 100 || m.opened == 0 {
		t.Errorf("asked %d times to wrap, %d times to unwrap", m.wrapped, m.opened)
	}
	m.broken = fault.New(fault.Unavailable, "The module does not answer.")
	if _, err := vault.New("sign", m).Seal("x", nil); !errors.Is(err, m.broken) {
		t.Error(err)
	}
	if _, err := vault.New("sign", m).Open("x", all[0]); !errors.Is(err, m.broken) {
		t.Error(err)
	}
}

func TestKeyLength(t *testing.T) {
	t.Parallel()
	if _, err := vault.NewSoftware(make([]byte, 16)); fault.CodeOf(err) != fault.Malformed {
		t.Error(err)
	}
}

// TestCipher holds the cipher against the vector of RFC 8998, A.1 (SM4-GCM).
func TestCipher(t *testing.T) {
	t.Parallel()
	bin := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	block, err := sm4.NewCipher(bin("0123456789abcdeffedcba9876543210"))
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	got := aead.Seal(nil, bin("00001234567800000000abcd"),
		bin("aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"),
		bin("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
	want := bin("17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d" +
		"83de3541e4c2b58177e065a9bf7b62ec")
	if !bytes.Equal(got, want) {
		t.Errorf("%x", got)
	}
}

func BenchmarkSeal(b *testing.B) {
	v, text := vault.New("sign", software(b, 1)), make([]byte, 900)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := v.Seal("key of Practitioner/wang", text); err != nil {
			b.Fatal(err)
		}
	}
}

// TestAttested: a mark is of one text about one thing under one key and for one use; nothing that is sealed is one.
func TestAttested(t *testing.T) {
	t.Parallel()
	v := vault.New("sign", software(t, 1))
	mark, err := v.Attest("item 1", []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	both := vault.New("sign", software(t, 2), software(t, 1))
	for name, c := range map[string]struct {
		by    *vault.Vault
		about string
		text  string
		mark  []byte
		want  bool
	}{
		"the same":           {v, "item 1", "text", mark, true},
		"on another server":  {vault.New("sign", software(t, 1)), "item 1", "text", mark, true},
		"after a newer key":  {both, "item 1", "text", mark, true},
		"another text":       {v, "item 1", "texts", mark, false},
		"about another":      {v, "item 2", "text", mark, false},
		"parts moved":        {v, "item 1t", "ext", mark, false},
		"another key":        {vault.New("sign", software(t, 2)), "item 1", "text", mark, false},
		"another use":        {vault.New("body", software(t, 1)), "item 1", "text", mark, false},
		"no mark":            {v, "item 1", "text", nil, false},
		"a part of a mark":   {v, "item 1", "text", mark[:len(mark)-1], false},
		"a sealed text":      {v, "item 1", "text", sealed(t, v, "item 1", "text"), false},
		"a sealed no-length": {v, "item 1", "text", sealed(t, v, "item 1text", ""), false},
	} {
		if got, err := c.by.Attested(c.about, []byte(c.text), c.mark); got != c.want || err != nil {
			t.Errorf("%s: %t, %v", name, got, err)
		}
	}
	if _, err := v.Open("item 1", mark); fault.CodeOf(err) != fault.Internal {
		t.Error(err)
	}
}
