package tlog

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"

	"yitong/internal/fault"
)

// Public is what checkpoints of a folder's logs are checked by: their name without the epoch, and the key that signs
// them.
type Public struct {
	Name string
	Key  ed25519.PublicKey
}

// Private makes the key that signs checkpoints of the platform's key (HKDF, RFC 5869), so that it is kept where that is
// kept: not in the database, and not in the folder.
func Private(platform []byte) ed25519.PrivateKey {
	seed, err := hkdf.Key(sha256.New, platform, nil, "yitong trail log", ed25519.SeedSize)
	if err != nil {
		panic(err) // the length is right
	}
	return ed25519.NewKeyFromSeed(seed)
}

// PublicOf is what checkpoints are checked by that a key signs. The error is that of [Public.Check].
func PublicOf(name string, key ed25519.PrivateKey) (Public, error) {
	p := Public{name, key.Public().(ed25519.PublicKey)}
	return p, p.Check()
}

// Check refuses a name that cannot stand in a note, or could be taken for one with an epoch: it is like a host name,
// perhaps with a path, without spaces and plus signs, and does not end with a slash and a number. The error is
// Malformed.
func (p Public) Check() error {
	odd := func(r rune) bool { return r == '+' || unicode.IsSpace(r) }
	if _, _, ok := SplitOrigin(p.Name); ok || p.Name == "" || !utf8.ValidString(p.Name) || strings.ContainsFunc(p.Name, odd) {
		return fault.New(fault.Malformed,
			"%q cannot be the name of a log: it should be like a host name, such as trail.example.cn, without "+
				"spaces and plus signs, and not end with a slash and a number.", p.Name)
	}
	return nil
}

// ParsePublic reads the text that [Public.String] makes, which may also have an epoch behind the name. The error is
// Malformed.
func ParsePublic(text string) (Public, error) {
	if _, err := note.NewVerifier(text); err != nil {
		return Public{}, fault.New(fault.Malformed, "%q is not the public key of a log: NAME+8 digits+base64, as "+
			"yitong trail key prints it.", text).Because(err)
	}
	parts := strings.SplitN(text, "+", 3)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize {
		return Public{}, fault.New(fault.Malformed, "%q is not the public key of a log: it should be one of Ed25519.",
			text)
	}
	name := parts[0]
	if n, _, ok := SplitOrigin(name); ok {
		name = n
	}
	return Public{name, key[1:]}, nil
}

// String is the key as a verifier key (golang.org/x/mod/sumdb/note) with the name alone.
func (p Public) String() string {
	text, err := note.NewEd25519VerifierKey(p.Name, p.Key)
	if err != nil {
		panic(err) // the key has the right length
	}
	return text
}

// Origin is the name of the log of an epoch.
func (p Public) Origin(epoch int) string { return p.Name + "/" + strconv.Itoa(epoch) }

// SplitOrigin takes the name of a log apart.
func SplitOrigin(origin string) (name string, epoch int, ok bool) {
	i := strings.LastIndexByte(origin, '/')
	if i <= 0 {
		return "", 0, false
	}
	epoch, err := strconv.Atoi(origin[i+1:])
	return origin[:i], epoch, err == nil && epoch > 0 && strconv.Itoa(epoch) == origin[i+1:]
}

// verifier checks signatures of the log with a name.
func (p Public) verifier(origin string) (note.Verifier, error) {
	text, err := note.NewEd25519VerifierKey(origin, p.Key)
	if err != nil {
		return nil, err
	}
	return note.NewVerifier(text)
}

// signer signs checkpoints of the log with a name.
func signer(origin string, key ed25519.PrivateKey) (note.Signer, error) {
	public, err := note.NewEd25519VerifierKey(origin, key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	hash := strings.Split(public, "+")[1]
	seed := append([]byte{1}, key.Seed()...) // 1 stands for Ed25519
	return note.NewSigner("PRIVATE+KEY+" + origin + "+" + hash + "+" + base64.StdEncoding.EncodeToString(seed))
}
