package faults

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/app/region"
	"yitong/test/pgcluster"
)

// drill is a record that is loaded, backed up, destroyed and brought back.
type drill struct {
	dir, db, key, archive string
	log                   []string // says where the log of the trail is, if not beside the record
	staff                 []byte   // the list of accounts
	ledger                *ledger
	counts                string
}

// logIn says where the log of the trail is.
func logIn(dir string) []string { return []string{"--trail-log", dir} }

// yitong runs a command that must succeed, and gives what it prints.
func yitong(t *testing.T, args ...string) []byte {
	t.Helper()
	began := time.Now()
	out, err := exec.Command(program, args...).CombinedOutput()
	t.Logf("yitong %s took %s", args[0], time.Since(began).Round(time.Millisecond))
	if err != nil {
		t.Fatalf("yitong %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func newDrill(t *testing.T, db string) *drill {
	t.Helper()
	d := &drill{dir: t.TempDir(), db: db, ledger: newLedger()}
	d.key, d.archive = filepath.Join(d.dir, "backup.key"), filepath.Join(d.dir, "archive")
	if d.db == "" {
		if err := os.Mkdir(filepath.Join(d.dir, "lost"), 0o700); err != nil {
			t.Fatal(err)
		}
		d.db = "sqlite:" + filepath.Join(d.dir, "lost", "record.db")
	}
	yitong(t, "key", "new", d.key)
	yitong(t, "key", "new", d.platformKey())
	return d
}

func (d *drill) platformKey() string { return filepath.Join(d.dir, "platform.key") }

// fill loads a region and accounts.
func (d *drill) fill(t *testing.T, s *server) {
	t.Helper()
	residents := 20
	if long() {
		residents = 300
	}
	for text, err := range region.Make(region.Options{Residents: residents, Years: 1, Today: region.Day}) {
		if err != nil {
			t.Fatal(err)
		}
		if a, err := s.send(t.Context(), http.MethodPost, "", string(text)); err != nil || a.status >= 300 {
			t.Fatalf("loading the region: %v %d %s", err, a.status, a.body)
		}
	}
	for _, name := range []string{"anna", "boris", "chen"} {
		yitong(t, "account", "create", name, "--db", d.db, "--key-file", d.platformKey(), "--called", name)
	}
	d.staff = d.accounts(t, d.db)
}

func (d *drill) accounts(t *testing.T, db string) []byte {
	t.Helper()
	return yitong(t, "account", "list", "--db", db, "--key-file", d.platformKey())
}

// backUp takes a backup, which is brought back and looked at.
func (d *drill) backUp(t *testing.T, more ...string) (dir string) {
	t.Helper()
	dir = filepath.Join(d.dir, "backup")
	out := yitong(t, append([]string{"backup", "--db", d.db, "--to", dir, "--backup-key", d.key, "--key-file", d.platformKey()}, more...)...)
	if !strings.Contains(string(out), "all is well") {
		t.Errorf("the backup was not looked at:\n%s", out)
	}
	return dir
}

var freedFiles = regexp.MustCompile(`(?:Removed|Would be removed): (\d+) files`)

// trim removes from the archive what no restore to a moment since an instant needs, and tells how many files these were. To ask before
// removes none.
func (d *drill) trim(t *testing.T, since time.Time) int {
	t.Helper()
	args := []string{"archive", "trim", "--archive", d.archive, "--backups", d.dir, "--backup-key", d.key, "--since", since.Format(time.RFC3339Nano)}
	var freed [3]int
	for i, more := range [][]string{{"--dry-run"}, nil, nil} {
		out := yitong(t, append(args, more...)...)
		m := freedFiles.FindSubmatch(out)
		if m == nil {
			t.Fatalf("it is not said what is removed:\n%s", out)
		}
		freed[i], _ = strconv.Atoi(string(m[1])) // they are digits
	}
	if freed[1] < freed[0] || freed[2] != 0 {
		t.Errorf("%d files would go, %d went, then %d more", freed[0], freed[1], freed[2])
	}
	return freed[1]
}

var committedBy = regexp.MustCompile(`committed by (\S+)`)

// restore brings the record back, and tells by when everything was committed that is there.
func (d *drill) restore(t *testing.T, db string, more ...string) time.Time {
	t.Helper()
	args := []string{"restore", "--db", db, "--from", filepath.Join(d.dir, "backup"), "--backup-key", d.key, "--key-file", d.platformKey(), "--archive", d.archive}
	out := yitong(t, append(args, more...)...)
	m := committedBy.FindSubmatch(out)
	if m == nil {
		t.Fatalf("it is not said how far the restore came:\n%s", out)
	}
	to, err := time.Parse(time.RFC3339Nano, string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// slack is how far commits may run ahead of the moment that a restore tells.
const slack = 250 * time.Millisecond

// prove holds what came back against the ledger: what was answered by a moment is there, and what was begun later is not. log says where
// the log of the trail is, if not beside the record.
func (d *drill) prove(t *testing.T, db string, to time.Time, log ...string) {
	t.Helper()
	if got := d.accounts(t, db); !bytes.Equal(got, d.staff) {
		t.Errorf("the accounts are\n%s, not\n%s", got, d.staff)
	}
	s := start(t, db, append(log, "--key-file", d.platformKey())...)
	then := &ledger{name: d.ledger.name}
	kept := 0
	for _, w := range d.ledger.sent {
		one := *w
		switch {
		case w.ended.Before(to):
			kept++
		case w.begun.After(to.Add(slack)):
			one.answer = answer{status: http.StatusServiceUnavailable}
			one.err = nil // it must not be there
		default:
			one.err = errors.New("nobody knows")
		}
		then.sent = append(then.sent, &one)
	}
	if kept < 50 {
		t.Errorf("only %d writes were answered by %s", kept, to)
	}
	then.check(t, s)
	for _, w := range then.sent {
		if w.done() && w.ended.Before(to) && len(w.names) < 2 && len(w.answer.body) > 0 {
			if got := s.get(t, s.root+path(w.answer.header.Get("Location"))); !bytes.Equal(got, w.answer.body) {
				t.Errorf("%s was answered with\n%s, and is\n%s", w.mark, w.answer.body, got)
			}
		}
	}
	if got := s.counts(t); d.counts != "" && got != d.counts {
		t.Errorf("the region has %s, not %s", got, d.counts)
	}
	whole(t, db, s)
	verifyTrail(t, append(log, "--db", db, "--key-file", d.platformKey())...)
}

// counts are those of types that only the region has.
func (s *server) counts(t *testing.T) (text string) {
	t.Helper()
	for _, name := range []string{"Encounter", "Observation", "Condition", "Organization", "Practitioner"} {
		text += name + string(regexp.MustCompile(`"total":\d+`).Find(s.get(t, "/"+name+"?_summary=count")))
	}
	return text
}

// verifyTrail looks whether the trail is whole, and whether its log says that the record was restored.
func verifyTrail(t *testing.T, where ...string) {
	t.Helper()
	out, err := exec.Command(program, append([]string{"trail", "verify"}, where...)...).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("that the database was restored from batch ")) {
		t.Errorf("the trail is not whole, or does not say that it was restored: %v\n%s", err, out)
	}
}

// TestFaultDestroyed destroys the folder of a SQLite record under load, and brings it back: to the last archived second, and to a
// moment in between.
func TestFaultDestroyed(t *testing.T) {
	t.Parallel()
	d := newDrill(t, "")
	var now atomic.Pointer[server]
	serve := func() *server {
		s := start(t, d.db, "--archive", d.archive, "--backup-key", d.key, "--key-file", d.platformKey())
		now.Store(s)
		return s
	}
	s := serve()
	d.fill(t, s)
	d.counts = s.counts(t)
	stop := d.ledger.load(t, func(int) *server { return now.Load() })
	d.ledger.more(t, 50)
	d.backUp(t)
	for range rounds(2, 10) {
		d.ledger.more(t, 100)
		s.kill()
		s = serve()
		if runs := s.gauge(t, "yitong_archive_runs_total"); runs != 0 {
			t.Error("the archive does not go on after a crash")
		}
	}
	d.ledger.more(t, 100)
	time.Sleep(2 * time.Second) // so that the moment is behind the backup for sure
	moment := time.Now()
	time.Sleep(2 * time.Second)
	d.ledger.more(t, 200)
	d.trim(t, moment)
	archived := s.archivedTo(t)
	s.kill()
	stop()
	if err := os.RemoveAll(filepath.Join(d.dir, "lost")); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string {
		dir := filepath.Join(d.dir, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		return "sqlite:" + filepath.Join(dir, "record.db")
	}
	last := d.restore(t, at("last"))
	if last.Before(archived.Add(-time.Second)) { // the archive knows a moment in which nothing was committed; the record does not
		t.Errorf("it came back as of %s, but the server had archived all until %s", last, archived)
	}
	d.prove(t, "sqlite:"+filepath.Join(d.dir, "last", "record.db"), slices.MaxFunc([]time.Time{last, archived}, time.Time.Compare))
	then := d.restore(t, at("then"), "--at", moment.Format(time.RFC3339Nano))
	if then.After(moment) || then.Before(moment.Add(-1500*time.Millisecond)) {
		t.Errorf("asked for %s, it came back as of %s", moment, then)
	}
	d.prove(t, "sqlite:"+filepath.Join(d.dir, "then", "record.db"), then)
	if out, err := exec.Command(program, "restore", "--db", "sqlite:"+filepath.Join(d.dir, "then", "record.db"), "--from", filepath.Join(d.dir, "backup"),
		"--backup-key", d.key).CombinedOutput(); err == nil || !strings.Contains(string(out), "overwrites nothing") {
		t.Errorf("a restore over a record: %v %s", err, out)
	}
}

// TestFaultDestroyedPostgres does the same with PostgreSQL, by its own tools.
func TestFaultDestroyedPostgres(t *testing.T) {
	t.Parallel()
	d := newDrill(t, "postgres")
	shared, err := os.MkdirTemp("", "yitong-drill-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(shared) })
	d.archive = filepath.Join(shared, "archive")
	c := archived(t, d, shared)
	if d.db, err = c.NewDatabase("record"); err != nil {
		t.Fatal(err)
	}
	d.log = logIn(filepath.Join(shared, "log"))
	s := start(t, d.db, append(d.log, "--key-file", d.platformKey())...)
	d.fill(t, s)
	d.counts = s.counts(t)
	stop := d.ledger.load(t, to(s))
	d.ledger.more(t, 50)
	d.backUp(t, append(d.log, "--scratch", shared)...)
	d.ledger.more(t, 200)
	time.Sleep(time.Second)
	moment := time.Now()
	time.Sleep(time.Second)
	d.ledger.more(t, 100)
	if freed := d.trim(t, moment); freed == 0 {
		t.Error("nothing of the archive could go, so that the test shows less")
	}
	quiet := time.Now()
	d.ledger.more(t, 1) // which is behind the moment that all must be back by
	s.kill()
	stop()
	if err := c.Down(os.Interrupt); err != nil { // it archives what it has; a machine that burns loses archive_timeout more
		t.Fatal(err)
	}
	restored := func(name string, more ...string) (string, time.Time) {
		data := filepath.Join(shared, name)
		to := d.restore(t, d.db, slices.Concat(more, logIn(data+".log"), []string{"--data", data})...)
		c, err := pgcluster.Start("", pgcluster.Options{From: data})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Stop() })
		return c.DSN("record"), to
	}
	db, last := restored("last")
	if last.Before(quiet.Add(-slack)) {
		t.Errorf("it came back as of %s, but all was archived until %s", last, quiet)
	}
	d.prove(t, db, last, logIn(filepath.Join(shared, "last.log"))...)
	db, then := restored("then", "--at", moment.Format(time.RFC3339Nano))
	if then.After(moment) || then.Before(moment.Add(-time.Second)) {
		t.Errorf("asked for %s, it came back as of %s", moment, then)
	}
	d.prove(t, db, then, logIn(filepath.Join(shared, "then.log"))...)
}

// archived starts a PostgreSQL that archives its log by this program.
func archived(t *testing.T, d *drill, shared string) *pgcluster.Cluster {
	t.Helper()
	tool, key := filepath.Join(shared, "yitong"), filepath.Join(shared, "backup.key")
	for from, to := range map[string]string{program: tool, d.key: key} {
		text, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(to, text, 0o700)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(key, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(d.archive, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			t.Fatal(err)
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		for _, path := range []string{shared, tool, key, d.archive} {
			if err := os.Chown(path, uid, gid); err != nil {
				t.Fatal(err)
			}
		}
	}
	c, err := pgcluster.Start("", pgcluster.Options{Settings: map[string]string{
		"archive_mode": "on", "archive_timeout": "1s",
		"archive_command": fmt.Sprintf("%s wal put --archive %s --backup-key %s %%p", tool, d.archive, key),
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Stop() })
	return c
}

// TestFaultArchiveFull fills the disk of the archive under load: the server goes on, and when there is room again the archive does too,
// without a gap.
func TestFaultArchiveFull(t *testing.T) {
	t.Parallel()
	disk := newDisk(t, "200m")
	d := newDrill(t, "")
	d.archive = filepath.Join(disk.dir, "archive")
	s := start(t, d.db, "--archive", d.archive, "--backup-key", d.key, "--key-file", d.platformKey())
	d.fill(t, s)
	stop := d.ledger.load(t, func(int) *server {
		time.Sleep(20 * time.Millisecond) // at full speed even two gigabytes of the log are full soon, and there is a gap
		return s
	})
	d.ledger.more(t, 50)
	d.backUp(t)
	for range rounds(1, 5) {
		disk.fill(t)
		full := time.Now()
		d.ledger.more(t, 200)
		until(t, "the archive is behind", func() bool {
			disk.fill(t)
			return time.Since(s.archivedTo(t)) > 2*time.Second
		})
		disk.empty(t)
		until(t, "the archive goes on", func() bool { return s.archivedTo(t).After(full.Add(2 * time.Second)) })
	}
	if runs := s.gauge(t, "yitong_archive_runs_total"); runs != 1 {
		t.Errorf("the archive has begun %v runs", runs)
	}
	if !strings.Contains(s.said.end(), "is not archived") {
		t.Error("nothing was logged")
	}
	d.ledger.more(t, 50)
	t.Logf("the archive has %.0f bytes after %d writes and the region", s.gauge(t, "yitong_archive_bytes_total"), d.ledger.answered())
	archived := s.archivedTo(t)
	s.kill()
	stop()
	db := "sqlite:" + filepath.Join(d.dir, "back.db")
	to := d.restore(t, db)
	if to.Before(archived.Add(-time.Millisecond)) {
		t.Errorf("it came back as of %s, but the server had archived all until %s", to, archived)
	}
	d.prove(t, db, to)
}

// archivedTo is the moment by which everything is archived, as the server tells it.
func (s *server) archivedTo(t *testing.T) time.Time {
	t.Helper()
	return time.Unix(0, int64(s.gauge(t, "yitong_archive_to_seconds")*1e9))
}
