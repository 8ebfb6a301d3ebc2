package trail

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"yitong/internal/fault"
	"yitong/internal/tlog"
)

// A leaf of the log is the digest of a batch, which has 32 bytes, or a statement, which begins with this and is longer.
// It is stored: never change it.
const (
	digestBytes = 32
	statementOf = "yitong statement about the trail v1\n"
)

// milestone is after how many leaves there is a statement, at the latest: every leaf whose index can be divided by it
// is one, the first among them, so that where the log stands is found by reading few leaves.
const milestone = 4096

// Statement is what the log says of itself.
type Statement struct {
	At     time.Time `json:"at"`
	Sealed int64     `json:"sealed"`           // the number of the last batch before it
	Erased int64     `json:"erased,omitempty"` // up to which number the lines of batches may be gone

	// At most one of these; none if it only says where it stands.
	Began    *Began    `json:"began,omitempty"`
	Restored *Restored `json:"restored,omitempty"`
	Erasure  *Erasure  `json:"erasure,omitempty"`
}

// Began says that a log begins with the first batch.
type Began struct{}

// Restored says that the database was brought back to what it was at a batch, and that another log goes on from there.
type Restored struct {
	From       int64  `json:"from"`                 // the last batch of before
	Epoch      int    `json:"epoch,omitempty"`      // of the log before; 0 if it is lost, or there was none
	Checkpoint string `json:"checkpoint,omitempty"` // the last one of the log before
	By         string `json:"by"`
	Why        string `json:"why"`
}

// Erasure says that the lines of batches are taken out, since they need not be kept any longer.
type Erasure struct {
	First  int64     `json:"first"`
	Last   int64     `json:"last"`
	Before time.Time `json:"before"` // they were bound before it
	Rule   string    `json:"rule"`
}

// leaf writes a statement as a leaf.
func (s Statement) leaf() []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // there is nothing in it that JSON does not have
	}
	return append([]byte(statementOf), text...)
}

// begins tells whether a statement can be the first.
func (s *Statement) begins() bool {
	if s.Began != nil {
		return s.Restored == nil && s.Sealed == 0
	}
	return s.Restored != nil && s.Sealed >= 0 && s.Sealed == s.Restored.From
}

// readLeaf reads a leaf: the digest of a batch, or a statement.
func readLeaf(leaf []byte) (digest []byte, s *Statement, err error) {
	if len(leaf) == digestBytes {
		return leaf, nil, nil
	}
	text, ok := bytes.CutPrefix(leaf, []byte(statementOf))
	if ok {
		err = json.Unmarshal(text, &s)
	}
	if !ok || err != nil || s == nil {
		return nil, nil, fault.New(fault.Unprocessable,
			"A leaf is neither the digest of a batch nor a statement.").Because(err)
	}
	return nil, s, nil
}

// stand is where a log stands.
type stand struct {
	sealed int64  // the number of the last batch that has a leaf here, or that it goes on from
	erased int64  // up to which number the lines of batches may be gone
	last   []byte // the digest of the batch sealed; nil if it has no leaf here
}

// add goes past a leaf with an index. The error is Unprocessable for one that cannot stand there.
func (s *stand) add(i int64, leaf []byte) (*Statement, error) {
	digest, said, err := readLeaf(leaf)
	switch {
	case err != nil:
		return nil, misplaced(i, err)
	case said == nil && i%milestone == 0:
		return nil, misplaced(i, fmt.Errorf("there should be a statement"))
	case said == nil:
		s.sealed++
		s.last = bytes.Clone(digest)
		return nil, nil
	case i == 0:
		s.sealed, s.erased = said.Sealed, said.Erased
		return said, nil
	case said.Sealed != s.sealed || said.Erased < s.erased || said.Began != nil || said.Restored != nil:
		return nil, misplaced(i, fmt.Errorf("it does not fit those before it"))
	}
	s.erased = said.Erased
	return said, nil
}

func misplaced(i int64, err error) error {
	return fault.New(fault.Unprocessable, "Leaf %d of the log is not one that was written by this program.",
		i).Because(err)
}

// standOf finds where a log stands. It has one leaf at least.
func standOf(ctx context.Context, l *tlog.Log) (stand, error) {
	for block := (l.Size - 1) / milestone * milestone; ; block -= milestone {
		var s stand
		i := block
		for leaf, err := range l.Leaves(ctx, block, l.Size) {
			if err != nil {
				return s, err
			}
			if i == block && i > 0 { // go on from what it says, as if it were the first
				_, said, err := readLeaf(leaf)
				if err != nil || said == nil {
					return s, misplaced(i, err)
				}
				s.sealed, s.erased = said.Sealed, said.Erased
			}
			if _, err := s.add(i, leaf); err != nil {
				return s, err
			}
			i++
		}
		if s.last != nil || block == 0 {
			return s, nil
		}
	}
}
