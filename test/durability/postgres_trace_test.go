package durability

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"yitong/test/pgcluster"
)

const (
	segmentSize = 16 << 20 // bytes of a file of PostgreSQL's log
	walPage     = 8192
	walPageHead = 24 // bytes at the head of a page of the log, which a record that crosses it goes around
)

// record is a commit in PostgreSQL's log: its bytes as they are in the file in the end.
type record struct {
	file  string
	at    int // within the file
	bytes []byte
	marks []string
}

// postgresLog reads PostgreSQL's log as it is written: whole pages, of which the last may be filled up and written again
// later. So a commit has been written once its very bytes have been written to its place.
//
// A mark belongs to the transaction that made the row which has it (xmin), a version or lines of the trail, and that to the commit
// record of its number.
type postgresLog struct {
	files   map[string][]byte // what has been written
	commits []record          // that have not been written yet
	known   map[string]bool   // their marks: those of the versions that were the newest in the end
}

func newPostgresLog(commits []record) *postgresLog {
	l := &postgresLog{files: map[string][]byte{}, commits: slices.Clone(commits), known: map[string]bool{}}
	for _, r := range commits {
		for _, m := range r.marks {
			l.known[m] = true
		}
	}
	return l
}

// forget does nothing: PostgreSQL ends at the first sync of its log that fails.
func (*postgresLog) forget(string) {}

func (l *postgresLog) follows(mark string) bool { return l.known[mark] }

var segmentName = regexp.MustCompile(`/pg_wal/[0-9A-F]{24}$`)

func (*postgresLog) holds(path string) bool { return segmentName.MatchString(path) }

func (l *postgresLog) wrote(c *call) (marks []string, err error) {
	name := filepath.Base(c.path)
	if l.files[name] == nil {
		l.files[name] = make([]byte, segmentSize)
	}
	file := l.files[name]
	if c.offset+int64(len(c.data)) > segmentSize {
		return nil, fmt.Errorf("%d bytes at %d do not fit into a file of the log", len(c.data), c.offset)
	}
	copy(file[c.offset:], c.data)
	open := l.commits[:0]
	for _, r := range l.commits {
		if r.file == name && bytes.Equal(file[r.at:r.at+len(r.bytes)], r.bytes) {
			marks = append(marks, r.marks...)
		} else {
			open = append(open, r)
		}
	}
	l.commits = open
	return marks, nil
}

// What commits are looked for: those of the newest versions, and of lines of the trail.
const (
	versionRows = "SELECT xmin::text, body FROM res"
	lineRows    = versionRows + " UNION ALL SELECT xmin::text, lines FROM loose"
)

// stayLoose keeps lines of the trail from being bound into batches, by which their rows would be gone.
func stayLoose(t *testing.T, dsn string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, q := range []string{
		"CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
		"CREATE TRIGGER stay BEFORE DELETE ON loose FOR EACH ROW EXECUTE FUNCTION stay()",
	} {
		if _, err := conn.Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
}

// commitsOf lists the commit records of rows that are there, each with its transaction.
func commitsOf(t *testing.T, c *pgcluster.Cluster, database, rows string) (list []record) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.DSN(database))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	// This commit is synced, and so is whatever was written before it.
	if _, err := conn.Exec(t.Context(), "SELECT pg_logical_emit_message(true, '', '')"); err != nil {
		t.Fatal(err)
	}
	found, err := conn.Query(t.Context(), rows)
	if err != nil {
		t.Fatal(err)
	}
	marks := map[string][]string{}
	var number string
	var body []byte
	if _, err := pgx.ForEachRow(found, []any{&number, &body}, func() error {
		for _, m := range markPattern.FindAll(body, -1) {
			marks[number] = append(marks[number], string(m))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, line := range dump(t, filepath.Join(c.Folder(), "data", "pg_wal")) {
		if m := commitLine.FindStringSubmatch(line); m != nil && marks[m[2]] != nil {
			list = append(list, read(t, c, m[1], m[3], m[4], slices.Compact(slices.Sorted(slices.Values(marks[m[2]])))))
			delete(marks, m[2])
		}
	}
	for number := range marks {
		t.Errorf("transaction %s has no commit in the log", number)
	}
	return list
}

var commitLine = regexp.MustCompile(`^rmgr: Transaction +len \(rec/tot\): +\d+/ +(\d+), tx: +(\d+), lsn: ([0-9A-F]+)/([0-9A-F]+),.* desc: COMMIT`)

// dump lists the transactions' records of a log. That it complains of the log's end is in order.
func dump(t *testing.T, folder string) []string {
	t.Helper()
	program, err := pgcluster.Program("pg_waldump")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "--path", folder, "--rmgr", "Transaction", "--start", "0/1000000").Output()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatal(err)
	}
	return strings.Split(string(out), "\n")
}

