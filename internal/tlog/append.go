package tlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"

	"yitong/internal/fault"
)

const (
	publishEvery = 100 * time.Millisecond // the least that Tessera allows between checkpoints
	publishTime  = 10 * time.Second       // that a checkpoint may take
	publishLook  = 2 * time.Millisecond   // between looks whether it is there
	neverBy      = time.Hour              // Tessera does not close a group by its age: that would part it
)

// append adds leaves, none or some, and waits until a checkpoint covers the tree. Each call has an appender of its own,
// which takes its leaves as one group: Tessera goes on with the next group when one has failed, so that of several, a
// later one could come into the place of an earlier one.
func (w *Writer) append(ctx context.Context, epoch int, at int64, leaves [][]byte) (*Log, error) {
	dir := w.folder.epoch(epoch)
	s, err := signer(w.folder.public.Origin(epoch), w.key)
	if err != nil {
		return nil, fault.Wrap(err, "making the signer of the log")
	}
	pen := &pen{Signer: s, refused: make(chan struct{})}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer func() { w.end(stop) }()
	a, err := w.appender(running, dir, pen, len(leaves))
	if err != nil {
		return nil, fault.New(fault.Unavailable, "The log in %s cannot be written to.", dir).Because(err)
	}
	added := make([]tessera.IndexFuture, len(leaves))
	for i, leaf := range leaves {
		added[i] = a.Add(running, tessera.NewEntry(leaf))
	}
	for i, f := range added { // it cannot be broken off: what is being written must not go on behind our back
		got, err := f()
		if err == nil && int64(got.Index) != at+int64(i) {
			err = fmt.Errorf("leaf %d was appended as %d", at+int64(i), got.Index)
		}
		if err != nil {
			return nil, fault.New(fault.Unavailable, "Leaves could not be appended to the log in %s.", dir).Because(err)
		}
	}
	return w.published(ctx, epoch, at+int64(len(leaves)), pen)
}

// appender starts Tessera on a folder.
func (w *Writer) appender(ctx context.Context, dir string, s note.Signer, group int) (a *tessera.Appender, err error) {
	defer func() { // it panics when it cannot open its locks
		if p := recover(); p != nil {
			err = fmt.Errorf("tessera: %v", p)
		}
	}()
	// Tessera waits until the last checkpoint is old enough, by the clock of the storage, which may go another way than
	// ours.
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(dir, layout.CheckpointPath), old, old); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	driver, err := posix.New(ctx, posix.Config{Path: dir})
	if err != nil {
		return nil, err
	}
	a, _, _, err = tessera.NewAppender(ctx, driver, tessera.NewAppendOptions().WithCheckpointSigner(s).
		WithBatching(uint(max(1, group)), neverBy).
		WithCheckpointInterval(publishEvery).WithCheckpointRepublishInterval(0).WithGarbageCollectionInterval(0))
	if err == nil { // it also panics, where we could not catch it, when it cannot open this for a group
		err = openable(filepath.Join(dir, stateLock))
	}
	return a, err
}

// openable tells whether a file can be written to.
func openable(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

// published waits until a checkpoint covers so many leaves, and is durable.
func (w *Writer) published(ctx context.Context, epoch int, size int64, pen *pen) (*Log, error) {
	ctx, cancel := context.WithTimeout(ctx, publishTime)
	defer cancel()
	tick := time.NewTicker(publishLook)
	defer tick.Stop()
	for {
		l, err := w.folder.Log(epoch)
		if err == nil && l.Size >= size {
			if err := syncDir(w.folder.epoch(epoch)); err != nil {
				return nil, fault.New(fault.Unavailable, "The checkpoint in %s could not be made durable.",
					w.folder.epoch(epoch)).Because(err)
			}
			return l, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			w.settle(epoch, size, pen)
			return nil, fault.New(fault.Unavailable, "The log in %s has no checkpoint of its %d leaves yet.",
				w.folder.epoch(epoch), size).
				Because(errors.Join(err, ctx.Err()))
		}
	}
}

// settle ends the writing of checkpoints, and waits a moment until it is certain that nothing is being written any
// more.
func (w *Writer) settle(epoch int, size int64, pen *pen) {
	pen.putDown()
	settled := make(chan struct{})
	w.writing = settled
	go func() {
		defer close(settled)
		for {
			select {
			case <-pen.refused:
				return
			case <-time.After(publishEvery):
				if l, err := w.folder.Log(epoch); err == nil && l.Size >= size {
					return // it was written after all, and nothing is left to sign
				}
			}
		}
	}()
	select {
	case <-settled:
		w.writing = nil
	case <-time.After(5 * publishEvery):
	}
}

// end stops Tessera when it does not write any more.
func (w *Writer) end(stop func()) {
	if settled := w.writing; settled != nil {
		go func() {
			<-settled
			stop()
		}()
		return
	}
	stop()
}

// pen signs checkpoints until it is put down. Tessera writes the checkpoint after it was signed, and tries again when
// that has failed, in the background and without telling; when it comes for another signature, it writes nothing.
type pen struct {
	note.Signer
	mu      sync.Mutex
	down    bool
	refused chan struct{} // closed when a signature was refused
	once    sync.Once
}

var errDown = errors.New("nothing is signed any more")

// Sign implements [note.Signer].
func (p *pen) Sign(text []byte) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		p.once.Do(func() { close(p.refused) })
		return nil, errDown
	}
	return p.Signer.Sign(text)
}

func (p *pen) putDown() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = true
}
