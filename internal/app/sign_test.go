package app

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/sign"
	"yitong/internal/sign/stamp"
)

// tsa is another authority for timestamps.
func tsa(t *testing.T) stamp.Authority {
	t.Helper()
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "TSA"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtraExtensions: []pkix.Extension{{Id: []int{2, 5, 29, 37}, Critical: true, Value: []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 8}}},
	}
	der, err := smx509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	a := stamp.Authority{Key: key, Policy: sign.PolicyID}
	if a.Certificate, err = smx509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return a
}

// answering is an authority that answers over HTTP with what change makes of its answers.
func answering(t *testing.T, a stamp.Authority, change func(w http.ResponseWriter, reply []byte)) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		der, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Content-Type") != stamp.MediaQuery {
			t.Error(err, r.Header)
		}
		asked, err := stamp.ParseRequest(der)
		if err != nil {
			t.Error(err)
		}
		token, err := a.Token(asked, time.Now().UTC())
		if err != nil {
			t.Error(err)
		}
		reply, err := stamp.Reply(token)
		if err != nil {
			t.Error(err)
		}
		change(w, reply)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestAnotherTSA asks another authority for timestamps: signatures are made with them, and none without.
func TestAnotherTSA(t *testing.T) {
	t.Parallel()
	a, first := tsa(t), []byte(nil)
	for name, c := range map[string]struct {
		change func(w http.ResponseWriter, reply []byte)
		code   fault.Code
	}{
		"answers":       {func(w http.ResponseWriter, reply []byte) { w.Write(reply) }, ""},
		"is broken":     {func(w http.ResponseWriter, reply []byte) { http.Error(w, "broken", 500) }, fault.Unavailable},
		"says nonsense": {func(w http.ResponseWriter, reply []byte) { io.WriteString(w, "nonsense") }, fault.Unavailable},
		"repeats": {func(w http.ResponseWriter, reply []byte) {
			if first == nil {
				first = reply
			}
			w.Write(first)
		}, fault.Unavailable},
	} {
		s := Signing{SignTSA: answering(t, a, c.change)}
		config, err := s.config(time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		if name == "repeats" {
			if _, err := config.Stamper.Stamp(t.Context(), []byte("text")); err != nil {
				t.Error(err)
			}
		}
		if _, err := config.Stamper.Stamp(t.Context(), []byte("text")); fault.CodeOf(err) != c.code {
			t.Errorf("an authority that %s: %v", name, err)
		}
	}
	config, err := Signing{SignTSA: "http://127.0.0.1:1/"}.config(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := config.Stamper.Stamp(t.Context(), nil); fault.CodeOf(err) != fault.Unavailable {
		t.Error(err)
	}
}

// TestSigners makes a key for somebody who has not signed yet, as a console does.
func TestSigners(t *testing.T) {
	t.Parallel()
	a, dir := tsa(t), t.TempDir()
	trust := filepath.Join(dir, "trust.pem")
	if err := os.WriteFile(trust, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	r := Signers{
		Database: Database{DB: "sqlite:" + filepath.Join(dir, "record.db")}, Zone: "Asia/Shanghai",
		Signing: Signing{SignName: "区域平台", SignTrust: trust, SignTSA: answering(t, a, func(w http.ResponseWriter, reply []byte) { w.Write(reply) })},
	}
	err := r.With(t.Context(), func(s *sign.Service, session *gate.Session) error {
		for name, members := range map[string]string{"Organization/a": `"name":"甲医院"`, "Practitioner/wang": `"name":[{"text":"王医生"}]`, "Basic/1": `"code":{"text":"x"}`} {
			of := fhir.ParseReference(name).Ref
			resource, err := fhir.ParseResource([]byte(`{"resourceType":"` + of.Type.String() + `","id":"` + of.ID + `",` + members + `}`))
			if err != nil {
				return err
			}
			if _, err := session.Apply(t.Context(), []gate.Op{{Kind: gate.Update, Type: of.Type, ID: of.ID, Resource: resource}}, nil); err != nil {
				return err
			}
		}
		o, err := sign.OwnerOf(t.Context(), session, "Practitioner/wang", "Organization/a")
		if err != nil {
			return err
		}
		if _, err := s.Request(t.Context(), o); err != nil {
			return err
		}
		all, err := s.Certificates(t.Context(), "Practitioner/wang")
		if err != nil || len(all) != 1 || all[0].Subject.CommonName != "王医生" || all[0].Issuer.Organization[0] != "区域平台" {
			t.Errorf("%+v, %v", all, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSigningSettingsThatAreRefused(t *testing.T) {
	t.Parallel()
	nonsense := filepath.Join(t.TempDir(), "nonsense")
	if err := os.WriteFile(nonsense, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		Signing
		code fault.Code
	}{
		{Signing{SignTSA: "tsa.example"}, fault.Malformed}, {Signing{SignTSA: "ftp://tsa.example"}, fault.Malformed},
		{Signing{SignFresh: -1}, fault.Malformed}, {Signing{SignTrust: nonsense}, fault.Malformed}, {Signing{SignTrust: nonsense + "x"}, fault.NotFound},
	} {
		if _, err := c.config(time.UTC); fault.CodeOf(err) != c.code {
			t.Errorf("%+v: %v", c.Signing, err)
		}
	}
}

// TestKeyOfEnvironment: the platform's key may stand in the environment, but a file that is named counts first.
func TestKeyOfEnvironment(t *testing.T) {
	key := make([]byte, account.KeyBytes)
	rand.Read(key)
	t.Setenv(KeyVariable, base64.StdEncoding.EncodeToString(key))
	if got, err := (Key{}).Bytes(""); err != nil || string(got) != string(key) {
		t.Error(err)
	}
	file := filepath.Join(t.TempDir(), "key")
	if err := NewKey(file); err != nil {
		t.Fatal(err)
	}
	if got, err := (Key{KeyFile: file}).Bytes(""); err != nil || string(got) == string(key) {
		t.Error(err)
	}
	t.Setenv(KeyVariable, "short")
	if _, err := (Key{}).Bytes(""); fault.CodeOf(err) != fault.Malformed {
		t.Error(err)
	}
}

// TestKeyIsGiven: a server without accounts judges signatures by the platform's key where there is one, and makes none.
func TestKeyIsGiven(t *testing.T) {
	t.Parallel()
	beside := filepath.Join(t.TempDir(), "record.db")
	for range 2 {
		if (Key{}).given(beside) || (Key{}).given("") || !(Key{KeyFile: "key"}).given("") {
			t.Error("whether there is a key is told wrongly")
		}
	}
	if err := NewKey(beside + ".key"); err != nil {
		t.Fatal(err)
	}
	if !(Key{}).given(beside) {
		t.Error("the key beside the database is not found")
	}
}
