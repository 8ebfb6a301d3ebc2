package tlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/client"

	"yitong/internal/fault"
)

const (
	// MaxLeaf is how many bytes a leaf may have (c2sp.org/tlog-tiles).
	MaxLeaf = 1<<16 - 1

	checkpointBytes = 1 << 20 // that a file with a checkpoint may have
	tileBytes       = layout.TileWidth * RootBytes
	bundleBytes     = layout.EntryBundleWidth * (2 + MaxLeaf)
)

// Log is the log of an epoch as a checkpoint of it says. It may be read while leaves are appended.
type Log struct {
	Checkpoint
	Epoch int
	dir   string
}

// Log opens the log of an epoch as its last checkpoint says. The error is NotFound if there is none, and Unprocessable
// if the checkpoint is not signed by the folder's key.
func (f *Folder) Log(epoch int) (*Log, error) {
	dir := f.epoch(epoch)
	text, err := read(filepath.Join(dir, layout.CheckpointPath), checkpointBytes)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.New(fault.NotFound, "%s has no checkpoint of a log.", dir).Because(err)
	case err != nil:
		return nil, fault.New(fault.Unavailable, "The checkpoint in %s cannot be read.", dir).Because(err)
	}
	c, err := f.public.Read(text, f.public.Origin(epoch))
	if err != nil {
		return nil, err
	}
	return &Log{c, epoch, dir}, nil
}

// Leaf is the leaf at an index, from 0.
func (l *Log) Leaf(ctx context.Context, i int64) ([]byte, error) {
	for leaf, err := range l.Leaves(ctx, i, i+1) {
		return leaf, err
	}
	return nil, fault.New(fault.NotFound, "The log %s has no leaf %d.", l.Origin, i)
}

// Leaves are the leaves of a range of indices, as far as there are any; an error ends them. The error is Unprocessable
// if a file of the log is missing or broken. Nothing is checked against the checkpoint: [Tree] does.
func (l *Log) Leaves(ctx context.Context, from, to int64) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for to = min(to, l.Size); from < to; {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			leaves, err := l.bundle(from / layout.EntryBundleWidth)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, leaf := range leaves[from%layout.EntryBundleWidth:] {
				if from == to {
					return
				}
				if !yield(leaf, nil) {
					return
				}
				from++
			}
		}
	}
}

// bundle reads the leaves of a file, all that the checkpoint covers.
func (l *Log) bundle(index int64) ([][]byte, error) {
	want := min(layout.EntryBundleWidth, l.Size-index*layout.EntryBundleWidth)
	path := func(partial uint8) string { return layout.EntriesPath(uint64(index), partial) }
	text, err := l.fetch(path, uint8(want%layout.EntryBundleWidth), bundleBytes)
	var b api.EntryBundle
	if err == nil {
		err = b.UnmarshalText(text)
	}
	if err == nil && int64(len(b.Entries)) < want {
		err = fmt.Errorf("%d leaves, not %d", len(b.Entries), want)
	}
	if err != nil {
		return nil, l.broken(fmt.Sprintf("the leaves from %d on", index*layout.EntryBundleWidth), err)
	}
	return b.Entries[:want], nil
}

// HashKept tells whether a leaf has the hash that the tree was built with. Where it has not, the leaf was altered and
// the tree was not; where it has, the tree may still differ from the checkpoint.
func (l *Log) HashKept(i int64, leaf []byte) (bool, error) {
	index := uint64(i) / layout.TileWidth
	text, err := l.tile(context.Background(), 0, index, layout.PartialTileSize(0, index, uint64(l.Size)))
	if err != nil {
		return false, err
	}
	at := int(i%layout.TileWidth) * RootBytes
	return at+RootBytes <= len(text) && bytes.Equal(text[at:at+RootBytes], rfc6962.DefaultHasher.HashLeaf(leaf)), nil
}

// Proof proves that the log follows what it was with fewer leaves (RFC 6962 §2.1.2): see [Follows].
func (l *Log) Proof(ctx context.Context, from int64) ([][]byte, error) {
	if from <= 0 || from >= l.Size {
		return nil, nil
	}
	b, err := client.NewProofBuilder(ctx, uint64(l.Size), l.tile)
	if err != nil {
		return nil, l.broken("the hashes", err)
	}
	steps, err := b.ConsistencyProof(ctx, uint64(from), uint64(l.Size))
	if err != nil {
		return nil, l.broken("the hashes", err)
	}
	return steps, nil
}

// tile reads hashes of the tree.
func (l *Log) tile(_ context.Context, level, index uint64, partial uint8) ([]byte, error) {
	text, err := l.fetch(func(p uint8) string { return layout.TilePath(level, index, p) }, partial, tileBytes)
	if err != nil {
		return nil, l.broken("the hashes", err)
	}
	return text, nil
}

// fetch reads a file that may have been completed meanwhile: the one that holds a part of it is then no longer there.
func (l *Log) fetch(path func(partial uint8) string, partial uint8, most int64) ([]byte, error) {
	text, err := read(filepath.Join(l.dir, path(partial)), most)
	if partial > 0 && errors.Is(err, fs.ErrNotExist) {
		return read(filepath.Join(l.dir, path(0)), most)
	}
	return text, err
}

func (l *Log) broken(what string, err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	return fault.New(fault.Unprocessable, "The log %s is not whole: %s cannot be read.", l.Origin, what).Because(err)
}

// read reads a file of so many bytes at most.
func read(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("%s has more than %d bytes", path, most)
	}
	return text, err
}
