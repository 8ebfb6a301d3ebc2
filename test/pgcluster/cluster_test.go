package pgcluster

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const orphanEnv = "PGCLUSTER_TEST_ORPHAN"

// TestMain also plays the process that gets killed in TestClusterOfAKilledProcessDies and
// TestPausedClusterOfAKilledProcessDies.
func TestMain(m *testing.M) {
	switch os.Getenv(orphanEnv) {
	case "":
	case "paused":
		bePausedAndKilled()
	default:
		beKilled()
	}
	Run(m)
}

func beKilled() {
	c, err := Start("", Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(c.dsn("postgres"))
	select {}
}

// bePausedAndKilled tells the processes of its cluster.
func bePausedAndKilled() {
	c, err := Start("", Options{})
	var pids []int
	if err == nil {
		pids, err = c.children()
	}
	if err == nil {
		err = c.Pause()
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(strings.Trim(fmt.Sprint(pids), "[]"), c.server.Process.Pid)
	select {}
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func show(t *testing.T, conn *pgx.Conn, setting string) string {
	t.Helper()
	var value string
	if err := conn.QueryRow(t.Context(), "SELECT current_setting($1)", setting).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestDatabaseIsDurablePrivateAndUTF8(t *testing.T) {
	t.Parallel()
	conn := connect(t, Shared(t))
	for setting, want := range map[string]string{
		"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
		"listen_addresses": "", "server_encoding": "UTF8", "lc_collate": "C.UTF-8", "TimeZone": "UTC",
	} {
		if got := show(t, conn, setting); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
}

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	t.Parallel()
	first, second := connect(t, Shared(t)), connect(t, Shared(t))
	if _, err := first.Exec(t.Context(), "CREATE TABLE mine (x int)"); err != nil {
		t.Fatal(err)
	}
	var seen int
	if err := second.QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE tablename = 'mine'").Scan(&seen); err != nil {
		t.Fatal(err)
	}
	if seen != 0 {
		t.Error("a table of one database is visible in another")
	}
}

func TestDatabaseIsDroppedWithItsTestEvenWhenInUse(t *testing.T) {
	t.Parallel()
	var dsn string
	t.Run("user", func(t *testing.T) {
		dsn = Shared(t)
		conn, err := pgx.Connect(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn // left open on purpose
	})
	if conn, err := pgx.Connect(t.Context(), dsn); err == nil {
		conn.Close(t.Context())
		t.Error("the database outlives its test")
	}
}

func TestSettingsReachTheServerAndStopRemovesTheFolder(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	c, err := Start("", Options{Settings: map[string]string{"shared_buffers": "32MB"}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop()
	t.Logf("started in %s", time.Since(begin))
	begin = time.Now()
	dsn, err := c.NewDatabase(`odd "name"/ü`)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("created a database in %s", time.Since(begin))
	if got := show(t, connect(t, dsn), "shared_buffers"); got != "32MB" {
		t.Errorf("shared_buffers is %s, want 32MB", got)
	}
	if info, err := os.Stat(c.socket); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the socket's folder is open to others: %v %v", info.Mode(), err)
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(c.root); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is still there: %v", c.root, err)
	}
	if err := c.Stop(); err != nil {
		t.Errorf("a second Stop: %v", err)
	}
}

func TestFolderTooLongForASocket(t *testing.T) {
	t.Parallel()
	base, err := os.MkdirTemp("", "pgcluster-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(base)
	long := filepath.Join(base, strings.Repeat("x", 100))
	if err := errors.Join(os.Mkdir(long, 0o755), os.Chmod(base, 0o755)); err != nil {
		t.Fatal(err)
	}
	c, err := Start(long, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop()
	if !strings.HasPrefix(c.root, long) || strings.HasPrefix(c.socket, long) {
		t.Errorf("data in %s, socket in %s", c.root, c.socket)
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(c.socket); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is still there: %v", c.socket, err)
	}
}

func TestFailedStartShowsTheLogAndLeavesNothing(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "pgcluster-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = Start(dir, Options{Settings: map[string]string{"no_such_setting": "1"}})
	if err == nil || !strings.Contains(err.Error(), "no_such_setting") {
		t.Errorf("the error does not name the cause: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestClosedParentIsNamed(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root runs the server as another user")
	}
	closed, err := os.MkdirTemp("", "pgcluster-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(closed)
	inner := filepath.Join(closed, "inner")
	if err := os.Mkdir(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(inner, Options{}); err == nil || !strings.Contains(err.Error(), "pass through "+closed) {
		t.Errorf("the error does not name the closed folder: %v", err)
	}
}

func TestMissingOrOldProgramsSayWhatToInstall(t *testing.T) {
	t.Parallel()
	old := t.TempDir()
	script := "#!/bin/sh\necho 'postgres (PostgreSQL) 13.4'\n"
	for _, name := range []string{"initdb", "postgres"} {
		if err := os.WriteFile(filepath.Join(old, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, dirs := range map[string][]string{"none": nil, "empty": {t.TempDir()}, "old": {old}} {
		_, err := findPrograms(dirs)
		if err == nil || !strings.Contains(err.Error(), "apt-get install postgresql") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestClusterOfAKilledProcessDies(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), orphanEnv+"=1")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, readErr := bufio.NewReader(stdout).ReadString('\n')
	dsn := strings.TrimSpace(line)
	conn, connErr := pgx.Connect(t.Context(), dsn)
	killErr := cmd.Process.Kill()
	_ = cmd.Wait()
	if err := errors.Join(readErr, connErr, killErr); err != nil {
		t.Fatalf("%v; output: %s", err, line)
	}
	defer conn.Close(context.Background())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := conn.Exec(ctx, "SELECT pg_sleep(3600)"); err == nil || ctx.Err() != nil {
		t.Errorf("the server outlives the process that started it: %v", err)
	}
	folder := conn.Config().Host
	for _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist); _, err = os.Stat(folder) {
		if ctx.Err() != nil {
			t.Fatalf("%s is still there: %v", folder, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func BenchmarkNewAndDropDatabase(b *testing.B) {
	c, err := sharedCluster()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := c.NewDatabase("bench"); err != nil {
			b.Fatal(err)
		}
		if err := c.DropDatabase("bench"); err != nil {
			b.Fatal(err)
		}
	}
}
