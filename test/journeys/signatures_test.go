package journeys

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/sign"
	"yitong/internal/sign/cms"
	"yitong/internal/store/sqlite"
	"yitong/internal/vault"
	"yitong/test/node"
)

// office is a record in which a practitioner signs, and certificates of an authority of its own are trusted.
type office struct {
	*testing.T
	gate *gate.Gate
	all  *gate.Session
	*sign.Service

	authority *smx509.Certificate
	key       *sm2.PrivateKey
}

func newOffice(t *testing.T) *office {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "record.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	o := &office{T: t, gate: gate.New(db, gate.Config{References: true, Owned: sign.Owned()})}
	o.all = o.gate.Session(gate.Actor{Reference: "Device/registry", Access: gate.Whole()})
	if o.key, err = sm2.GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	o.authority = o.issue(&x509.Certificate{Subject: pkix.Name{CommonName: "Token CA"}, IsCA: true, KeyUsage: x509.KeyUsageCertSign}, &o.key.PublicKey)
	master, err := vault.NewSoftware(make([]byte, vault.MasterBytes))
	if err != nil {
		t.Fatal(err)
	}
	o.Service = sign.New(db, sign.Config{Vault: vault.New("sign", master), Trusted: []*smx509.Certificate{o.authority}})
	o.put("Organization/a", `"name":"甲医院"`)
	o.put("Practitioner/wang", `"name":[{"text":"王医生"}]`)
	o.put("Basic/1", `"code":{"text":"处方"},"extension":[{"url":"urn:a","valueDecimal":1.50},{"url":"urn:b","valueDecimal":1e21},`+
		`{"url":"urn:c","valueString":"\u20ac\"\\\n中😀"},{"url":"urn:d","valueDecimal":0.0000001}]`)
	return o
}

// issue makes a certificate of the office's authority.
func (o *office) issue(c *x509.Certificate, key any) *smx509.Certificate {
	o.Helper()
	c.SerialNumber, c.BasicConstraintsValid = big.NewInt(time.Now().UnixNano()), true
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	by := c
	if o.authority != nil {
		by = o.authority.ToX509()
	}
	der, err := smx509.CreateCertificate(rand.Reader, c, by, key, o.key)
	if err != nil {
		o.Fatal(err)
	}
	made, err := smx509.ParseCertificate(der)
	if err != nil {
		o.Fatal(err)
	}
	return made
}

func (o *office) put(name, members string) {
	o.Helper()
	of := fhir.ParseReference(name).Ref
	o.apply(o.all, gate.Op{Kind: gate.Update, Type: of.Type, ID: of.ID}, fmt.Sprintf(`{"resourceType":%q,"id":%q,%s}`, of.Type, of.ID, members))
}

func (o *office) apply(s *gate.Session, op gate.Op, text string) {
	o.Helper()
	var err error
	if op.Resource, err = fhir.ParseResource([]byte(text)); err != nil {
		o.Fatal(err)
	}
	if _, err := s.Apply(o.Context(), []gate.Op{op}, nil); err != nil {
		o.Fatal(err)
	}
}

func (o *office) wang() *gate.Session {
	return o.gate.Session(gate.Actor{Reference: "Practitioner/wang", Institution: "Organization/a", Access: gate.Whole()})
}

// resource is Basic/1 as a client reads it.
func (o *office) resource() string {
	o.Helper()
	v, err := o.wang().Read(o.Context(), basic)
	if err != nil {
		o.Fatal(err)
	}
	return string(v.Resource())
}

var basic = fhir.ParseReference("Basic/1").Ref

// ask has sm-crypto do something.
func (o *office) ask(do string, with map[string]string) (answer map[string]any) {
	o.Helper()
	with["do"] = do
	text, err := json.Marshal(with)
	if err != nil {
		o.Fatal(err)
	}
	file := filepath.Join(o.TempDir(), "asked.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		o.Fatal(err)
	}
	said, err := node.Command(o.T, "sm-crypto", installs, "signatures.mjs", file).Output()
	if err == nil {
		err = json.Unmarshal(said, &answer)
	}
	if err != nil {
		o.Fatalf("%v: %s", err, said)
	}
	return answer
}

