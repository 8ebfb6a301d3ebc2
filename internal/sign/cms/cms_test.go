package cms_test

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/emmansun/gmsm/pkcs7"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"

	"yitong/internal/fault"
	"yitong/internal/sign/cms"
)

// hand is a key with a certificate.
type hand struct {
	key         *sm2.PrivateKey
	certificate *smx509.Certificate
}

func newHand(t testing.TB) hand {
	t.Helper()
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "王医生"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := smx509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := smx509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return hand{key, c}
}

var content = []byte(`{"id":"1","resourceType":"Basic"}`)

func (h hand) draft() cms.Draft {
	digest := sm3.Sum(content)
	return cms.Draft{Type: cms.Data, Digest: digest[:], Certificate: h.certificate, At: time.Now(), Extra: []cms.Attribute{{Type: cms.ContentID, Value: []byte{4, 1, 9}}}}
}

// sign makes a signature with the key, or with what sign gives.
func (h hand) sign(t testing.TB, d cms.Draft, unsigned ...cms.Attribute) []byte {
	t.Helper()
	toSign, err := d.ToSign()
	if err != nil {
		t.Fatal(err)
	}
	value, err := h.key.Sign(rand.Reader, toSign, sm2.DefaultSM2SignerOpts)
	if err != nil {
		t.Fatal(err)
	}
	der, err := d.Finish(toSign, value, unsigned...)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func parsed(t testing.TB, der []byte) *cms.Signature {
	t.Helper()
	s, err := cms.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	h := newHand(t)
	d := h.draft()
	s := parsed(t, h.sign(t, d, cms.Attribute{Type: cms.TimeStamp, Value: []byte{5, 0}}))
	if err := s.Check(true); err != nil || !s.Covers(content) || s.Covers(content[1:]) {
		t.Error(err)
	}
	if !s.Type.Equal(cms.Data) || s.Content != nil || !s.Certificate().Equal(h.certificate) || !s.At().Equal(d.At.Truncate(time.Second)) {
		t.Errorf("%+v", s)
	}
	if !bytes.Equal(cms.Find(s.Signed, cms.ContentID), []byte{4, 1, 9}) || !bytes.Equal(cms.Find(s.Unsigned, cms.TimeStamp), []byte{5, 0}) || cms.Find(s.Unsigned, cms.ContentID) != nil {
		t.Errorf("%+v", s)
	}
}

// TestEveryByteCounts alters each byte of a signature: it is not read, not valid, or what it says is the same but for
// what nobody has signed, which is the certificate's own signature here.
func TestEveryByteCounts(t *testing.T) {
	t.Parallel()
	h := newHand(t)
	der := h.sign(t, h.draft())
	at := bytes.Index(der, h.certificate.Raw)
	for i := range der {
		if i >= at && i < at+len(h.certificate.Raw) {
			continue // named by its digest: see TestNamesItsCertificate
		}
		altered := bytes.Clone(der)
		altered[i] ^= 1
		s, err := cms.Parse(altered)
		if err != nil {
			continue
		}
		if err := s.Check(true); err == nil && s.Covers(content) && !bytes.Equal(s.Value, parsed(t, der).Value) {
			t.Errorf("byte %d may be altered", i)
		} else if err == nil && !harmless(der, i) {
			t.Errorf("byte %d may be altered", i)
		}
	}
}

// harmless tells whether a byte says nothing about the signature: the versions, and the digest algorithms that are
// named once more for who reads in one go.
func harmless(der []byte, i int) bool {
	head := bytes.Index(der, []byte{0x30, 0x0b, 0x06, 0x09}) // up to the content's type
	return i < head || der[i-1] == 1 && der[i-2] == 2
}

// TestNamesItsCertificate puts another certificate of the same key into a signature.
func TestNamesItsCertificate(t *testing.T) {
	t.Parallel()
	h := newHand(t)
	d := h.draft()
	toSign, err := d.ToSign()
	if err != nil {
		t.Fatal(err)
	}
	value, err := h.key.Sign(rand.Reader, toSign, sm2.DefaultSM2SignerOpts)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(8), Subject: pkix.Name{CommonName: "院长"}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	der, err := smx509.CreateCertificate(rand.Reader, template, template, &h.key.PublicKey, h.key)
	if err != nil {
		t.Fatal(err)
	}
	if d.Certificate, err = smx509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	swapped, err := d.Finish(toSign, value)
	if err != nil {
		t.Fatal(err)
	}
	if err := parsed(t, swapped).Check(false); fault.CodeOf(err) != fault.Unprocessable {
		t.Error(err)
	}
}

// TestGMSM reads what another writer makes, by GB/T 35275 and by RFC 5652.
func TestGMSM(t *testing.T) {
	t.Parallel()
	h := newHand(t)
	for name, start := range map[string]func([]byte) (*pkcs7.SignedData, error){"GB/T 35275": pkcs7.NewSMSignedData, "RFC 5652": func(b []byte) (*pkcs7.SignedData, error) {
		s, err := pkcs7.NewSignedData(b)
		if err == nil {
			s.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSM3)
		}
		return s, err
	}} {
		theirs, err := start(content)
		if err != nil {
			t.Fatal(err)
		}
		if err := theirs.AddSigner(h.certificate, h.key, pkcs7.SignerInfoConfig{}); err != nil {
			t.Fatal(err)
		}
		theirs.Detach()
		der, err := theirs.Finish()
		if err != nil {
			t.Fatal(err)
		}
		s := parsed(t, der)
		if err := s.Check(false); err != nil || !s.Covers(content) {
			t.Errorf("%s: %v", name, err)
		}
		if s.Check(true) == nil {
			t.Errorf("%s: the certificate is not named", name)
		}
	}
}

