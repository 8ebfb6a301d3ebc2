package tlog

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/transparency-dev/tessera/api/layout"
	"k8s.io/klog/v2"

	"yitong/internal/fault"
)

const (
	lockFile  = "lock"
	stateFile = ".state/treeState" // of Tessera: what is in the tree, whether or not a checkpoint covers it
	stateLock = stateFile + ".lock"
)

// ErrHeld is the cause of the error of [Folder.Hold] when somebody else holds the folder.
var ErrHeld = errors.New("the log is held by another server")

// Writer appends to the logs of a folder, which no one else does at the same time.
type Writer struct {
	folder *Folder
	key    ed25519.PrivateKey
	lock   *os.File
	// writing is set while a checkpoint may still be being written that was given up, and closed when it is not any more.
	writing <-chan struct{}
}

// Hold takes the folder, which is made if it is not there. The error is Unavailable because of [ErrHeld] if somebody
// else has it; the system gives a lock back with the process that held it. key must be the one that the folder's Public
// belongs to.
func (f *Folder) Hold(key ed25519.PrivateKey) (*Writer, error) {
	if !f.public.Key.Equal(key.Public()) {
		return nil, fault.New(fault.Forbidden, "The log in %s is signed by another key than this platform's.", f.dir)
	}
	quieten()
	err := makeDir(f.dir)
	var lock *os.File
	if err == nil {
		lock, err = os.OpenFile(filepath.Join(f.dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	}
	if err != nil {
		return nil, fault.New(fault.Unavailable, "The folder %s of the trail's log cannot be written to.",
			f.dir).Because(err)
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrHeld
	}
	if err != nil {
		lock.Close()
		return nil, fault.New(fault.Unavailable, "The folder %s of the trail's log is in use.", f.dir).Because(err)
	}
	return &Writer{folder: f, key: key, lock: lock}, nil
}

// Release lets others hold the folder, but not before all writing has come to its end.
func (w *Writer) Release() {
	settled := w.writing
	if settled == nil {
		w.lock.Close()
		return
	}
	go func() {
		<-settled
		w.lock.Close()
	}()
}

// Log opens the log of an epoch. What a writer that was broken off has left is brought to its end first: leaves that
// are in the tree are covered by a checkpoint. The error is NotFound if the epoch has no log, and Unprocessable if the
// log is not whole, as one that was copied while it was written to.
func (w *Writer) Log(ctx context.Context, epoch int) (*Log, error) {
	size, err := w.inTree(epoch)
	if err != nil {
		return nil, err
	}
	l, err := w.folder.Log(epoch)
	if fault.CodeOf(err) == fault.NotFound || err == nil && l.Size < size {
		return w.append(ctx, epoch, size, nil)
	}
	if err == nil && l.Size > size {
		return nil, l.broken("its state", fmt.Errorf("%d leaves are in the tree, %d in the checkpoint", size, l.Size))
	}
	return l, err
}

// inTree is how many leaves are in the tree of an epoch.
func (w *Writer) inTree(epoch int) (int64, error) {
	text, err := read(filepath.Join(w.folder.epoch(epoch), stateFile), checkpointBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, fault.New(fault.NotFound, "%s has no log.", w.folder.epoch(epoch))
	}
	var state struct{ Size int64 }
	if err == nil {
		err = json.Unmarshal(text, &state)
	}
	if err != nil {
		return 0, fault.New(fault.Unprocessable, "The log in %s is not whole: its state cannot be read.",
			w.folder.epoch(epoch)).Because(err)
	}
	return state.Size, nil
}

// MaxAppend is how many leaves can be appended at once. All of them are, or none.
const MaxAppend = 1024

// Append adds leaves to the log of an epoch, which has so many, and is made if it is not there and at is 0. They are
// covered by a checkpoint and durable when it returns. After an error some may be in the log: [Writer.Log] tells. The
// error is Conflict if the log has another size.
func (w *Writer) Append(ctx context.Context, epoch int, at int64, leaves [][]byte) (*Log, error) {
	if len(leaves) > MaxAppend {
		return nil, fault.New(fault.TooLarge, "%d leaves are more than can be appended at once.", len(leaves))
	}
	for _, leaf := range leaves {
		if len(leaf) > MaxLeaf {
			return nil, fault.New(fault.TooLarge, "A leaf of %d bytes is too long.", len(leaf))
		}
	}
	var size int64
	switch l, err := w.Log(ctx, epoch); {
	case err == nil:
		size = l.Size
	case fault.CodeOf(err) != fault.NotFound:
		return nil, err
	}
	if size != at {
		return nil, fault.New(fault.Conflict, "The log of epoch %d has %d leaves, not %d.", epoch, size, at)
	}
	l, err := w.append(ctx, epoch, at, leaves)
	if err == nil {
		w.clear(epoch, at, l.Size)
	}
	return l, err
}

// clear takes away files that hold a part of what others hold whole. What a crash leaves is taken with the next.
func (w *Writer) clear(epoch int, from, to int64) {
	dir := w.folder.epoch(epoch)
	for i := max(0, from/layout.EntryBundleWidth-1); i < to/layout.EntryBundleWidth; i++ {
		os.RemoveAll(filepath.Join(dir, layout.EntriesPath(uint64(i), 0)+".p"))
		for level, at := uint64(0), uint64(i); ; level, at = level+1, at/layout.TileWidth {
			os.RemoveAll(filepath.Join(dir, layout.TilePath(level, at, 0)+".p"))
			if at%layout.TileWidth != layout.TileWidth-1 {
				break
			}
		}
	}
}

// quieten keeps from the terminal what Tessera tells in passing, and sends its warnings where the program's own go.
var quieten = sync.OnceFunc(func() {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	klog.SetOutputBySeverity("WARNING", warnings{})
})

type warnings struct{}

// Write implements [io.Writer].
func (warnings) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte(errDown.Error())) {
		return len(line), nil // an appender that has done its work notices that its pen is down
	}
	slog.Warn("the trail's log: " + string(bytes.TrimSpace(line)))
	return len(line), nil
}

// makeDir makes a folder, durably.
func makeDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	parent := filepath.Dir(dir)
	if err := makeDir(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(parent)
}

// syncDir makes names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
