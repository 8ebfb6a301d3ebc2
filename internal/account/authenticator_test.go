package account_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"slices"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// authenticator is a passkey in software, and the browser in front of it (WebAuthn level 3). Its fields may be changed to
// make it one that lies.
type authenticator struct {
	id      []byte
	key     *ecdsa.PrivateKey
	signs   uint32 // counts up; 0 stays 0
	present bool   // somebody has touched it
	knows   bool   // and has shown who they are (user verification)
	origin  string // of the page
	host    string // for which it believes to answer
	kind    string // of the ceremony; "" for the right one
	cross   bool   // the page stands in another one
	answers string // the challenge that it answers; "" for the one that was asked
}

func newAuthenticator(t testing.TB) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 32)
	rand.Read(id)
	return &authenticator{id: id, key: key, present: true, knows: true, origin: origin, host: host}
}

// but is a copy with changes.
func (a authenticator) but(change func(*authenticator)) *authenticator {
	change(&a)
	return &a
}

// asked is what the options of either ceremony say.
type asked struct {
	PublicKey struct {
		Challenge              string
		RPID                   string
		RP                     struct{ ID string }
		User                   struct{ ID, Name string }
		UserVerification       string
		AuthenticatorSelection struct{ UserVerification string }
		AllowCredentials       []struct{ ID string }
		ExcludeCredentials     []struct{ ID string }
	}
}

func readOptions(t testing.TB, options []byte) (o asked) {
	t.Helper()
	if err := json.Unmarshal(options, &o); err != nil {
		t.Fatalf("%v: %s", err, options)
	}
	return o
}

const (
	flagPresent  = 1 << 0
	flagKnows    = 1 << 2
	flagAttested = 1 << 6
)

// data is the authenticator data (WebAuthn 6.1), with the public key if it is new.
func (a *authenticator) data(attested bool) []byte {
	sum := sha256.Sum256([]byte(a.host))
	flags := byte(0)
	for flag, is := range map[byte]bool{flagPresent: a.present, flagKnows: a.knows, flagAttested: attested} {
		if is {
			flags |= flag
		}
	}
	b := append(sum[:], flags)
	b = binary.BigEndian.AppendUint32(b, a.signs)
	if !attested {
		return b
	}
	b = append(b, make([]byte, 16)...) // no model
	b = binary.BigEndian.AppendUint16(b, uint16(len(a.id)))
	b = append(b, a.id...)
	point, err := a.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		panic(err)
	}
	return append(b, encoded(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})...) // EC2, ES256, P-256
}

func encoded(v any) []byte {
	b, err := cbor.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// said is what the browser says of the ceremony.
func (a *authenticator) said(kind, challenge string) []byte {
	if a.kind != "" {
		kind = a.kind
	}
	if a.answers != "" {
		challenge = a.answers
	}
	text, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.origin, "crossOrigin": a.cross})
	if err != nil {
		panic(err)
	}
	return text
}

// create answers navigator.credentials.create.
func (a *authenticator) create(t testing.TB, options []byte) []byte {
	o := readOptions(t, options)
	return a.answer(t, map[string]any{
		"clientDataJSON":    encode64(a.said("webauthn.create", o.PublicKey.Challenge)),
		"attestationObject": encode64(encoded(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": a.data(true)})),
	})
}

// get answers navigator.credentials.get.
func (a *authenticator) get(t testing.TB, options []byte) []byte {
	o := readOptions(t, options)
	if a.signs > 0 {
		a.signs++
	}
	said, data := a.said("webauthn.get", o.PublicKey.Challenge), a.data(false)
	sum := sha256.Sum256(said)
	digest := sha256.Sum256(slices.Concat(data, sum[:]))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return a.answer(t, map[string]any{
		"clientDataJSON": encode64(said), "authenticatorData": encode64(data), "signature": encode64(signature),
	})
}

func (a *authenticator) answer(t testing.TB, response map[string]any) []byte {
	t.Helper()
	text, err := json.Marshal(map[string]any{"id": encode64(a.id), "rawId": encode64(a.id), "type": "public-key", "response": response})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func encode64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// tampered is an answer whose text is changed in one place.
func tampered(t testing.TB, answer []byte, old, new string) []byte {
	t.Helper()
	if !bytes.Contains(answer, []byte(old)) {
		t.Fatalf("%s does not hold %s", answer, old)
	}
	return bytes.Replace(answer, []byte(old), []byte(new), 1)
}
