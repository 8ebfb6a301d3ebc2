// Package pgcluster runs a private PostgreSQL server for tests and benchmarks.
//
// A cluster lives in a temporary folder, listens on a unix socket in that folder only, and keeps PostgreSQL's
// durable defaults (fsync, synchronous_commit, full_page_writes), so that what is measured on it is honest.
//
// A test asks for a database of its own:
//
//	func TestMain(m *testing.M) { pgcluster.Run(m) }
//
//	func TestX(t *testing.T) {
//		dsn := pgcluster.Shared(t)
//		…
//	}
//
// One cluster serves the whole test process. It starts when the first test asks for it, and lies in memory (/dev/shm)
// where there is room: a benchmark, or a test that needs a real disk, calls Start and chooses the folder. A test never
// skips because PostgreSQL is missing: it fails and says what to install.
//
// Nothing outlives the process, however it ends. Run stops the cluster in the ordinary case. Beside every cluster a
// shell waits on a pipe whose other end the owning process holds: when that process is killed the pipe closes, and the
// shell stops the server and removes the folder.
//
// PostgreSQL refuses to run as root, so under root its programs run as "postgres" or, where there is no such account,
// as "nobody".
package pgcluster