// read reads a record of the log.
func read(t *testing.T, c *pgcluster.Cluster, length, high, low string, marks []string) record {
	t.Helper()
	n, err := strconv.Atoi(length)
	at, lowErr := strconv.ParseUint(low, 16, 32)
	name := segment(high, at)
	file, fileErr := os.Open(filepath.Join(c.Folder(), "data", "pg_wal", name))
	if err := errors.Join(err, lowErr, fileErr); err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	begin := int(at % segmentSize)
	if begin%walPage+n > walPage {
		n += walPageHead
	}
	if begin+n > segmentSize {
		t.Fatalf("the record at %s/%s crosses the end of a file, which this test does not follow", high, low)
	}
	text := make([]byte, n)
	if _, err := file.ReadAt(text, int64(begin)); err != nil {
		t.Fatal(err)
	}
	return record{name, begin, text, marks}
}

// segment names the file of the log that has a place, on the first timeline.
func segment(high string, low uint64) string {
	h, _ := strconv.ParseUint(high, 16, 32) // PostgreSQL wrote it
	return fmt.Sprintf("%08X%08X%08X", 1, h, low/segmentSize)
}

// TestFaultSyncsOnPostgreSQL traces a PostgreSQL server, and beside it ours, and the careless ones.
func TestFaultSyncsOnPostgreSQL(t *testing.T) {
	parallel(t)
	needTracer(t)
	folder := open(t) // to PostgreSQL's account
	trace := filepath.Join(folder, "postgres")
	c, err := pgcluster.Start(folder, pgcluster.Options{Under: tracer(trace), Settings: map[string]string{
		"wal_sync_method":  "fdatasync", // the default on Linux
		"wal_writer_delay": "10s",       // so that nothing hides that a commit has not been synced
		// The log is read in the end, and must be there as a whole.
		"checkpoint_timeout": "1d",
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Stop() })
	many, turns := 8, 6
	if long() {
		turns = 25
	}
	var runs []*tracedRun
	// They use the databases that a new cluster has: making one would write the whole of it to the log.
	add := func(name, database string, env []string, args func(db string) []string) {
		db := c.DSN(database)
		if env != nil {
			env = append(env, carelessEnv+"_DB="+db)
		}
		r := &tracedRun{name: name, trace: filepath.Join(folder, fmt.Sprint(len(runs)))}
		s := serve(t, env, append(tracer(r.trace), args(db)...)...)
		rows := versionRows
		if env == nil {
			rows = lineRows
			stayLoose(t, c.DSN(database))
		}
		r.answered = s.write(t, many, turns, len(runs)*many)
		if env == nil {
			r.answered = append(r.answered, s.read(t, many, turns, 0)...)
		}
		s.stop(t)
		r.pid, r.commits = s.cmd.Process.Pid, commitsOf(t, c, database, rows)
		runs = append(runs, r)
	}
	add("ours", "postgres", nil, yitong)
	for how := range careless["pgx"] {
		add(how, "template1", []string{carelessEnv + "=" + how}, itself)
	}
	pid := c.Pid()
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	syncs := readTrace(t, trace, pid)
	for _, r := range runs {
		t.Run(r.name, func(t *testing.T) { r.check(t, syncs) })
	}
}

// tracedRun is a server that has written to the PostgreSQL server that was traced.
type tracedRun struct {
	name     string
	trace    string
	pid      int
	answered []string
	commits  []record
}

// check examines the server's answers beside what PostgreSQL did.
func (r *tracedRun) check(t *testing.T, syncs []moment) {
	fresh := func() writeAheadLog { return newPostgresLog(r.commits) }
	moments := merge(syncs, readTrace(t, r.trace, r.pid))
	a, err := examine(moments, fresh())
	if err != nil {
		t.Fatal(err)
	}
	if r.name == "ours" {
		a.clean(t, r.answered)
		spoiled(t, moments, fresh)
	} else {
		a.complains(t, r.answered)
	}
}

// open makes a folder that every account may enter, and write to.
func open(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "yitong-durability-")
	if err == nil {
		t.Cleanup(func() { _ = os.RemoveAll(folder) })
		err = os.Chmod(folder, 0o777)
	}
	if err != nil {
		t.Fatal(err)
	}
	return folder
}
