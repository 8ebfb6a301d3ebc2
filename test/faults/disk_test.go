package faults

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// disk is a small file system that can be filled to its last byte.
type disk struct{ dir string }

// newDisk mounts one in memory until the end of the test.
func newDisk(t *testing.T, size string) disk {
	t.Helper()
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("only root on Linux can mount the small file system that is filled here")
	}
	dir, err := os.MkdirTemp("", "yitong-disk-")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "mode=755,size="+size, "yitong-faults", dir).CombinedOutput(); err != nil {
		_ = os.Remove(dir)
		t.Skipf("no file system can be mounted here: %v %s", err, out)
	}
	guard(t, `umount -l "$1"; rmdir "$1"`, dir)
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", dir).CombinedOutput(); err != nil {
			t.Errorf("%v %s", err, out)
		}
		if err := os.Remove(dir); err != nil {
			t.Error(err)
		}
	})
	return disk{dir}
}

// fill takes all of the room that is left, and keeps at it while others give some of theirs back.
func (d disk) fill(t *testing.T) {
	t.Helper()
	f, err := os.OpenFile(d.filler(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 1<<20); len(block) > 0; {
		if _, err := f.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
}

func (d disk) filler() string { return filepath.Join(d.dir, "filler") }

// empty gives the room back.
func (d disk) empty(t *testing.T) {
	t.Helper()
	if err := os.Remove(d.filler()); err != nil {
		t.Error(err)
	}
}

// refuses waits until a write is refused because there is no room, and tells with which words.
func (s *server) refuses(t *testing.T, d disk) (words string) {
	t.Helper()
	until(t, "a write is refused", func() bool {
		s.up(t)
		d.fill(t)
		body := `{"resourceType":"Basic","code":{"text":"` + strings.Repeat("x", 100_000) + `"}}`
		a, err := s.send(t.Context(), "POST", "/Basic", body)
		if err != nil {
			t.Fatal(err)
		}
		if a.status < 300 {
			return false
		}
		properly(t, a)
		words = string(a.body)
		return true
	})
	return words
}

// TestFaultDisk fills the disk under SQLite under load: writes are refused in clear words, reads are answered
// as long as the trail has room for them, and when there is room again all is, without a restart.
func TestFaultDisk(t *testing.T) {
	t.Parallel()
	d := newDisk(t, "400m") // SQLite's log alone takes 128 MB before it is folded into the file
	db := "sqlite:" + filepath.Join(d.dir, "record.db")
	s := start(t, db)
	for range rounds(1, 10) {
		l := newLedger()
		stop := l.load(t, to(s))
		l.more(t, 100)
		if words := s.refuses(t, d); !strings.Contains(words, "full") {
			t.Errorf("it is not said that the disk is full: %s", words)
		}
		for _, w := range l.some(10) {
			s.readsOrRefuses(t, "/"+w.names[0])
			s.readsOrRefuses(t, "/Patient?identifier=urn:mark|"+w.mark)
		}
		d.empty(t)
		l.more(t, 100)
		stop()
		s.works(t)
		l.settled(t, s)
	}
	whole(t, db, s)
}

// TestFaultDiskOfPostgres fills the disk under PostgreSQL under load, to the point where it breaks because it can write
// its log no more. When there is room again, and PostgreSQL runs again, the server goes on by itself.
func TestFaultDiskOfPostgres(t *testing.T) {
	t.Parallel()
	d := newDisk(t, "300m")
	c := cluster(t, d.dir)
	db, err := c.NewDatabase("record")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, db)
	for range rounds(1, 5) {
		l := newLedger()
		stop := l.load(t, to(s))
		l.more(t, 100)
		s.refuses(t, d)
		breaks(t, db, d)
		d.empty(t)
		if err := c.Up(); err != nil {
			t.Fatal(err)
		}
		l.more(t, 100)
		stop()
		s.works(t)
		l.settled(t, s)
	}
	whole(t, db, s)
}

// breaks makes PostgreSQL begin new files of its log until there is no room for one, and it panics.
func breaks(t *testing.T, dsn string, d disk) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil { // it has broken already
		return
	}
	defer conn.Close(context.Background())
	for range 100 {
		d.fill(t)
		if _, err := conn.Exec(t.Context(), "SELECT pg_logical_emit_message(false, 'x', 'x'), pg_switch_wal()"); err != nil && conn.IsClosed() {
			return
		}
	}
	t.Error("PostgreSQL does not break, however full its disk is")
}
