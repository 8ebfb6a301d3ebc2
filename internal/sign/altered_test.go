package sign_test

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/sign"
	"yitong/internal/sign/cms"
	"yitong/internal/sign/stamp"
	"yitong/internal/store/sqlite"
)

// dataOf is the signature in a Provenance.
func (w world) dataOf(made gate.Result) []byte {
	w.Helper()
	p, err := fhir.ParseResource(made.Version.Body.Bytes)
	if err != nil {
		w.Fatal(err)
	}
	der, err := base64.StdEncoding.DecodeString(p.Root.Get("signature").First().Get("data").Str())
	if err != nil {
		w.Fatal(err)
	}
	return der
}

// with puts another signature into a Provenance behind the platform's back, and tells what is then known of it.
func (w world) with(made gate.Result, der []byte) sign.Signature {
	w.Helper()
	was := base64.StdEncoding.EncodeToString(w.dataOf(made))
	w.behind(made, func(text string) string { return strings.Replace(text, was, base64.StdEncoding.EncodeToString(der), 1) })
	return w.one()
}

// TestAltered alters any bit of a signature, its certificates and its timestamp: it is not valid, or says just the same
// by the same value.
func TestAltered(t *testing.T) {
	eachDatabase(t, func(w world) {
		made := w.signed()
		der, was := w.dataOf(made), w.one()
		value := bytes.Clone(parsed(w, der).Value)
		for range 60 {
			altered := bytes.Clone(der)
			altered[rand.IntN(len(der))] ^= 1 << rand.IntN(8)
			s := w.with(made, altered)
			same := s.At.Equal(was.At) && s.Name == was.Name && s.Purpose == was.Purpose && s.Certificate.Equal(was.Certificate)
			if s.Valid() && (!same || !bytes.Equal(parsed(w, altered).Value, value)) {
				w.Errorf("%x", altered)
			}
		}
		for _, bad := range [][]byte{nil, der[:100], {0x30, 0x80}, bytes.Repeat([]byte{0x30}, 1000)} {
			if len(bad) > 0 {
				w.wrong(w.with(made, bad), sign.Format)
			}
		}
		value[len(value)-1] ^= 1
		w.wrong(w.with(made, swapValue(w, der, value)), sign.Altered)
		if s := w.with(made, der); !s.Valid() {
			w.Error(s.Faults)
		}
	})
}

// swapValue is a signature with another value.
func swapValue(t testing.TB, der, value []byte) []byte {
	t.Helper()
	was := parsed(t, der).Value
	return bytes.Replace(der, was, value, 1)
}

func parsed(t testing.TB, der []byte) *cms.Signature {
	t.Helper()
	s, err := cms.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestTimestamps takes the timestamp out of a signature, and puts others in.
func TestTimestamps(t *testing.T) {
	eachDatabase(t, func(w world) {
		made := w.signed()
		der := w.dataOf(made)
		token := cms.Find(parsed(w, der).Unsigned, cms.TimeStamp)
		put := func(other []byte) sign.Signature {
			w.Helper()
			return w.with(made, swap(w, der, other))
		}
		if s := put(token); !s.Valid() {
			w.Fatal(s.Faults)
		}
		w.lacks(put(nil), sign.NoTime)
		w.clock.forward(time.Hour)
		another, err := w.Stamp(w.Context(), []byte("another signature"))
		if err != nil {
			w.Fatal(err)
		}
		w.lacks(put(another), sign.BadTime)

		stranger := newWorld(w, w.fresh()) // with an authority that nobody trusts here
		foreign, err := stranger.Stamp(w.Context(), parsed(w, der).Value)
		if err != nil {
			w.Fatal(err)
		}
		w.lacks(put(foreign), sign.BadTime)
		if t, err := stamp.ParseToken(foreign); err != nil || !t.Of(parsed(w, der).Value) {
			w.Error("the stranger's timestamp is not even for the signature")
		}

		later, err := w.Stamp(w.Context(), parsed(w, der).Value) // by who may, but later: what is true is said
		if err != nil {
			w.Fatal(err)
		}
		if s := put(later); !s.Valid() || !s.At.Equal(w.clock.Now()) {
			w.Error(s.Faults, s.At)
		}
		w.clock.forward(60 * 365 * day)
		future, err := w.Stamp(w.Context(), parsed(w, der).Value)
		if err != nil {
			w.Fatal(err)
		}
		w.lacks(put(future), sign.BadTime)
	})
}

// lacks fails unless the time of a signature has that fault. By the record's word for it, its certificate has ended
// then.
func (w world) lacks(s sign.Signature, code sign.Code) {
	w.Helper()
	if len(s.Faults) == 0 || s.Faults[0].Code != code || s.Stamped {
		w.Errorf("%v, want %s", s.Faults, code)
	}
}

// fresh is another database.
func (w world) fresh() *sqlite.DB {
	w.Helper()
	db, err := sqlite.Open(w.Context(), filepath.Join(w.TempDir(), "another.db"))
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { _ = db.Close() })
	return db
}

// swap is a signature with another token, or with none. The lengths around it are written anew.
func swap(t testing.TB, der, other []byte) []byte {
	t.Helper()
	s := parsed(t, der)
	d := cms.Draft{Type: cms.Data, Certificate: s.Certificate()}
	for _, c := range s.Certificates {
		if !c.Equal(d.Certificate) {
			d.Others = append(d.Others, c)
		}
	}
	var unsigned []cms.Attribute
	if other != nil {
		unsigned = []cms.Attribute{{Type: cms.TimeStamp, Value: other}}
	}
	out, err := d.Finish(s.ToSign(), s.Value, unsigned...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRecordAltered changes what was signed in the database itself, in many ways: each is found.
func TestRecordAltered(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "record.db")
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	w := newWorld(t, db)
	w.signed()
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	for old, other := range map[string]string{
		`5.60`: `5.61`, `mmol/L`: `mg/dL`, `"final"`: `"draft"`, `Patient/li`: `Patient/xi`, `"id":"1"`: `"id":"7"`, `血`: `汗`, `:5.60,`: `:5.6,`,
	} {
		swapped := func(old, other string) {
			t.Helper()
			res, err := raw.Exec(`UPDATE res SET body = CAST(replace(CAST(body AS TEXT), ?, ?) AS BLOB) WHERE CAST(body AS TEXT) LIKE '%"Observation"%'`, old, other)
			if err != nil {
				t.Fatal(err)
			}
			if n, _ := res.RowsAffected(); n != 1 {
				t.Fatal(n, "rows")
			}
		}
		swapped(old, other)
		s := w.one()
		w.wrong(s, sign.Content)
		swapped(other, old)
		if s = w.one(); !s.Valid() {
			t.Error(fmt.Sprint(old, ": ", s.Faults))
		}
	}
}
