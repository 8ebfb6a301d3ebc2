package backup

import (
	"archive/tar"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"yitong/internal/fault"
)

// timeline is how many letters the name of a file of PostgreSQL's log tells its timeline with. The rest tells its place, which goes on
// from one timeline to the next.
const timeline = 8

// labelMost bounds the label of a backup.
const labelMost = 64 << 10

// startOfLog is where a label names the first file of the log that a backup needs.
var startOfLog = regexp.MustCompile(`(?m)^START WAL LOCATION: [0-9A-F/]+ \(file ([0-9A-F]{24})\)$`)

// placeClusters finds where the archive goes on from backups of PostgreSQL, and lists its files.
func (t *Trim) placeClusters(all []*based, key Key) (names []string, err error) {
	entries, err := os.ReadDir(filepath.Join(t.dir, walFolder))
	if err != nil {
		return nil, fault.New(fault.Unavailable, "The archive %s cannot be read.", t.dir).Because(err)
	}
	there := map[string]string{}
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), sealedSuffix); walName.MatchString(name) {
			names, there[name] = append(names, e.Name()), e.Name()
		}
	}
	for _, b := range all {
		if b.Database != PostgreSQL {
			continue
		}
		first, err := b.startOfLog(key)
		if err != nil {
			return nil, err
		}
		b.at, b.first, b.place = b.Ended, there[first], first[timeline:]
	}
	return names, nil
}

// startOfLog is the name of the first file of the log that the backup of a server needs: it says so itself.
func (b *Backup) startOfLog(key Key) (string, error) {
	f, err := os.Open(filepath.Join(b.dir, DatabasePart+sealedSuffix))
	if err != nil {
		return "", fault.New(fault.Unprocessable, "%s of the backup cannot be read.", DatabasePart+sealedSuffix).Because(err)
	}
	defer f.Close()
	r, err := NewReader(f, key, b.sealedName(DatabasePart))
	if err != nil {
		return "", err
	}
	for files := tar.NewReader(r); ; {
		h, err := files.Next()
		if err != nil {
			return "", fault.New(fault.Unprocessable, "The backup %s does not say where the log goes on from it.", b.dir).Because(err)
		}
		if filepath.Base(h.Name) != "backup_label" {
			continue
		}
		text, err := io.ReadAll(io.LimitReader(files, labelMost))
		if m := startOfLog.FindSubmatch(text); m != nil {
			return string(m[1]), nil
		}
		return "", fault.New(fault.Unprocessable, "The label of the backup %s names no file of the log.", b.dir).Because(err)
	}
}

// unbroken refuses files if one is missing between two of a timeline in what stays.
func (t *Trim) unbroken(names []string, key Key) error {
	var list []string
	for _, n := range names {
		if name := strings.TrimSuffix(n, sealedSuffix); segmentOfWAL.MatchString(name) && name[timeline:] >= t.from {
			list = append(list, name)
		}
	}
	name, sealed := strings.CutSuffix(t.From, sealedSuffix)
	path := filepath.Join(t.dir, walFolder, t.From)
	var text []byte
	var err error
	if sealed {
		text, err = readWAL(path, key, name)
	} else {
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return err
	}
	return unbroken(slices.Compact(list), int64(len(text)))
}
