package backup

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"yitong/internal/fault"
)

// Folder is a part that holds the files of a folder, while nobody changes them.
type Folder struct {
	Part string
	Dir  string
	Hold func() (release func(), err error) // keeps others from changing it meanwhile; nil for what nobody changes
}

// Name implements [Part].
func (f Folder) Name() string { return f.Part }

// Write implements [Part].
func (f Folder) Write(ctx context.Context, w io.Writer) error {
	if f.Hold != nil {
		release, err := f.Hold()
		if err != nil {
			return err
		}
		defer release()
	}
	return Tar(w, func(add func(name, path string) error) error {
		return filepath.WalkDir(f.Dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			name, err := filepath.Rel(f.Dir, path)
			if err != nil {
				return err
			}
			return add(name, path)
		})
	})
}

// Files is a part that holds single files by names. Each that is not there is left out.
type Files struct {
	Part  string
	Paths map[string]string // by their names in the backup
}

// Name implements [Part].
func (f Files) Name() string { return f.Part }

// Write implements [Part].
func (f Files) Write(_ context.Context, w io.Writer) error {
	return Tar(w, func(add func(name, path string) error) error {
		for name, path := range f.Paths {
			if err := add(name, path); err != nil {
				return err
			}
		}
		return nil
	})
}

// Tar writes a tar of the files that list adds.
func Tar(w io.Writer, list func(add func(name, path string) error) error) error {
	t := tar.NewWriter(w)
	err := list(func(name, path string) error { return addFile(t, name, path) })
	if err == nil {
		err = t.Close()
	}
	if err != nil {
		return fault.New(fault.Unavailable, "Files cannot be copied into the backup.").Because(err)
	}
	return nil
}

func addFile(t *tar.Writer, name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := t.WriteHeader(&tar.Header{Name: filepath.ToSlash(name), Mode: 0o600, Size: info.Size(), ModTime: info.ModTime(), Format: tar.FormatPAX}); err != nil {
		return err
	}
	_, err = io.Copy(t, f)
	return err
}

// Untar brings the files of a tar back into a folder, which is made if it is not there. The error is Unprocessable for one that would
// lie elsewhere.
func Untar(r io.Reader, dir string) error {
	t := tar.NewReader(r)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !filepath.IsLocal(h.Name) || h.Typeflag != tar.TypeReg {
			return fault.New(fault.Unprocessable, "The backup holds %q, which is no file of the folder.", h.Name)
		}
		path := filepath.Join(dir, filepath.FromSlash(h.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return cannotWrite(dir, err)
		}
		if err := untarFile(t, path); err != nil {
			return err
		}
	}
}

func untarFile(r io.Reader, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return cannotWrite(filepath.Dir(path), err)
	}
	_, err = io.Copy(f, r)
	if e := errors.Join(f.Sync(), f.Close()); err == nil && e != nil {
		err = cannotWrite(filepath.Dir(path), e)
	}
	return err
}
