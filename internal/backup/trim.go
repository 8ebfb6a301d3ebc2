package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"yitong/internal/fault"
)

// Trim tells what of an archive is not needed any more, so that every moment since an instant, the cut, stays within reach that is.
type Trim struct {
	Base  string    // folder of the backup that the archive begins with then
	Of    time.Time // moment of that backup, at the cut or before
	From  string    // first file of the archive that stays
	Kept  Amount
	Freed Amount
	Notes []string

	dir  string
	from string   // place from which on files stay
	gone []string // files below the folder, in the order in which they may go
}

// Amount is how much of an archive.
type Amount struct {
	Files int
	Bytes int64
}

// based is a backup, and from where on it needs the archive.
type based struct {
	*Backup
	at    time.Time // it can be brought back to any moment from then on
	first string    // file of the archive that it needs first, "" for one from which the archive does not go on
	place string    // of that file: what comes later in the archive has a greater one
}

// PlanTrim says what of an archive can go. Of the backups in the folders, and in the folders below these, the newest that was taken by
// the cut and from which the archive goes on stays what it begins with; so does what backups need that are newer. It is read to
// its end, for it may be the only one that is left.
//
// Nothing can go, and the error is Conflict, if there is no such backup: then all of the archive is needed. The error is
// Unprocessable where something is missing in what must stay, Forbidden if the archive was sealed with another key, NotFound without
// one, and Malformed for one of two databases.
func PlanTrim(ctx context.Context, dir string, folders []string, key Key, cut time.Time) (*Trim, error) {
	t := &Trim{dir: dir}
	kind, err := kindOf(dir)
	if err != nil {
		return nil, err
	}
	all, err := t.backups(folders, key)
	if err != nil {
		return nil, err
	}
	var names []string
	if kind == PostgreSQL {
		names, err = t.placeClusters(all, key)
	} else {
		names, err = t.placeFiles(all, key)
	}
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(b *based) bool { return b.first == "" })
	slices.SortFunc(all, func(a, b *based) int { return a.at.Compare(b.at) })
	base, err := t.base(ctx, all, cut)
	if err != nil {
		return nil, err
	}
	t.Base, t.Of, t.From, t.from = base.dir, base.at, base.first, base.place
	for _, b := range all {
		if !b.at.Before(base.at) && b.place < t.from { // clocks may have gone back, and timelines do
			t.From, t.from = b.first, b.place
		}
	}
	if kind == PostgreSQL {
		err = t.unbroken(names, key)
	} else {
		err = linked(names[slices.Index(names, t.From):])
	}
	if err != nil {
		return nil, err
	}
	for _, b := range all {
		if b.place < t.from {
			t.Notes = append(t.Notes, fmt.Sprintf("The backup %s can be brought back to its own moment only then, %s.", b.dir, told(b.at)))
		}
	}
	return t, t.divide(kind, names)
}

// kindOf tells of which database an archive is.
func kindOf(dir string) (string, error) {
	list, err := runs(dir)
	if err != nil {
		return "", err
	}
	others := slices.DeleteFunc(slices.Clone(list), func(name string) bool { return name == walFolder })
	switch {
	case len(list) == 0:
		return "", fault.New(fault.NotFound, "%s holds no archive.", dir)
	case len(others) == 0:
		return PostgreSQL, nil
	case len(others) < len(list):
		return "", fault.New(fault.Malformed, "%s holds the archives of two databases: give each a folder of its own.", dir)
	}
	return SQLite, nil
}

// backups are those in the folders.
func (t *Trim) backups(folders []string, key Key) (list []*based, err error) {
	for _, folder := range folders {
		below, err := os.ReadDir(folder)
		if err != nil {
			return nil, fault.New(fault.NotFound, "The folder of backups %s cannot be read.", folder).Because(err)
		}
		dirs := []string{folder}
		for _, e := range below {
			dirs = append(dirs, filepath.Join(folder, e.Name()))
		}
		for _, dir := range dirs {
			if _, err := os.Stat(filepath.Join(dir, manifestFile)); err != nil {
				continue // it is no whole backup
			}
			b, err := Open(dir, key)
			if err != nil {
				t.Notes = append(t.Notes, fmt.Sprintf("Left out: %s", fault.From(err).Message))
				continue
			}
			list = append(list, &based{Backup: b})
		}
	}
	return list, nil
}

