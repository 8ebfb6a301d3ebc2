package backup

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"yitong/internal/fault"
)

// Part is a kind of state that a backup holds in a file of its own.
type Part interface {
	// Name is what its file is called: lower-case letters.
	Name() string
	// Write writes all of it.
	Write(ctx context.Context, w io.Writer) error
}

const (
	sealedSuffix = ".sealed"
	cipherName   = "SM4-GCM in chunks of 1 MiB with keys by HKDF-SM3, compressed by zstd"
)

// Begin begins the manifest of a backup in an empty folder, which is made if it is not there.
func Begin(dir string, key Key) (Manifest, error) {
	if err := NewFolder(dir); err != nil {
		return Manifest{}, err
	}
	id := make([]byte, 8)
	rand.Read(id)
	return Manifest{Format: Format, ID: hex.EncodeToString(id), Begun: time.Now().UTC(), Cipher: cipherName, Key: key.ID()}, nil
}

// Add writes a part into the folder and notes it in the manifest.
func (m *Manifest) Add(ctx context.Context, dir string, key Key, p Part) (err error) {
	path := filepath.Join(dir, p.Name()+sealedSuffix)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return cannotWrite(dir, err)
	}
	defer func() {
		if e := f.Close(); err == nil && e != nil {
			err = cannotWrite(dir, e)
		}
	}()
	digest := sm3.New()
	out := bufio.NewWriterSize(f, chunkBytes)
	w, err := NewWriter(io.MultiWriter(out, digest), key, m.sealedName(p.Name()))
	if err != nil {
		return err
	}
	if err := p.Write(ctx, stoppable{ctx, w}); err != nil {
		return err
	}
	if err := errors.Join(w.Close(), out.Flush(), f.Sync()); err != nil {
		return cannotWrite(dir, err)
	}
	m.Files = append(m.Files, File{p.Name(), w.Plain, w.Sealed, hex.EncodeToString(digest.Sum(nil))})
	return nil
}

// sealedName is what the file of a part is bound to: it fits no other backup.
func (m *Manifest) sealedName(part string) string { return m.ID + "/" + part }

// Finish writes the manifest: with it, the backup is whole. It may be called once more.
func (m *Manifest) Finish(dir string, key Key) error {
	m.Ended = time.Now().UTC()
	if err := syncDir(dir); err != nil {
		return err
	}
	return m.write(dir, key)
}

// stoppable ends writing when its context ends.
type stoppable struct {
	ctx context.Context
	to  io.Writer
}

// Write implements [io.Writer].
func (s stoppable) Write(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, fault.New(fault.Unavailable, "The backup was given up.").Because(err)
	}
	return s.to.Write(p)
}

// Backup is a folder with a whole backup.
type Backup struct {
	Manifest
	dir string
	key Key
}

// Open reads the manifest of a backup and looks whether its files are there in full length. The error is that of who reads a manifest:
// NotFound, Forbidden or Unprocessable.
func Open(dir string, key Key) (*Backup, error) {
	m, err := readManifest(dir, key)
	if err != nil {
		return nil, err
	}
	for _, f := range m.Files {
		if f.Name != filepath.Base(f.Name) || strings.HasPrefix(f.Name, ".") {
			return nil, fault.New(fault.Unprocessable, "The manifest of %s names the part %q.", dir, f.Name)
		}
		info, err := os.Stat(filepath.Join(dir, f.Name+sealedSuffix))
		if err != nil {
			return nil, fault.New(fault.Unprocessable, "%s of the backup is missing.", f.Name+sealedSuffix).Because(err)
		}
		if info.Size() != f.Sealed {
			return nil, fault.New(fault.Unprocessable, "%s of the backup has %d bytes, not %d.", f.Name+sealedSuffix, info.Size(), f.Sealed)
		}
	}
	return &Backup{m, dir, key}, nil
}

// Read hands a part to do, which must read it to the end. The error is NotFound without the part, and Unprocessable if its file is not
// what the manifest says.
func (b *Backup) Read(ctx context.Context, name string, do func(io.Reader) error) error {
	entry, ok := b.file(name)
	if !ok {
		return fault.New(fault.NotFound, "The backup %s has no part %s.", b.dir, name)
	}
	f, err := os.Open(filepath.Join(b.dir, name+sealedSuffix))
	if err != nil {
		return fault.New(fault.Unprocessable, "%s of the backup cannot be read.", name+sealedSuffix).Because(err)
	}
	defer f.Close()
	digest := sm3.New()
	r, err := NewReader(bufio.NewReaderSize(io.TeeReader(f, digest), chunkBytes), b.key, b.sealedName(name))
	if err != nil {
		return err
	}
	r.at = name + sealedSuffix
	plain := &measured{ctx: ctx, from: r}
	if err := do(plain); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, plain); err != nil { // what do has left: the end must be there
		return err
	}
	if got := hex.EncodeToString(digest.Sum(nil)); got != entry.SM3 || plain.n != entry.Plain {
		return fault.New(fault.Unprocessable, "%s is not the file that the manifest names: its digest is %s.", name+sealedSuffix, got)
	}
	return nil
}

// measured counts what is read, and ends with its context.
type measured struct {
	ctx  context.Context
	from io.Reader
	n    int64
}

// Read implements [io.Reader].
func (m *measured) Read(p []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, fault.New(fault.Unavailable, "The restore was given up.").Because(err)
	}
	n, err := m.from.Read(p)
	m.n += int64(n)
	return n, err
}

// ReadFile brings a part back as a new file.
func (b *Backup) ReadFile(ctx context.Context, name, path string) error {
	return b.Read(ctx, name, func(r io.Reader) error {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return cannotWrite(filepath.Dir(path), err)
		}
		_, err = io.Copy(f, r)
		if e := errors.Join(f.Sync(), f.Close()); err == nil && e != nil {
			err = cannotWrite(filepath.Dir(path), e)
		}
		return err
	})
}

// String tells what the backup is, in a line.
func (b *Backup) String() string {
	return fmt.Sprintf("backup %s of %s (%s)", b.ID, b.Begun.Format(time.RFC3339), b.Database)
}
