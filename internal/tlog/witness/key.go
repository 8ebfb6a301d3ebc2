package witness

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"

	formats "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"yitong/internal/fault"
)

// NewKey makes a file with a new key of a witness, which has a name such as witness.example.cn. The error is Conflict
// if there is a file, Malformed for a name that cannot stand in a note.
func NewKey(path, name string) error {
	private, _, err := note.GenerateKey(rand.Reader, name)
	if err == nil {
		_, err = ReadKey(private) // which looks at the name
	}
	if err != nil {
		return fault.New(fault.Malformed,
			"%q cannot be the name of a witness: it should be like a host name, without spaces and "+
				"plus signs.", name).Because(err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.New(fault.Conflict, "The key %s cannot be made. Is there one already?", path).Because(err)
	}
	_, err = fmt.Fprintln(f, private)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fault.Wrap(err, "making the key of a witness")
	}
	return nil
}

// Key signs for a witness.
type Key struct{ *formats.Signer }

// ReadKey reads the text that [NewKey] has written. The error is Malformed.
func ReadKey(text string) (Key, error) {
	s, err := formats.NewSignerForCosignatureV1(strings.TrimSpace(text))
	if err != nil {
		return Key{}, fault.New(fault.Malformed, "The file holds no key of a witness: yitong witness key "+
			"makes one.").Because(err)
	}
	return Key{s}, nil
}

// Public is the verifier key of a key's text, by which others check what the witness has signed: NAME+8 digits+base64,
// with the algorithm 4 (cosignature/v1).
func Public(private string) (string, error) {
	if _, err := ReadKey(private); err != nil {
		return "", err
	}
	parts := strings.SplitN(strings.TrimSpace(private), "+", 5) // PRIVATE+KEY+name+hash+key
	seed, err := base64.StdEncoding.DecodeString(parts[4])
	var public string
	if err == nil {
		own := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey) // behind the algorithm
		public, err = note.NewEd25519VerifierKey(parts[2], own)
	}
	if err == nil {
		public, err = formats.VKeyToCosignatureV1(public)
	}
	if err != nil {
		return "", fault.Wrap(err, "telling the public key of a witness")
	}
	return public, nil
}
