package pgcluster

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
)

var shared struct {
	sync.Mutex
	started bool
	cluster *Cluster
	err     error
	names   atomic.Int64
}

// Shared returns the DSN of a new, empty database for this test alone. The database is dropped when the test ends;
// connections should be closed by then, those that are not are cut. The server is one per process and starts with the
// first call. The test fails when there is no PostgreSQL.
func Shared(t testing.TB) string {
	t.Helper()
	cluster, err := sharedCluster()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d", shared.names.Add(1))
	dsn, err := cluster.NewDatabase(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.DropDatabase(name); err != nil {
			t.Error(err)
		}
	})
	return dsn
}

func sharedCluster() (*Cluster, error) {
	shared.Lock()
	defer shared.Unlock()
	if !shared.started {
		shared.started = true
		// Hundreds of small databases come and go: in memory one takes 15 ms instead of 30–300 ms on a disk. The
		// smaller log keeps the whole below 1 GB.
		small := Options{Settings: map[string]string{"max_wal_size": "256MB"}}
		shared.cluster, shared.err = Start(memoryFolder(), small)
	}
	return shared.cluster, shared.err
}

// Run runs the tests of a package and then stops the cluster that they shared, if they started one. It is all that a
// TestMain needs; the process ends with the tests' own exit code.
func Run(m *testing.M) {
	m.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.cluster == nil {
		return
	}
	if err := shared.cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
