package app

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

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
