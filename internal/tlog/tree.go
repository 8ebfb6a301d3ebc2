package tlog

import (
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"yitong/internal/fault"
)

// Tree is the Merkle tree of leaves that are added to it, without the leaves. Its zero value is an empty tree.
type Tree struct{ all *compact.Range }

var trees = compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}

// Add adds a leaf.
func (t *Tree) Add(leaf []byte) {
	if t.all == nil {
		t.all = trees.NewEmptyRange(0)
	}
	if err := t.all.Append(rfc6962.DefaultHasher.HashLeaf(leaf), nil); err != nil {
		panic(err) // a range that begins at 0 can always be appended to
	}
}

// Size is how many leaves were added.
func (t *Tree) Size() int64 {
	if t.all == nil {
		return 0
	}
	return int64(t.all.End())
}

// Root is the root of the tree as it is now.
func (t *Tree) Root() []byte {
	if t.Size() == 0 {
		return rfc6962.DefaultHasher.EmptyRoot()
	}
	root, err := t.all.GetRootHash(nil)
	if err != nil {
		panic(err) // a range that begins at 0 always has a root
	}
	return root
}

// Follows checks by a proof that one tree is another one with leaves added (RFC 6962 §2.1.2). The error is
// Unprocessable if the proof does not show it.
func Follows(from, to int64, steps [][]byte, fromRoot, toRoot []byte) error {
	err := proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(from), uint64(to), steps, fromRoot, toRoot)
	if err != nil {
		return fault.New(fault.Unprocessable,
			"The proof does not show that the log of %d leaves follows the one of %d.", to, from).Because(err)
	}
	return nil
}
