package witness

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"yitong/internal/fault"
	"yitong/internal/tlog"
)

// state is what a witness remembers: for each log, a file with the newest checkpoint that it has cosigned or was about
// to.
type state struct {
	dir  string
	lock *os.File
}

const ending = ".checkpoint"

// openState takes a folder, which only one witness may have.
func openState(dir string) (*state, error) {
	err := os.MkdirAll(dir, 0o700)
	var lock *os.File
	if err == nil {
		lock, err = os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	}
	if err != nil {
		return nil, fault.New(fault.Unavailable, "The witness cannot use the folder %s.", dir).Because(err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		return nil, fault.New(fault.Conflict, "Another witness uses the folder %s.", dir).Because(err)
	}
	return &state{dir, lock}, nil
}

func (s *state) close() error { return s.lock.Close() }

// all reads what is remembered.
func (s *state) all() (map[string]tlog.Checkpoint, error) {
	paths, err := filepath.Glob(filepath.Join(s.dir, "*"+ending))
	known := map[string]tlog.Checkpoint{}
	for _, path := range paths {
		text, e := os.ReadFile(path)
		if errors.Is(e, fs.ErrNotExist) {
			continue
		}
		c, e2 := tlog.Claimed(text)
		if e = errors.Join(e, e2); e != nil {
			return nil, fault.New(fault.Unavailable,
				"The witness cannot read what it remembers in %s, and would sign what it must not "+
					"without it.", path).Because(e)
		}
		known[c.Origin] = c
	}
	return known, err
}

// keep remembers a checkpoint, durably, in place of the one before.
func (s *state) keep(c tlog.Checkpoint) error {
	sum := sha256.Sum256([]byte(c.Origin))
	path := filepath.Join(s.dir, hex.EncodeToString(sum[:])+ending)
	beside := path + ".new"
	f, err := os.OpenFile(beside, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(c.Note)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(beside, path); err != nil {
		return err
	}
	d, err := os.Open(s.dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
