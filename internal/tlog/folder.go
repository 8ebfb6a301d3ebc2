package tlog

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"yitong/internal/fault"
)

// Folder is where logs are kept, one for each epoch.
type Folder struct {
	dir    string
	public Public
}

// NewFolder names the folder of logs that a key signs. It need not be there yet.
func NewFolder(dir string, public Public) *Folder { return &Folder{dir, public} }

// Dir is where the folder is.
func (f *Folder) Dir() string { return f.dir }

// Public is what the checkpoints of the logs are checked by.
func (f *Folder) Public() Public { return f.public }

// Epochs are the numbers of the epochs that have a log, ascending; none if the folder is not there.
func (f *Folder) Epochs() ([]int, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Unavailable, "The folder %s of the trail's log cannot be read.", f.dir).Because(err)
	}
	var epochs []int
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil && n > 0 && strconv.Itoa(n) == e.Name() && e.IsDir() {
			epochs = append(epochs, n)
		}
	}
	slices.Sort(epochs)
	return epochs, nil
}

// cosigned is what the files begin with that hold what witnesses have cosigned.
const cosigned = "cosigned-"

// KeepCosigned keeps a checkpoint beside the log of an epoch that a witness has cosigned, in place of the one before,
// so that it can be shown without the witness.
func (f *Folder) KeepCosigned(epoch int, witness string, text []byte) error {
	sum := sha256.Sum256([]byte(witness))
	path := filepath.Join(f.epoch(epoch), cosigned+hex.EncodeToString(sum[:8]))
	beside := filepath.Join(f.epoch(epoch), ".new-"+filepath.Base(path))
	err := os.WriteFile(beside, text, 0o600)
	if err == nil {
		err = os.Rename(beside, path)
	}
	if err != nil {
		return fault.New(fault.Unavailable, "What %s has cosigned cannot be kept in %s.",
			witness, f.epoch(epoch)).Because(err)
	}
	return nil
}

// Cosignature is a checkpoint that a witness has cosigned, and when it was kept.
type Cosignature struct {
	Note []byte
	At   time.Time
}

// Cosignatures are the checkpoints of an epoch that witnesses have cosigned, as far as they are kept here. Nobody has
// checked them.
func (f *Folder) Cosignatures(epoch int) (list []Cosignature, err error) {
	paths, err := filepath.Glob(filepath.Join(f.epoch(epoch), cosigned+"*"))
	for _, path := range paths {
		text, e := read(path, checkpointBytes)
		info, is := os.Stat(path)
		if e = errors.Join(e, is); e != nil {
			return nil, fault.New(fault.Unavailable, "%s cannot be read.", path).Because(e)
		}
		list = append(list, Cosignature{text, info.ModTime()})
	}
	return list, err
}

// Cosigned are the notes of the cosignatures of an epoch.
func (f *Folder) Cosigned(epoch int) (notes [][]byte, err error) {
	list, err := f.Cosignatures(epoch)
	for _, c := range list {
		notes = append(notes, c.Note)
	}
	return notes, err
}

func (f *Folder) epoch(n int) string { return filepath.Join(f.dir, strconv.Itoa(n)) }
