package backup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"yitong/internal/fault"
)

func cannotWrite(dir string, err error) error {
	return fault.New(fault.Unavailable, "%s cannot be written to.", dir).Because(err)
}

// writeSynced writes a new file that only its owner can read.
func writeSynced(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncDir makes names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return cannotWrite(dir, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return cannotWrite(dir, err)
	}
	return nil
}

// NewFolder makes an empty folder that only its owner can read, and those above it. The error is Conflict if there is something in it.
func NewFolder(dir string) error {
	list, err := os.ReadDir(dir)
	if len(list) > 0 {
		return fault.New(fault.Conflict, "%s is not empty.", dir)
	}
	if err == nil {
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return cannotWrite(dir, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return cannotWrite(dir, err)
	}
	return syncDir(filepath.Dir(dir))
}
