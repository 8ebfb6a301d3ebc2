package stamp_test

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/sign/stamp"
)

// newAuthority is one whose certificate is for timestamps, or not.
func newAuthority(t testing.TB, usage ...pkix.Extension) stamp.Authority {
	t.Helper()
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "TSA"}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour), ExtraExtensions: usage}
	der, err := smx509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := smx509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := x509.ParseOID("2.25.302451137398472956120871395440186247385")
	if err != nil {
		t.Fatal(err)
	}
	return stamp.Authority{Key: key, Certificate: c, Policy: policy, Accuracy: 1500 * time.Millisecond}
}

var at = time.Date(2026, 5, 4, 8, 30, 0, 120000000, time.UTC)

func token(t testing.TB, a stamp.Authority, r stamp.Request, at time.Time) []byte {
	t.Helper()
	der, err := a.Token(r, at)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestToken(t *testing.T) {
	t.Parallel()
	a, r := newAuthority(t), stamp.NewRequest([]byte("text"))
	rapid.Check(t, func(d *rapid.T) {
		when := time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(d, "at")).UTC()
		got, err := stamp.ParseToken(token(t, a, r, when))
		if err != nil || !got.At.Equal(when) || !got.Of([]byte("text")) || got.Of([]byte("other")) || !got.Answers(r) ||
			got.Accuracy != a.Accuracy || got.Policy.String() != a.Policy.String() || got.Serial.Sign() <= 0 {
			d.Fatalf("%+v, %v", got, err)
		}
		if got.Answers(stamp.NewRequest([]byte("text"))) {
			d.Fatal("a token for another nonce passes")
		}
	})
}

// TestEveryByteCounts alters each byte of a token but those of the certificate's own signature.
func TestEveryByteCounts(t *testing.T) {
	t.Parallel()
	a, r := newAuthority(t), stamp.NewRequest([]byte("text"))
	der := token(t, a, r, at)
	first, err := stamp.ParseToken(der)
	if err != nil {
		t.Fatal(err)
	}
	for i := range der {
		altered := bytes.Clone(der)
		altered[i] ^= 1
		if got, err := stamp.ParseToken(altered); err == nil && (!got.At.Equal(first.At) || !got.Of([]byte("text"))) {
			t.Errorf("with another byte %d the token says %v", i, got.At)
		}
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	r := stamp.NewRequest([]byte("text"))
	der, err := r.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if back, err := stamp.ParseRequest(der); err != nil || back.Nonce.Cmp(r.Nonce) != 0 || !bytes.Equal(back.Digest, r.Digest) || !back.Hash.Equal(r.Hash) {
		t.Error(back, err)
	}
	other := r
	other.Hash = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26} // SHA-1
	if der, err = other.Bytes(); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range [][]byte{nil, {0x30, 0}, der, make([]byte, 5000)} {
		if _, err := stamp.ParseRequest(wrong); fault.CodeOf(err) != fault.Malformed {
			t.Errorf("%x: %v", wrong, err)
		}
	}
}

func TestReplies(t *testing.T) {
	t.Parallel()
	a, r := newAuthority(t), stamp.NewRequest([]byte("text"))
	reply, err := stamp.Reply(token(t, a, r, at))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := stamp.ParseReply(reply, r); err != nil || !got.At.Equal(at) {
		t.Error(got, err)
	}
	refused, err := stamp.Reply(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		der []byte
		r   stamp.Request
	}{
		"another request": {reply, stamp.NewRequest([]byte("text"))}, "a refusal": {refused, r}, "nothing": {nil, r}, "cut off": {reply[:len(reply)-1], r},
		"without a token": {[]byte{0x30, 5, 0x30, 3, 2, 1, 0}, r},
	} {
		if _, err := stamp.ParseReply(c.der, c.r); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestStamps: a certificate for timestamps is for nothing else, and says so critically.
func TestStamps(t *testing.T) {
	t.Parallel()
	usage := func(critical bool, oids ...asn1.ObjectIdentifier) pkix.Extension {
		value, err := asn1.Marshal(oids)
		if err != nil {
			t.Fatal(err)
		}
		return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: critical, Value: value}
	}
	stamping, mail := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 4}
	for name, c := range map[string]struct {
		usage []pkix.Extension
		want  bool
	}{
		"alone and critical": {[]pkix.Extension{usage(true, stamping)}, true}, "not critical": {[]pkix.Extension{usage(false, stamping)}, false},
		"not alone": {[]pkix.Extension{usage(true, stamping, mail)}, false}, "another": {[]pkix.Extension{usage(true, mail)}, false}, "none": {nil, false},
	} {
		if got := stamp.Stamps(newAuthority(t, c.usage...).Certificate); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzParseToken(f *testing.F) {
	a := newAuthority(f)
	f.Add(token(f, a, stamp.NewRequest([]byte("text")), at))
	f.Fuzz(func(t *testing.T, der []byte) {
		if _, err := stamp.ParseToken(der); err != nil && fault.CodeOf(err) != fault.Unprocessable {
			t.Fatal(err)
		}
	})
}
