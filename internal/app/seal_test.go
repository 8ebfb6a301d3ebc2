package app

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// TestSealedAtRest: with the setting the file holds nothing of what bodies say, and is not opened without the key; the seal is put on a
// record that is there, and taken off (mission F6).
func TestSealedAtRest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plain := Database{DB: "sqlite:" + filepath.Join(dir, "record.db")}
	sealed := plain
	sealed.SealKey = filepath.Join(dir, "seal.key")
	if err := NewKey(sealed.SealKey); err != nil {
		t.Fatal(err)
	}
	secret := []byte("nobody-may-read-this")
	body := append(append([]byte(`{"resourceType":"Basic","id":"x","code":{"text":"`), secret...), `"}}`...)
	write := func(with Database) {
		t.Helper()
		db, err := with.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		r, err := fhir.ParseResource(body)
		if err != nil {
			t.Fatal(err)
		}
		s := gate.New(db, gate.Config{}).Session(gate.Actor{Reference: "Device/x", Access: gate.Whole()})
		if _, err := s.Apply(t.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	reads := func(with Database) error {
		db, err := with.Open(t.Context())
		if err != nil {
			return err
		}
		defer db.Close()
		r, _ := fhir.ParseResource(body)
		v, err := db.Head(t.Context(), fhir.Ref{Type: r.Type, ID: r.ID})
		if err == nil && !bytes.Contains(v.Body.Bytes, secret) {
			t.Errorf("what is read is %q", v.Body.Bytes)
		}
		return err
	}
	reseal := func(with Database) {
		t.Helper()
		db, err := with.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if n, err := Reseal(t.Context(), db); err != nil || n == 0 {
			t.Errorf("%d bodies were changed: %v", n, err)
		}
	}
	inFile := func() bool {
		files, err := filepath.Glob(filepath.Join(dir, "record.db*"))
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(files, func(path string) bool {
			text, err := os.ReadFile(path)
			return err != nil || bytes.Contains(text, secret)
		})
	}
	write(sealed)
	if inFile() {
		t.Error("the file of a sealed record says what is in it")
	}
	if err := reads(sealed); err != nil {
		t.Error(err)
	}
	if err := reads(plain); fault.CodeOf(err) != fault.Malformed {
		t.Errorf("without the key: %v", err)
	}
	other := sealed
	other.SealKey = filepath.Join(dir, "other.key")
	if err := NewKey(other.SealKey); err != nil {
		t.Fatal(err)
	}
	if err := reads(other); fault.CodeOf(err) != fault.Malformed {
		t.Errorf("with another key: %v", err)
	}
	off := sealed
	off.SealOff = true
	write(off) // plain beside the sealed version before
	if !inFile() {
		t.Error("with --seal-off something was sealed")
	}
	reseal(off)
	if err := reads(plain); err != nil {
		t.Errorf("with the seal taken off: %v", err)
	}
	reseal(sealed)
	if err := reads(plain); fault.CodeOf(err) != fault.Malformed {
		t.Errorf("sealed again, without the key: %v", err)
	}
	if err := reads(sealed); err != nil {
		t.Error(err)
	}
}

// TestKeysFollowEachOther: a line is put first into the file of the key, everything is sealed anew by it, and the line below is
// taken out; so with the platform's key for practitioners' keys, whose last line goes on keeping the rest.
func TestKeysFollowEachOther(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := Database{DB: "sqlite:" + filepath.Join(dir, "record.db"), SealKey: filepath.Join(dir, "seal.key")}
	line := func(name string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := NewKey(path); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	first, second := line("first"), line("second")
	opened := func(lines string) (n int, err error) {
		t.Helper()
		if err := os.WriteFile(d.SealKey, []byte(lines), 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := d.Open(t.Context())
		if err != nil {
			return 0, err
		}
		defer db.Close()
		r, err := fhir.ParseResource([]byte(`{"resourceType":"Basic","id":"x","code":{"text":"x"}}`))
		if err != nil {
			t.Fatal(err)
		}
		s := gate.New(db, gate.Config{}).Session(gate.Actor{Reference: "Device/x", Access: gate.Whole()})
		if _, err := s.Apply(t.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil); err != nil {
			t.Fatal(err)
		}
		return Reseal(t.Context(), db)
	}
	if n, err := opened(first); n != 0 || err != nil {
		t.Error(n, err)
	}
	if _, err := opened(second); fault.CodeOf(err) != fault.Malformed {
		t.Error("the key was changed at once:", err)
	}
	if n, err := opened(second + "\n" + first); n == 0 || err != nil {
		t.Error(n, err)
	}
	if n, err := opened(second); n != 0 || err != nil {
		t.Error(n, err)
	}
	if _, err := opened(first); fault.CodeOf(err) != fault.Malformed {
		t.Error("the old key opens it yet:", err)
	}

	key := Key{KeyFile: filepath.Join(dir, "first")}
	v, err := key.vault("")
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := v.Seal("x", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	before, err := key.Bytes("")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(key.KeyFile, []byte(second+first), 0o600); err != nil {
		t.Fatal(err)
	}
	if v, err = key.vault(""); err != nil {
		t.Fatal(err)
	}
	if text, err := v.Open("x", sealed); err != nil || string(text) != "x" || !v.Old(sealed) {
		t.Error(text, err)
	}
	if after, err := key.Bytes(""); err != nil || !bytes.Equal(after, before) {
		t.Error("accounts would be lost:", err)
	}
}

// TestKeyFilesThatAreRefused: keys are lines of 32 bytes in base64, each once.
func TestKeyFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	key := func(b byte) string {
		return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, account.KeyBytes)) + "\n"
	}
	many := ""
	for b := range byte(keysMost + 1) {
		many += key(b)
	}
	for text, want := range map[string]int{
		key(1): 1, "\n" + key(1) + "\r\n" + key(2): 2, many[len(key(1)):]: keysMost, many: 0, "": 0, key(1) + key(1): 0, key(1) + "x": 0, "AAAA": 0, "# " + key(1): 0,
	} {
		all, err := parseKeys("FILE", text)
		if len(all) != want || (err == nil) != (want > 0) || err != nil && fault.CodeOf(err) != fault.Malformed {
			t.Errorf("%q: %d, %v", text, len(all), err)
		}
	}
}