// TestOpenSSLSigns has OpenSSL make key, certificate and signature.
func TestOpenSSLSigns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := func(script string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	read := func(name string) []byte {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	run(`openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out key
openssl req -new -x509 -key key -sm3 -sigopt distid:1234567812345678 -days 2 -subj "/CN=token" -out cert`)
	block, _ := pem.Decode(read("cert"))
	c, err := smx509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	d := hand{certificate: c}.draft()
	toSign, err := d.ToSign()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "attributes"), toSign, 0o600); err != nil {
		t.Fatal(err)
	}
	run(`openssl dgst -sm3 -sign key -sigopt distid:1234567812345678 -out value attributes`)
	der, err := d.Finish(toSign, read("value"))
	if err != nil {
		t.Fatal(err)
	}
	s := parsed(t, der)
	if err := s.Check(true); err != nil || !s.Covers(content) {
		t.Error(err)
	}
	run(`openssl dgst -sm3 -sign key -out value attributes`) // with the empty user ID, which is not the standard's
	if der, err = d.Finish(toSign, read("value")); err != nil {
		t.Fatal(err)
	}
	if parsed(t, der).Check(true) == nil {
		t.Error("another user ID passes")
	}
}

// TestVectors holds SM2 and SM3 against the examples of GB/T 32918.5-2017, annex A, and GB/T 32905-2016, annex A.
func TestVectors(t *testing.T) {
	t.Parallel()
	point, _ := hex.DecodeString("0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13")
	public, err := sm2.NewPublicKey(point)
	if err != nil {
		t.Fatal(err)
	}
	number := func(text string) *big.Int {
		n, ok := new(big.Int).SetString(text, 16)
		if !ok {
			t.Fatal(text)
		}
		return n
	}
	value, err := asn1.Marshal(struct{ R, S *big.Int }{
		number("F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"),
		number("B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"),
	})
	if err != nil {
		t.Fatal(err)
	}
	key, err := sm2.NewPrivateKeyFromInt(number("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"))
	if err != nil || !key.PublicKey.Equal(public) {
		t.Fatal(err)
	}
	c := &smx509.Certificate{PublicKeyAlgorithm: smx509.PublicKeyAlgorithm(x509.ECDSA), PublicKey: public}
	if err := c.CheckSignature(smx509.SM2WithSM3, []byte("message digest"), value); err != nil {
		t.Error(err)
	}
	if c.CheckSignature(smx509.SM2WithSM3, []byte("message digest."), value) == nil {
		t.Error("another message passes")
	}
	for text, want := range map[string]string{
		"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
		"abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd": "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
	} {
		if got := sm3.Sum([]byte(text)); hex.EncodeToString(got[:]) != want {
			t.Errorf("%x", got)
		}
	}
}

func FuzzParse(f *testing.F) {
	h := newHand(f)
	f.Add(h.sign(f, h.draft(), cms.Attribute{Type: cms.TimeStamp, Value: []byte{5, 0}}))
	f.Add([]byte{0x30, 0x80})
	f.Fuzz(func(t *testing.T, der []byte) {
		s, err := cms.Parse(der)
		if err != nil {
			if fault.CodeOf(err) != fault.Unprocessable {
				t.Fatal(err)
			}
			return
		}
		_, _ = s.Check(true), s.At()
		s.Covers(content)
	})
}
