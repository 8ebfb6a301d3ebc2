package tlog

import (
	"bytes"
	"cmp"
	"fmt"

	formats "github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"

	"yitong/internal/fault"
)

// RootBytes is the length of a Merkle root.
const RootBytes = 32

// Checkpoint is what a log was at a moment.
type Checkpoint struct {
	Origin string // the name of the log
	Size   int64  // how many leaves it had
	Root   []byte // of its Merkle tree
	Note   []byte // the signed note that says so
}

// Read reads the checkpoint of a log of a given name, "" for any log of p, and checks its signature. Others' signatures
// are left out of the note. The error is Unprocessable if it is not of that log, or not signed by this key.
func (p Public) Read(text []byte, origin string) (Checkpoint, error) {
	c, err := Claimed(text)
	if err != nil {
		return Checkpoint{}, err
	}
	if name, _, ok := SplitOrigin(c.Origin); !ok || name != p.Name || origin != "" && origin != c.Origin {
		return Checkpoint{}, fault.New(fault.Unprocessable, "The checkpoint is one of the log %q, not of %q.",
			c.Origin, cmp.Or(origin, p.Name))
	}
	var n *note.Note
	v, err := p.verifier(c.Origin)
	if err == nil {
		n, err = note.Open(text, note.VerifierList(v))
	}
	if err != nil {
		return Checkpoint{}, fault.New(fault.Unprocessable, "The checkpoint of the log %q is not signed by its key.",
			c.Origin).Because(err)
	}
	c.Note = fmt.Appendf(nil, "%s\n— %s %s\n", n.Text, n.Sigs[0].Name, n.Sigs[0].Base64)
	return c, nil
}

// Claimed reads a checkpoint without checking who has signed it. The error is Unprocessable if it is none.
func Claimed(text []byte) (Checkpoint, error) {
	var c formats.Checkpoint
	head, _, found := bytes.Cut(text, []byte("\n\n"))
	_, err := c.Unmarshal(append(bytes.Clone(head), '\n'))
	if err != nil || !found || len(c.Hash) != RootBytes || int64(c.Size) < 0 || !bytes.HasPrefix(text, c.Marshal()) {
		return Checkpoint{}, fault.New(fault.Unprocessable, "The text is not a checkpoint of a log "+
			"(c2sp.org/tlog-checkpoint).").Because(err)
	}
	return Checkpoint{c.Origin, int64(c.Size), c.Hash, bytes.Clone(text)}, nil
}
