package storetest

import (
	"bytes"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
	"yitong/internal/store/seal"
)

// exec runs a statement on what is stored, as who has the database alone could.
func (s sealed) exec(w world, q string, args ...any) {
	s.Helper()
	if _, err := s.handle(w.db).ExecContext(w.ctx(), q, args...); err != nil {
		s.Fatal(q, err)
	}
}

// refusesToOpen fails unless a record is not opened with a setting.
func (s sealed) refusesToOpen(why string, b seal.Bodies) {
	s.Helper()
	db, err := s.open(b)
	if err == nil {
		_ = db.Close()
	}
	if fault.CodeOf(err) != fault.Malformed {
		s.Errorf("%s: %v", why, err)
	}
}

// followingKeys: a new key follows an old one while what that has sealed is there, which is then sealed anew; the old one
// is needed until then, and not afterwards.
func followingKeys(t *testing.T, s sealed) {
	s.with(Sealing(t, 1, true), func(w world) { w.fill(0) })
	s.with(Sealing(t, 2, true, 1), func(w world) {
		w.read(0)
		w.fill(1)
		w.read(0)
		w.read(1)
	})
	s.refusesToOpen("the old key was taken out too early", Sealing(t, 2, true))
	s.with(Sealing(t, 2, true, 1), func(w world) {
		const bound = 1 // what was loose under the old key is sealed with the batch that the next fill has made
		if changed := w.reseal(3); changed != bodiesOf-bound {
			t.Errorf("%d bodies were sealed anew, want %d", changed, bodiesOf-bound)
		}
		if changed := w.reseal(3); changed != 0 {
			t.Errorf("%d bodies were sealed anew twice", changed)
		}
	})
	s.refusesToOpen("the new key is not there", Sealing(t, 1, true))
	s.with(Sealing(t, 2, true), func(w world) {
		w.read(0)
		w.read(1)
	})
}

// unnumbered: bodies from before keys had numbers are read, by whichever key they were sealed with, and sealed anew.
func unnumbered(t *testing.T, s sealed) {
	ref := fhir.Ref{Type: patient, ID: "r0"}
	body := patientBody(ref.ID, secret)
	s.with(Sealing(t, 1, true), func(w world) {
		w.fill(0)
		s.exec(w, "UPDATE res SET body = $1 WHERE id = 'r0'", sealed1(t, seal.AboutVersion(ref, 2)(), body.Bytes))
		s.exec(w, "UPDATE setting SET value = $1 WHERE name = 'seal'", sealed1(t, []byte("setting seal"),
			[]byte("yitong: the bodies of this record are sealed with this key")))
		w.read(0)
	})
	s.refusesToOpen("another key", Sealing(t, 2, true))
	s.with(Sealing(t, 1, true), func(w world) {
		w.read(0)
		if changed := w.reseal(3); changed != 1 {
			t.Errorf("%d bodies were sealed anew, want 1", changed)
		}
		w.read(0)
		s.exec(w, "UPDATE res SET body = $1 WHERE id = 'r0'", sealed1(t, seal.AboutVersion(ref, 2)(), body.Bytes))
	})
	s.with(Sealing(t, 3, true, 2, 1), func(w world) { w.read(0) })
}

// sealed1 seals in the form from before keys had numbers, with the key 1.
func sealed1(t *testing.T, about, body []byte) []byte {
	old, err := seal.New(bytes.Repeat([]byte{1}, seal.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	return old.Seal([]byte{1}, about, body)
}

// plainRefused: once all bodies are sealed, who can write to the database without the key puts no plain one there, of
// whichever column. It is so from the beginning of a record that is sealed from then on, or from when all bodies have been
// gone over; to take the seal off takes it back.
func plainRefused(t *testing.T, s sealed) {
	const most = 5
	forge := func(w world, code fault.Code) {
		t.Helper()
		for _, c := range columns {
			for _, plain := range [][]byte{[]byte(secret), append([]byte{0, 0}, secret...)} {
				s.exec(w, "UPDATE "+c[0]+" SET "+c[1]+" = $1", plain)
				if err := w.readOf(c[0]); fault.CodeOf(err) != code {
					t.Errorf("a plain body of %s is read: %v", c[0], err)
				}
			}
		}
	}
	resealRefused := func(w world) {
		t.Helper()
		for at := (seal.Place{}); ; {
			to, _, over, err := w.db.(seal.Resealer).Reseal(w.ctx(), at, most)
			if fault.CodeOf(err) == fault.Internal {
				return
			}
			if w.must(err); over {
				t.Error("plain bodies were sealed, as if they were true")
				return
			}
			at = to
		}
	}
	s.with(Sealing(t, 1, true), func(w world) { w.fill(0); w.read(0) })
	s.with(Sealing(t, 1, true), func(w world) {
		w.fill(1)
		w.read(0)
		forge(w, fault.Internal)
		resealRefused(w)
	})
	s.with(Sealing(t, 1, true), func(w world) { forge(w, fault.Internal) })
	s.with(Sealing(t, 1, false), func(w world) { forge(w, "") })
	s.with(Sealing(t, 1, true), func(w world) { // what is plain may be true since
		forge(w, "")
		w.reseal(most)
		forge(w, fault.Internal)
	})
	s.with(Sealing(t, 1, true), func(w world) { forge(w, fault.Internal) })
	s.with(Sealing(t, 1, false), func(w world) { w.reseal(most) })
	s.with(seal.Bodies{}, func(w world) { forge(w, "") })
}

// readOf reads a body of a table that [world.fill] has filled.
func (w world) readOf(table string) (err error) {
	ref := fhir.Ref{Type: patient, ID: "r0"}
	switch table {
	case "res":
		_, err = w.db.Head(w.ctx(), ref)
	case "hist":
		_, err = w.db.Version(w.ctx(), ref, 1)
	case "item":
		_, err = w.db.Item(w.ctx(), "account", "r0")
	case "item_past":
		_, err = w.db.Past(w.ctx(), "account", "r0")
	case "answer":
		_, err = w.db.Gather(w.ctx(), store.Want{Key: []byte("key r0")})
	case "loose":
		_, err = w.db.Loose(w.ctx(), 1<<20)
	case "batch":
		_, err = w.db.Batches(w.ctx(), 1, 9, true)
	}
	return err
}

// statementGone: who takes out what the record says about its seal, or writes something else there, does not have plain
// bodies taken for true ones.
func statementGone(t *testing.T, s sealed) {
	s.with(Sealing(t, 1, true), func(w world) {
		w.fill(0)
		s.exec(w, "DELETE FROM setting WHERE name = 'seal'")
	})
	s.refusesToOpen("the setting was taken out", Sealing(t, 1, true))
	s.with(Sealing(t, 1, false), func(w world) { w.reseal(5) })
	s.with(Sealing(t, 1, true), func(w world) {
		w.read(0)
		w.reseal(5)
		s.exec(w, "UPDATE setting SET value = $1 WHERE name = 'seal'", []byte("yitong: the bodies of this record are sealed with this key"))
	})
	s.refusesToOpen("the setting says so without the key", Sealing(t, 1, true))
}
