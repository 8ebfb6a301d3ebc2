package auth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"
)

// authenticator is a passkey as a device makes it (WebAuthn level 2): ES256, no attestation.
type authenticator struct {
	key   *ecdsa.PrivateKey
	id    []byte
	count uint32
}

func newAuthenticator(t *testing.T) *authenticator {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 16)
	rand.Read(id)
	return &authenticator{key: key, id: id}
}

var b64 = base64.RawURLEncoding.EncodeToString

// data are the authenticator's data: the person was there and has been verified.
func (a *authenticator) data(flags byte, more ...byte) []byte {
	rp := sha256.Sum256([]byte(host))
	a.count++
	return append(binary.BigEndian.AppendUint32(append(rp[:], flags), a.count), more...)
}

func client(kind, challenge, origin string) []byte {
	text, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": origin,
		"crossOrigin": false})
	return text
}

// challenge is the challenge of options that a page has given.
func challenge(t *testing.T, options page) string {
	t.Helper()
	var o struct{ PublicKey struct{ Challenge string } }
	text := options.find(`data-options="([^"]+)"`)
	if err := json.Unmarshal([]byte(text), &o); err != nil || o.PublicKey.Challenge == "" {
		t.Fatalf("%d, no options: %s", options.status, text)
	}
	return o.PublicKey.Challenge
}

// create answers navigator.credentials.create as the script sends it.
func (a *authenticator) create(challenge, origin string) string {
	const present, verified, attested = 1, 4, 64
	point, _ := a.key.PublicKey.Bytes()
	key := append([]byte{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32}, point[1:33]...) // COSE: EC2, ES256, P-256
	key = append(append(key, 0x22, 0x58, 32), point[33:]...)
	about := append(make([]byte, 16), 0, byte(len(a.id)))
	data := a.data(present|verified|attested, append(append(about, a.id...), key...)...)
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"), byte(len(data)))
	return a.answer(map[string]any{
		"clientDataJSON":    b64(client("webauthn.create", challenge, origin)),
		"attestationObject": b64(append(object, data...)), "transports": []string{"internal"},
	})
}

// show answers navigator.credentials.get.
func (a *authenticator) show(challenge, origin string) string {
	data, said := a.data(1|4), client("webauthn.get", challenge, origin)
	digest := sha256.Sum256(said)
	sum := sha256.Sum256(append(append([]byte{}, data...), digest[:]...))
	signature, _ := ecdsa.SignASN1(rand.Reader, a.key, sum[:])
	return a.answer(map[string]any{"clientDataJSON": b64(said), "authenticatorData": b64(data),
		"signature": b64(signature)})
}

func (a *authenticator) answer(response map[string]any) string {
	text, _ := json.Marshal(map[string]any{"id": b64(a.id), "rawId": b64(a.id), "type": "public-key",
		"response": response})
	return string(text)
}

const origin = "https://" + host

func TestPasskeys(t *testing.T) {
	each(t, func(w *world) {
		_, code := w.staff("li.hua", "李华")
		key, b := newAuthenticator(w.T), w.browserBy("https")
		b.see("/auth/invite")
		b.is(b.follow("name", "li.hua", "code", code, "password", strongPassword, "repeat", strongPassword), 200,
			"设置第二步验证", "")
		b.see("/auth/set-up/app")
		form := b.last.token()
		b.is(b.post("/auth/set-up/passkey", form, "label", "我的手机", "answer", key.create("x", origin)), 409, "添加通行密钥",
			"这一步已过期")
		asked := challenge(w.T, b.last)
		b.is(b.post("/auth/set-up/passkey", form, "label", "我的手机", "answer", key.create(asked, "https://evil.example")),
			401, "添加通行密钥", "没有通过")
		asked = challenge(w.T, b.last)
		b.is(b.post("/auth/set-up/passkey", form, "label", "", "answer", key.create(asked, origin)), 422, "添加通行密钥",
			"取一个名字")
		asked = challenge(w.T, b.last)
		b.is(b.post("/auth/set-up/passkey", form, "label", "<i>我的手机", "answer", key.create(asked, origin)), 200,
			"请保存备用码", "")
		b.see("/auth/me/factors")
		if !strings.Contains(b.last.text, "&lt;i&gt;我的手机") || strings.Contains(b.last.text, `name="passkey"`) {
			t.Error("the passkey is not shown, not escaped, or the last factor can be taken out")
		}

		// It signs in, once for each challenge.
		other := w.browserBy("https")
		other.see("/auth/sign-in")
		other.follow("name", "li.hua", "password", strongPassword)
		if strings.Contains(other.last.text, "one-time-code") || !strings.Contains(other.last.text, "/auth/passkey-") {
			t.Error("the page asks for a code from an app that there is not, or lacks the script")
		}
		form = other.last.token()
		asked = challenge(w.T, other.last)
		other.is(other.post("/auth/second", form, "answer", newAuthenticator(w.T).show(asked, origin)), 401, "第二步验证",
			"通行密钥没有通过")
		asked = challenge(w.T, other.last)
		answer := key.show(asked, origin)
		if p := other.post("/auth/second", form, "answer", answer); p.to() != "/auth/me" {
			t.Fatalf("%d %q to %q", p.status, p.problem(), p.to())
		}
		third := w.browserBy("https")
		third.see("/auth/sign-in")
		third.follow("name", "li.hua", "password", strongPassword)
		third.is(third.send("answer", answer), 401, "第二步验证", "通行密钥没有通过")

		// Beside an app for one-time passwords it can be taken out again.
		b.see("/auth/set-up/app?next=/auth/me/factors")
		b.seed = b.last.secret()
		b.is(b.send("code", b.code()), 200, "请保存备用码", "")
		p := b.see("/auth/me/factors")
		b.is(b.follow("passkey", p.find(`name="passkey" value="([^"]+)"`)), 200, "第二步验证", "")
		if strings.Contains(b.last.text, "我的手机") || !strings.Contains(b.last.text, "已移除") {
			t.Error("the passkey is there yet, or nothing is said")
		}
	})
}
