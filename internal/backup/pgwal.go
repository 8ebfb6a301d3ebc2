package backup

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"yitong/internal/fault"
)

// walName is what files of PostgreSQL's log are called: segments, histories of timelines, and labels of backups.
var walName = regexp.MustCompile(`^[0-9A-F]{24}(\.partial|\.[0-9A-F]{8}\.backup)?$|^[0-9A-F]{8}\.history$`)

var segmentOfWAL = regexp.MustCompile(`^[0-9A-F]{24}$`)

const walFolder = "wal"

// PutWAL archives a file of PostgreSQL's log, durably, as its archive_command. It is done already if the archive has the same file. The
// error is Conflict if it has another of that name: two servers must not share an archive.
func PutWAL(dir string, key Key, path string) error {
	name := filepath.Base(path)
	if !walName.MatchString(name) {
		return fault.New(fault.Malformed, "%s is no file of PostgreSQL's log.", name)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return fault.New(fault.NotFound, "%s cannot be read.", path).Because(err)
	}
	to := filepath.Join(dir, walFolder, name+sealedSuffix)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return cannotWrite(dir, err)
	}
	if there, err := readWAL(to, key, name); err == nil {
		if bytes.Equal(there, text) {
			return nil
		}
		return fault.New(fault.Conflict, "The archive %s has another file %s already: does another server use it?", dir, name)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var sealed bytes.Buffer
	w, err := NewWriter(&sealed, key, walFolder+"/"+name)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return err
	}
	part := to + ".part"
	if err := writeSynced(part, sealed.Bytes()); err != nil {
		return cannotWrite(dir, err)
	}
	if err := os.Rename(part, to); err != nil {
		return cannotWrite(dir, err)
	}
	return syncDir(filepath.Dir(to))
}

func readWAL(path string, key Key, name string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := NewReader(f, key, walFolder+"/"+name)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// UnpackWAL opens the files of an archive of PostgreSQL's log into a folder. Files that others have put there as they are, such as
// pg_receivewal, are taken too. The error is Unprocessable if one is missing between two, or was altered.
func UnpackWAL(dir string, key Key, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return cannotWrite(to, err)
	}
	entries, err := os.ReadDir(filepath.Join(dir, walFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.NotFound, "%s holds no archive of PostgreSQL's log.", dir)
	}
	if err != nil {
		return fault.New(fault.Unavailable, "The archive %s cannot be read.", dir).Because(err)
	}
	var segments []string
	var size int64
	for _, e := range entries {
		name, sealed := strings.CutSuffix(e.Name(), sealedSuffix)
		if !walName.MatchString(name) {
			continue
		}
		path := filepath.Join(dir, walFolder, e.Name())
		var text []byte
		if sealed {
			text, err = readWAL(path, key, name)
		} else {
			text, err = os.ReadFile(path)
		}
		if err != nil {
			return err
		}
		if segmentOfWAL.MatchString(name) {
			segments, size = append(segments, name), int64(len(text))
		}
		if err := writeSynced(filepath.Join(to, strings.TrimSuffix(name, ".partial")), text); err != nil {
			return cannotWrite(to, err)
		}
	}
	return unbroken(segments, size)
}

// unbroken refuses segments, in their order, between which one of the same timeline is missing.
func unbroken(segments []string, size int64) error {
	if size == 0 {
		return nil
	}
	number := func(name string) (int64, error) {
		log, err := strconv.ParseInt(name[8:16], 16, 64)
		if err != nil {
			return 0, err
		}
		n, err := strconv.ParseInt(name[16:], 16, 64)
		return log*((1<<32)/size) + n, err
	}
	for i := 1; i < len(segments); i++ {
		before, after := segments[i-1], segments[i]
		a, errA := number(before)
		b, errB := number(after)
		if err := errors.Join(errA, errB); err != nil {
			return fault.Wrap(err, "reading names of PostgreSQL's log")
		}
		if before[:8] == after[:8] && b != a+1 {
			return fault.New(fault.Unprocessable, "The archive of PostgreSQL's log has a gap between %s and %s. Move what lies behind the gap away, to go as far as it.", before, after)
		}
	}
	return nil
}
