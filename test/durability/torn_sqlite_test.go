package durability

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"yitong/internal/store/sqlite"
)

// Damages that the log of SQLite can have beside the others.
const (
	cutOff = "cut off"
	older  = "as before" // what was written over is still there
)

// killed is what a server has left: its files, and what they held before the log was begun anew.
type killed struct {
	past
	files map[string][]byte
	old   []byte
	page  int
}

// TestFaultTornLogOfSQLite kills a server under load, damages its log behind many points, and opens what is left: a log
// that has everything, the tables too, and one that has been folded into the file and begun anew.
func TestFaultTornLogOfSQLite(t *testing.T) {
	parallel(t)
	for name, folded := range map[string]bool{"first log": false, "log begun anew": true} {
		t.Run(name, func(t *testing.T) {
			parallel(t)
			k := kill(t, folded)
			size := int64(len(k.files["-wal"]))
			points := 3
			if long() {
				points = 20
			}
			list := append(k.points(points, size), edges(size, k.page, points)...)
			list = append(list, size, 0, walHeader, size/3)
			kinds := append(slices.Sorted(maps.Keys(damages)), cutOff)
			if folded {
				kinds = append(kinds, older)
			}
			lost := 0
			for i, point := range list {
				for j, kind := range kinds {
					if !long() && j != i%len(kinds) {
						continue
					}
					n, err := k.reopen(t, int(point), kind)
					if err != nil {
						t.Errorf("log of %d bytes, %s from %d on: %v", size, kind, point, err)
					}
					lost += n
				}
			}
			if lost == 0 {
				t.Error("no damage has taken anything away; the test shows too little")
			}
		})
	}
}

// kill lets a server work and kills it.
func kill(t *testing.T, folded bool) *killed {
	t.Helper()
	answers := 90
	if long() {
		answers = 300
	}
	db := filepath.Join(t.TempDir(), "record.db")
	s := serve(t, nil, yitong("sqlite:"+db)...)
	k := &killed{files: map[string][]byte{}}
	end := func() (int64, error) { return logEnd(db + "-wal") }
	if folded {
		k.load(t, s, 0, answers, end, nil)
		k.old = fold(t, db)
		for i := range k.facts {
			k.facts[i].at = 0 // in the file itself
		}
	}
	k.load(t, s, 50, answers, end, s.cmd.Process.Kill)
	s.kill()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		text, err := os.ReadFile(db + suffix)
		if err != nil {
			t.Fatal(err)
		}
		k.files[suffix] = text
	}
	k.page = int(binary.BigEndian.Uint32(k.files["-wal"][8:]))
	return k
}

// logEnd is where the frames of a log end that belong to it: they have the salts of its header. Behind them there may be
// frames of the log that was there before.
func logEnd(path string) (int64, error) {
	log, err := os.ReadFile(path)
	if err != nil || len(log) < walHeader {
		return 0, err
	}
	frame := frameHeader + int(binary.BigEndian.Uint32(log[8:]))
	end := walHeader
	for end+frame <= len(log) && bytes.Equal(log[end+8:end+16], log[16:24]) {
		end += frame
	}
	return int64(end), nil
}

// fold writes the whole log into the file, so that the server's next write begins the log anew. It gives what the log held.
func fold(t *testing.T, path string) []byte {
	t.Helper()
	db, err := sql.Open("sqlite", path+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var busy, frames, folded int
	if err := db.QueryRow("PRAGMA wal_checkpoint(RESTART)").Scan(&busy, &frames, &folded); err != nil || busy != 0 || frames != folded {
		t.Fatalf("folding the log: %v, busy %d, %d of %d frames", err, busy, folded, frames)
	}
	log, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// edges are points at and around the ends of frames.
func edges(size int64, page, n int) (list []int64) {
	frame := int64(frameHeader + page)
	frames := (size - walHeader) / frame
	for i := range int64(n) {
		end := walHeader + (i+1)*frames/int64(n+1)*frame
		list = append(list, end-1, end, end+1, end+frameHeader)
	}
	return list
}

// reopen opens a copy of the files whose log was damaged behind a point. Beside what was answered it holds that the file is
// sound, that writing goes on, and that the file is sound after that, too, when the log has been folded into it.
func (k *killed) reopen(t *testing.T, point int, kind string) (lost int, err error) {
	folder, err := os.MkdirTemp(t.TempDir(), "copy")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "record.db")
	log := slices.Clone(k.files["-wal"])
	switch kind {
	case cutOff:
		log = log[:point]
	case older:
		copy(log[point:], k.old[min(point, len(k.old)):])
	default:
		damages[kind](log, point, walHeader, frameHeader+k.page)
	}
	for suffix, text := range map[string][]byte{"": k.files[""], "-wal": log, "-shm": k.files["-shm"]} {
		if err := os.WriteFile(path+suffix, text, 0o600); err != nil {
			return 0, err
		}
	}
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	if err := sound(path); err != nil {
		return 0, err
	}
	if lost, err = k.check(db, int64(point)); err != nil {
		return lost, err
	}
	if err := goOn(db, k.facts[0].name, "Patient/after"); err != nil {
		return lost, err
	}
	if err := db.Close(); err != nil {
		return lost, err
	}
	return lost, sound(path)
}

// sound holds that SQLite finds no fault with a file.
func sound(path string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer db.Close()
	var said string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&said); err != nil || said != "ok" {
		return fmt.Errorf("the file is not sound: %s %v", said, err)
	}
	return nil
}