// placeFiles finds where the archive goes on from backups of SQLite, and lists its segments.
func (t *Trim) placeFiles(all []*based, key Key) (names []string, err error) {
	list, err := runs(t.dir)
	if err != nil {
		return nil, err
	}
	for _, run := range list {
		some, err := segments(t.dir, run)
		if err != nil {
			return nil, err
		}
		names = append(names, some...)
	}
	for _, name := range names {
		s, err := openSegment(t.dir, name, key)
		if fault.CodeOf(err) == fault.Unprocessable {
			continue // it is broken off, or damaged, which matters if it must stay
		}
		if err != nil {
			return nil, err
		}
		s.close()
		for _, b := range all {
			if b.Database == SQLite && b.Anchor != nil && b.first == "" && b.Anchor.leadsTo(s.segmentHead) {
				b.at, b.first, b.place = b.Anchor.At, name, name
			}
		}
	}
	return names, nil
}

// base is the newest backup by the cut that is whole.
func (t *Trim) base(ctx context.Context, all []*based, cut time.Time) (*based, error) {
	for _, b := range slices.Backward(all) {
		if b.at.After(cut) {
			continue
		}
		err := b.whole(ctx)
		if err == nil {
			return b, nil
		}
		if ctx.Err() != nil {
			return nil, err
		}
		t.Notes = append(t.Notes, fmt.Sprintf("The backup %s is not whole, so an earlier one is kept within reach: %s", b.dir, fault.From(err).Message))
	}
	return nil, fault.New(fault.Conflict, "No whole backup was named that was taken by %s and from which this archive goes on. "+
		"So all of it is needed to go back to any moment since, and nothing is removed. %s", told(cut), strings.Join(t.Notes, " "))
}

// whole reads all parts of the backup to their ends.
func (b *Backup) whole(ctx context.Context) error {
	for _, f := range b.Files {
		if err := b.Read(ctx, f.Name, func(r io.Reader) error { _, err := io.Copy(io.Discard, r); return err }); err != nil {
			return err
		}
	}
	return nil
}

// linked refuses segments, in their order, if one is missing between two of a run.
func linked(names []string) error {
	run, next := "", 0
	for _, name := range names {
		own, tail, _ := strings.Cut(name, "/")
		var number int
		if _, err := fmt.Sscanf(tail, "%d"+segmentSuffix, &number); err != nil {
			return fault.New(fault.Unprocessable, "The archive holds %s, which is no segment.", name).Because(err)
		}
		if own == run && number != next {
			return fault.New(fault.Unprocessable, "%s of the archive is missing; nothing is removed.", segmentName(run, next))
		}
		run, next = own, number+1
	}
	return nil
}

// divide tells what goes and what stays, of names in their order.
func (t *Trim) divide(kind string, names []string) error {
	for _, name := range names {
		path, goes := name, name < t.from
		if kind == PostgreSQL {
			path, goes = walFolder+"/"+name, !strings.Contains(name, ".history") && name[timeline:] < t.from
		}
		info, err := os.Stat(filepath.Join(t.dir, path))
		if err != nil {
			return fault.New(fault.Unavailable, "%s of the archive cannot be read.", path).Because(err)
		}
		to := &t.Kept
		if goes {
			to = &t.Freed
			t.gone = append(t.gone, path)
		}
		to.Files++
		to.Bytes += info.Size()
	}
	return nil
}

// Remove removes what is not needed, the oldest first: wherever it is broken off, what is left has no gap. A run of which nothing is
// left goes with its folder.
func (t *Trim) Remove() error {
	for _, name := range t.gone {
		path := filepath.Join(t.dir, filepath.FromSlash(name))
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return cannotWrite(t.dir, err)
		}
		_ = os.Remove(filepath.Dir(path)) // if it is empty
	}
	return syncDir(t.dir)
}
