package sign_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/sign"
	"yitong/internal/sign/canonical"
	"yitong/internal/sign/stamp"
)

// bench is a folder in which OpenSSL works (scripts/need sees to it that it is there).
type bench struct {
	world
	dir string
}

func (w world) bench() bench { return bench{w, w.TempDir()} }

func (b bench) write(name string, text []byte) {
	b.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), text, 0o600); err != nil {
		b.Fatal(err)
	}
}

func (b bench) read(name string) []byte {
	b.Helper()
	text, err := os.ReadFile(filepath.Join(b.dir, name))
	if err != nil {
		b.Fatal(err)
	}
	return text
}

// shell runs lines of a shell, and fails unless they succeed.
func (b bench) shell(script string) string {
	b.Helper()
	out, err := b.may(script)
	if err != nil {
		b.Fatalf("%v\n%s\n%s", err, script, out)
	}
	return out
}

func (b bench) may(script string) (string, error) {
	cmd := exec.CommandContext(b.Context(), "bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = b.dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// byHand is the part of docs/signatures.md that checks a signature with OpenSSL: it runs here as it stands there.
func byHand(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/signatures.md")
	if err != nil {
		t.Fatal(err)
	}
	_, behind, _ := strings.Cut(string(text), "```sh\n")
	script, _, is := strings.Cut(behind, "```")
	if !is {
		t.Fatal("docs/signatures.md has no commands")
	}
	return script
}

// laid puts what a checker has into the bench: the signature, the canonical text, the certificates and the list of
// revocations.
func (b bench) laid(made gate.Result, of string) {
	b.Helper()
	p, err := fhir.ParseResource(made.Version.Body.Bytes)
	if err != nil {
		b.Fatal(err)
	}
	der, err := base64.StdEncoding.DecodeString(p.Root.Get("signature").First().Get("data").Str())
	if err != nil {
		b.Fatal(err)
	}
	v, err := b.all.Read(b.Context(), ref(of))
	if err != nil {
		b.Fatal(err)
	}
	r, err := fhir.ParseResource(v.Resource())
	if err != nil {
		b.Fatal(err)
	}
	f, err := canonical.Of(r.Root)
	if err != nil {
		b.Fatal(err)
	}
	b.write("signature.p7s", der)
	b.write("canonical.json", f.Text)
	ca, err := b.Authorities(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	list, err := b.List(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	b.write("ca.pem", ca)
	b.write("crl.pem", pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: list}))
}

// TestOpenSSLChecks has OpenSSL check a signature with the commands of the documentation; and refuse one that was
// altered.
func TestOpenSSLChecks(t *testing.T) {
	eachDatabase(t, func(w world) {
		b := w.bench()
		b.laid(w.signed(), "Observation/1")
		script := byHand(w)
		out := b.shell(script)
		for _, want := range []string{"Observation/1/_history/1", "signer.pem: OK", "id-smime-aa-timeStampToken", "Hash Algorithm: sm3", "王医生"} {
			if !strings.Contains(out, want) {
				w.Errorf("no %q in\n%s", want, out)
			}
		}
		if n := strings.Count(out, "Verified OK"); n != 2 {
			w.Errorf("verified %d times:\n%s", n, out)
		}
		text := b.read("canonical.json")
		b.write("canonical.json", bytes.Replace(text, []byte("5.6"), []byte("5.7"), 1))
		if out, err := b.may(script); err == nil {
			w.Errorf("another text passes:\n%s", out)
		}
		b.write("canonical.json", text)
		der := b.read("signature.p7s")
		i := bytes.Index(der, []byte("Observation/1/_history/1"))
		der[i+len("Observation/")] = '2'
		b.write("signature.p7s", der)
		if out, err := b.may(script); err == nil {
			w.Errorf("other attributes pass:\n%s", out)
		}
	})
}

// TestLicensed takes a key through a licensed authority, for which OpenSSL stands: the request out, the certificate in.
func TestLicensed(t *testing.T) {
	eachDatabase(t, func(w world) {
		b := w.bench()
		w.clock.forward(time.Since(w.clock.Now())) // to the time of OpenSSL
		b.shell(licensed)
		w.clock.forward(time.Since(w.clock.Now()))
		roots, err := sign.ReadCertificates(b.read("root.pem"))
		if err != nil {
			w.Fatal(err)
		}
		untrusting := w.Service
		w.Service = w.server(func(c *sign.Config) { c.Trusted = roots })
		b.world = w
		owner := sign.Owner{Practitioner: "Practitioner/wang", Institution: "Organization/a", Name: "王医生", At: "甲医院"}
		w.refused(w.Import(w.Context(), owner, b.read("root.pem")), fault.Unprocessable)
		request, err := w.Request(w.Context(), owner)
		if err != nil {
			w.Fatal(err)
		}
		b.write("request.pem", request)
		b.shell(issue)
		w.clock.forward(time.Since(w.clock.Now()))
		w.refused(w.Import(w.Context(), sign.Owner{Practitioner: "Practitioner/zhao", Institution: "Organization/a"}, b.read("issued.pem")), fault.NotFound)
		w.refused(untrusting.Import(w.Context(), owner, b.read("issued.pem")), fault.Unprocessable)
		if err := w.Import(w.Context(), owner, b.read("issued.pem")); err != nil {
			w.Fatal(err)
		}
		w.signed()
		s := w.one()
		if !s.Valid() || s.Certificate.Issuer.CommonName != "Licensed CA" || s.Who != "Practitioner/wang" {
			w.Errorf("%+v", s)
		}
		v, err := untrusting.Verify(w.Context(), w.wang(), ref("Observation/1"))
		if err != nil {
			w.Fatal(err)
		}
		w.wrong(v.Signatures[0], sign.Untrusted)
		if err := w.Revoke(w.Context(), sign.Fingerprint(s.Certificate), sign.Superseded, w.clock.Now(), "Person/1"); err != nil {
			w.Fatal(err)
		}
		w.wrong(w.one(), sign.Revoked)
	})
}

// licensed makes an authority with a key of SM2; issue makes a certificate of it for a request.
const (
	licensed = `
id=distid:1234567812345678
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out root.key
openssl req -new -x509 -key root.key -sm3 -sigopt $id -days 3650 -subj "/C=CN/O=Licensed/CN=Licensed CA" -out root.pem`
	issue = `
id=distid:1234567812345678
openssl req -in request.pem -verify -vfyopt $id -noout
printf 'keyUsage=critical,digitalSignature,nonRepudiation\n' >ext
openssl x509 -req -in request.pem -vfyopt $id -CA root.pem -CAkey root.key -sm3 -sigopt $id -days 365 -set_serial 77 -extfile ext -out issued.pem`
)

// authority is another authority for timestamps: OpenSSL, with a key of NIST P-256.
type authority struct{ bench }

func newAuthority(b bench) authority {
	b.Helper()
	b.shell(`
openssl ecparam -name prime256v1 -genkey -noout -out tsa.key
printf 'extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\nbasicConstraints=CA:false\n' >tsa.ext
openssl req -new -key tsa.key -subj "/CN=Another TSA" -out tsa.csr
openssl ecparam -name prime256v1 -genkey -noout -out tsaroot.key
openssl req -new -x509 -key tsaroot.key -sha256 -days 3650 -subj "/CN=Another Root" -out tsaroot.pem
openssl x509 -req -in tsa.csr -CA tsaroot.pem -CAkey tsaroot.key -sha256 -days 365 -set_serial 1 -extfile tsa.ext -out tsa.pem
cat >tsa.cnf <<'END'
[ tsa ]
default_tsa = t
[ t ]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sm3
accuracy = secs:1, millisecs:500
ordering = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
END
echo 01 >serial`)
	return authority{b}
}

// Stamp implements [sign.Stamper].
func (a authority) Stamp(_ context.Context, text []byte) ([]byte, error) {
	r := stamp.NewRequest(text)
	der, err := r.Bytes()
	if err != nil {
		return nil, err
	}
	a.write("query", der)
	a.shell("openssl ts -reply -config tsa.cnf -queryfile query -signer tsa.pem -inkey tsa.key -out reply && openssl ts -verify -queryfile query -in reply -CAfile tsaroot.pem -untrusted tsa.pem")
	t, err := stamp.ParseReply(a.read("reply"), r)
	if err != nil {
		return nil, err
	}
	return t.DER, nil
}

// TestAnotherAuthority has timestamps made by OpenSSL.
func TestAnotherAuthority(t *testing.T) {
	eachDatabase(t, func(w world) {
		a := newAuthority(w.bench())
		roots, err := sign.ReadCertificates(a.read("tsaroot.pem"))
		if err != nil {
			w.Fatal(err)
		}
		w.clock.forward(time.Since(w.clock.Now())) // to the time of OpenSSL
		with := func(c *sign.Config) { c.Stamper = a }
		_, err = w.server(with).Sign(w.Context(), w.wang(), sign.Asked{Ref: ref("Observation/1")})
		w.refused(err, fault.Unavailable) // whom nobody trusts
		w.Service = w.server(with, func(c *sign.Config) { c.Trusted = roots })
		w.signed()
		s := w.one()
		if !s.Valid() || s.StampedBy != "CN=Another TSA" || !s.Stamped {
			w.Errorf("%+v", s)
		}
	})
}

// TestOurAuthority has OpenSSL ask for a timestamp of the platform's own authority, and read it.
func TestOurAuthority(t *testing.T) {
	eachDatabase(t, func(w world) {
		b := w.bench()
		b.write("text", []byte("空腹血糖"))
		b.shell("openssl ts -query -data text -sm3 -cert -out query")
		r, err := stamp.ParseRequest(b.read("query"))
		if err != nil {
			w.Fatal(err)
		}
		token, err := w.StampFor(w.Context(), r)
		if err != nil {
			w.Fatal(err)
		}
		reply, err := stamp.Reply(token)
		if err != nil {
			w.Fatal(err)
		}
		b.write("reply", reply)
		out := b.shell("openssl ts -reply -in reply -text")
		for _, want := range []string{"Status: Granted", "Hash Algorithm: sm3", "Policy OID: 2.25.302451137398472956120871395440186247385", "Accuracy: 0x01 seconds"} {
			if !strings.Contains(out, want) {
				w.Errorf("no %q in\n%s", want, out)
			}
		}
		if back, err := stamp.ParseReply(reply, r); err != nil || !back.Of([]byte("空腹血糖")) || !back.At.Equal(w.clock.Now()) {
			w.Error(back, err)
		}
	})
}