// TestSMCryptoChecks has sm-crypto check what the platform has signed, by the resource as a client reads it.
func TestSMCryptoChecks(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	made, err := o.Sign(t.Context(), o.wang(), sign.Asked{Ref: basic})
	if err != nil {
		t.Fatal(err)
	}
	p, err := fhir.ParseResource(made.Version.Body.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	data, text := p.Root.Get("signature").First().Get("data").Str(), o.resource()
	for name, c := range map[string]struct {
		resource           string
		content, signature bool
	}{
		"as it is":        {text, true, true},
		"another content": {strings.Replace(text, "处方", "病历", 1), false, true},
	} {
		if said := o.ask("check", map[string]string{"resource": c.resource, "signature": data}); said["content"] != c.content || said["signature"] != c.signature {
			t.Errorf("%s: %v", name, said)
		}
	}
}

// TestSMCryptoSigns has sm-crypto sign with a key of its own, as a token of the signer would, and the platform check
// it.
func TestSMCryptoSigns(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	key := o.ask("key", map[string]string{})
	point, err := hex.DecodeString(key["publicKey"].(string))
	if err != nil {
		t.Fatal(err)
	}
	public, err := sm2.NewPublicKey(point)
	if err != nil {
		t.Fatal(err)
	}
	c := o.issue(&x509.Certificate{Subject: pkix.Name{CommonName: "王医生"}, KeyUsage: x509.KeyUsageDigitalSignature}, public)
	digest, err := hex.DecodeString(o.ask("digest", map[string]string{"resource": o.resource()})["digest"].(string))
	if err != nil {
		t.Fatal(err)
	}
	draft := cms.Draft{Type: cms.Data, Digest: digest, Certificate: c, At: time.Now()}
	toSign, err := draft.ToSign()
	if err != nil {
		t.Fatal(err)
	}
	value, err := hex.DecodeString(o.ask("sign", map[string]string{"key": key["privateKey"].(string), "toSign": base64.StdEncoding.EncodeToString(toSign)})["value"].(string))
	if err != nil {
		t.Fatal(err)
	}
	der, err := draft.Finish(toSign, value)
	if err != nil {
		t.Fatal(err)
	}
	provenance := fhir.ParseReference("Provenance/1").Ref
	o.apply(o.wang(), gate.Op{Kind: gate.Create, Type: provenance.Type}, fmt.Sprintf(`{"resourceType":"Provenance","target":[{"reference":"Basic/1/_history/1"}],`+
		`"recorded":"2026-05-04T08:00:00Z","agent":[{"who":{"reference":"Practitioner/wang"}}],"signature":[{"type":[{"system":%q,"code":%q}],`+
		`"when":"2026-05-04T08:00:00Z","who":{"reference":"Practitioner/wang"},"targetFormat":%q,"sigFormat":%q,"data":%q}]}`,
		sign.SystemPurpose, sign.PurposeAuthor, sign.FormatTarget, sign.FormatSignature, base64.StdEncoding.EncodeToString(der)))
	found := func() sign.Signature {
		t.Helper()
		v, err := o.Verify(t.Context(), o.wang(), basic)
		if err != nil || len(v.Signatures) != 1 {
			t.Fatal(v, err)
		}
		return v.Signatures[0]
	}
	if s := found(); len(s.Faults) != 1 || s.Faults[0].Code != sign.OtherHand { // nobody knows whose it is
		t.Error(s.Faults)
	}
	known := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	if err := o.Know(t.Context(), sign.Owner{Practitioner: "Practitioner/wang", Institution: "Organization/a"}, known); err != nil {
		t.Fatal(err)
	}
	if s := found(); !s.Valid() || s.Here || s.Stamped || !s.Unchanged {
		t.Errorf("%+v", s)
	}
	o.put("Basic/1", `"code":{"text":"病历"}`)
	if s := found(); !s.Valid() || s.Unchanged {
		t.Errorf("%+v", s)
	}
}
