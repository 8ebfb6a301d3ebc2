package bench

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// TestRecordTellsEveryFigure runs the benchmark for a moment, so that it works when somebody needs it.
func TestRecordTellsEveryFigure(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "yitong")
	if out, err := exec.Command("go", "build", "-o", program, "../../cmd/yitong").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	databases := []string{"sqlite", "postgres"}
	report, err := Run(t.Context(), []string{"record"}, Options{Program: program, Databases: databases, Residents: 5, Each: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
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

func TestNoSuchBenchmark(t *testing.T) {
	t.Parallel()
	if _, err := Run(t.Context(), []string{"nothing"}, Options{}); err == nil {
		t.Error("a benchmark of no name ran")
	}
}
