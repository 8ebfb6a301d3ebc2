package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) {
	pgcluster.Run(m)
	if path, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
}

// program is the yitong that is measured, built once for all tests.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "yitong-bench-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "yitong")
	out, err := exec.Command("go", "build", "-o", path, "../../cmd/yitong").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return path, err
})

// measure runs a benchmark for a moment.
func measure(t *testing.T, name string, o Options) Report {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	o.Program, o.Each = path, 50*time.Millisecond
	report, err := Run(t.Context(), []string{name}, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestRecordTellsEveryFigure runs the benchmark for a moment, so that it works when somebody needs it.
func TestRecordTellsEveryFigure(t *testing.T) {
	t.Parallel()
	databases := []string{"sqlite", "postgres"}
	report := measure(t, "record", Options{Databases: databases, Residents: 5})
	var text bytes.Buffer
	if err := report.JSON(&text); err != nil {
		t.Fatal(err)
	}
	var figures map[string]struct {
		Value, Ceiling, Ratio float64
		Unit                  string
	}
	if err := json.Unmarshal(text.Bytes(), &figures); err != nil {
		t.Fatal(err)
	}
	for _, db := range databases {
		for _, name := range []string{"import", "create", "read", "update", "mix"} {
			if f := figures[db+"."+name]; f.Value <= 0 || f.Unit != "per second" || f.Ceiling <= 0 || f.Ratio <= 0 {
				t.Errorf("%s.%s: %+v", db, name, f)
			}
			for _, p := range []string{"p50", "p95", "p99"} {
				if f := figures[db+"."+name+"."+p]; f.Value <= 0 || f.Unit != "ms" {
					t.Errorf("%s.%s.%s: %+v", db, name, p, f)
				}
			}
			if f, failed := figures[db+"."+name+".failed"]; failed {
				t.Errorf("%s.%s: %v requests failed", db, name, f.Value)
			}
		}
		for _, name := range []string{"bytes_per_resource", "rss.import", "rss.requests"} {
			if figures[db+"."+name].Value <= 0 {
				t.Errorf("%s.%s is missing", db, name)
			}
		}
	}
}

// TestOthersTellTheirFigures does the same for the smaller benchmarks. That of reservations holds by itself that nobody
// lost a place, that of jobs that all of them ran.
func TestOthersTellTheirFigures(t *testing.T) {
	t.Parallel()
	for name, figure := range map[string]string{"reserve": "reserve", "jobs": "jobs", "commits": "slow_commits", "beside": "read_beside_import"} {
		report := measure(t, name, Options{Databases: []string{"sqlite", "postgres"}})
		for _, db := range []string{"sqlite", "postgres"} {
			if m := report[db+"."+figure]; m.Value <= 0 || m.Ratio <= 0 {
				t.Errorf("%s.%s: %+v", db, figure, m)
			}
		}
	}
}

// TestGateTellsEveryFigure: everybody who asks finds what they should, beside somebody who may do everything.
func TestGateTellsEveryFigure(t *testing.T) {
	t.Parallel()
	for _, db := range []string{"sqlite", "postgres"} {
		report := measure(t, "gate", Options{Databases: []string{db}, Residents: 60})
		for _, name := range []string{"doctor.read", "doctor.mix", "doctor.write", "resident.read", "resident.mix", "guide.read", "guide.mix"} {
			if m := report[db+".gate."+name]; m.Value <= 0 || m.Unit != "per second" || m.Ratio <= 0 {
				t.Errorf("%s.gate.%s: %+v", db, name, m)
			}
		}
		for _, one := range templates {
			if m := report[db+".gate.doctor.search."+one.name]; m.Value <= 0 || m.Ratio <= 0 {
				t.Errorf("%s.gate.doctor.search.%s: %+v", db, one.name, m)
			}
		}
	}
}

// TestCasesTellEveryFigure: the benchmarks of cases find what they have filled in: inboxes with counts, boards and statistics.
func TestCasesTellEveryFigure(t *testing.T) {
	t.Parallel()
	databases := []string{"sqlite", "postgres"}
	for name, figures := range map[string][]string{
		"process":  {"moves.1", "moves.16", "moves.64", "inbox.page", "inbox.overdue", "inbox.of_one", "inbox.counts"},
		"referral": {"moves", "board.sending", "board.receiving", "statistics.office", "statistics.all"},
	} {
		report := measure(t, name, Options{Databases: databases, Cases: 128})
		for _, db := range databases {
			for _, figure := range figures {
				figure = db + "." + name + "." + figure
				if m := report[figure]; m.Value <= 0 || m.Unit != "per second" || report[figure+".p95"].Value <= 0 {
					t.Errorf("%s: %+v", figure, m)
				}
				if m, failed := report[figure+".failed"]; failed {
					t.Errorf("%s: %v failed", figure, m.Value)
				}
			}
		}
	}
}

func TestTooFewCases(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"process", "referral"} {
		if _, err := Run(t.Context(), []string{name}, Options{Databases: []string{"sqlite"}, Cases: 63}); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("%s of 63 cases: %v", name, err)
		}
	}
}

func TestNoSuchBenchmark(t *testing.T) {
	t.Parallel()
	if _, err := Run(t.Context(), []string{"nothing"}, Options{}); err == nil {
		t.Error("a benchmark of no name ran")
	}
}
