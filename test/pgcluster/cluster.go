package pgcluster

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	usualPort     = "5432"
	socketName    = ".s.PGSQL.65535" // the longest; its number is the port
	maxSocketPath = 106              // sockaddr_un.sun_path is 108 bytes on Linux and 104 elsewhere
	startLimit    = 60 * time.Second
	stopLimit     = 10 * time.Second
)

// Options tune a cluster.
type Options struct {
	// Settings are server parameters (postgresql.conf), such as "shared_buffers": "512MB". They win over the
	// defaults of this package.
	Settings map[string]string
	// Under is a program, with its arguments, that becomes the server, such as a tracer that steps aside.
	Under []string
	// From is the data folder of a server that has ended, however it did. The cluster starts on a copy of it, which
	// Change, if given, may change before.
	From   string
	Change func(data string) error
	// TCP makes the server listen on a free port of 127.0.0.1 too, which is the same after a restart.
	TCP bool
}

// defaults leave every durability setting as PostgreSQL ships it.
var defaults = map[string]string{
	"listen_addresses": "",
	"max_connections":  "200",
	"timezone":         "UTC",
}

// Cluster is one running PostgreSQL server. Its methods may be called from several goroutines, but those that
// disturb it (Down, Up, Restart, Pause, Resume) and Stop from one at a time.
type Cluster struct {
	root    string // everything that the cluster writes, except the socket when root is too long for one
	socket  string // folder of the socket
	port    string
	tcp     bool
	account *account
	log     *os.File

	program  string // the server's, and its arguments
	args     []string
	server   *exec.Cmd
	exited   chan struct{} // closed when the server has ended
	watchdog *exec.Cmd
	lifeline *os.File // the watchdog acts when this is closed

	stop    sync.Once
	stopErr error
}

// Start makes a cluster in a new folder below dir (below the system's temporary folder when dir is empty) and waits
// until it answers. The caller must Stop it; Stop removes the folder.
//
// It fails when the server programs are missing or older than PostgreSQL 15, and, under root, when a parent of dir
// keeps other users out. When the server does not come up, the error holds the end of its log.
func Start(dir string, opts Options) (*Cluster, error) {
	bin, err := findPrograms(candidates())
	if err != nil {
		return nil, err
	}
	c, err := newCluster(dir)
	if err != nil {
		return nil, fmt.Errorf("pgcluster: %w", err)
	}
	if err := c.boot(bin, opts); err != nil {
		err = fmt.Errorf("pgcluster: %w\n%s", err, c.logTail())
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

func newCluster(dir string) (*Cluster, error) {
	acct, err := serverAccount()
	if err != nil {
		return nil, err
	}
	c := &Cluster{account: acct}
	if c.root, err = privateFolder(dir, acct); err != nil {
		return nil, err
	}
	c.socket = c.root
	if len(filepath.Join(c.socket, socketName)) > maxSocketPath {
		c.socket, err = privateFolder("/tmp", acct)
	}
	if err == nil {
		c.log, err = os.Create(filepath.Join(c.root, "log"))
	}
	if err != nil {
		return nil, errors.Join(err, c.removeFolders())
	}
	return c, nil
}

// privateFolder makes a folder that only the server's account may enter.
func privateFolder(dir string, acct *account) (string, error) {
	if dir == "" {
		dir = os.TempDir()
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := acct.mayPass(dir); err != nil {
		return "", err
	}
	folder, err := os.MkdirTemp(dir, "yitong-pg-")
	if err != nil {
		return "", err
	}
	if err := acct.own(folder); err != nil {
		return "", errors.Join(err, os.Remove(folder))
	}
	return folder, nil
}

// boot watches before it starts anything, so that a kill at any moment leaves nothing behind.
func (c *Cluster) boot(bin string, opts Options) error {
	if err := c.watch(); err != nil {
		return err
	}
	if err := c.fill(bin, opts); err != nil {
		return err
	}
	if c.port, c.tcp = usualPort, opts.TCP; c.tcp {
		var err error
		if c.port, err = freePort(); err != nil {
			return err
		}
	}
	settings := maps.Clone(defaults)
	settings["unix_socket_directories"], settings["port"] = c.socket, c.port
	if c.tcp {
		settings["listen_addresses"] = "127.0.0.1"
	}
	maps.Copy(settings, opts.Settings)
	command := append(slices.Clone(opts.Under), filepath.Join(bin, "postgres"), "-D", c.data())
	c.program, c.args = command[0], command[1:]
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		c.args = append(c.args, "-c", name+"="+settings[name])
	}
	return c.run()
}

// run starts the server and waits until it answers.
func (c *Cluster) run() error {
	server, exited := c.command(c.program, c.args...), make(chan struct{})
	if err := server.Start(); err != nil {
		return err
	}
	c.server, c.exited = server, exited
	go func() {
		_ = server.Wait()
		close(exited)
		runtime.KeepAlive(c) // a collected lifeline would close the pipe under a server that is still in use
	}()
	return c.awaitReady()
}

func (c *Cluster) data() string { return filepath.Join(c.root, "data") }

// command prepares a server program: under the server's account, away from the terminal's signals, with a small
// environment (PGPORT and its like must not leak in), its output in the cluster's log. Output must not go to our own
// stdout: "go test" waits until every holder of it has ended.
func (c *Cluster) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = c.root
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.Stdout, cmd.Stderr = c.log, c.log
	cmd.SysProcAttr = c.account.attributes()
	return cmd
}

func (c *Cluster) awaitReady() error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.dsn("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-c.exited:
			return fmt.Errorf("the server ended at start: %s", c.server.ProcessState)
		case <-ctx.Done():
			return fmt.Errorf("the server did not answer within %s: %w", startLimit, err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Stop ends the server at once, without a last checkpoint, and removes the cluster's folder. Calls after the first
// return the first one's result.
func (c *Cluster) Stop() error {
	c.stop.Do(func() {
		c.stopServer()
		c.stopErr = errors.Join(c.log.Close(), c.removeFolders())
		c.stopWatch()
	})
	return c.stopErr
}

func (c *Cluster) stopServer() {
	if c.server == nil {
		return
	}
	_ = c.Resume()                               // who stands still hears no signal
	_ = c.server.Process.Signal(syscall.SIGQUIT) // PostgreSQL's "immediate shutdown"
	select {
	case <-c.exited:
	case <-time.After(stopLimit):
		_ = c.server.Process.Kill()
		<-c.exited
	}
}

func (c *Cluster) removeFolders() error {
	err := os.RemoveAll(c.root)
	if c.socket != "" && c.socket != c.root {
		err = errors.Join(err, os.RemoveAll(c.socket))
	}
	return err
}

func (c *Cluster) logTail() string {
	text, err := os.ReadFile(c.log.Name())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}

// NewDatabase creates an empty database and returns its DSN, a postgres:// URL.
func (c *Cluster) NewDatabase(name string) (dsn string, err error) {
	// wal_log copies the 7 MB template through the log: 20–30 ms, where file_copy takes two checkpoints and 100–350 ms.
	create := "CREATE DATABASE " + pgx.Identifier{name}.Sanitize() + " STRATEGY wal_log"
	if err := c.exec(create); err != nil {
		return "", fmt.Errorf("pgcluster: create database %q: %w", name, err)
	}
	return c.dsn(name), nil
}

// DropDatabase removes a database, and closes the connections that are still open to it.
func (c *Cluster) DropDatabase(name string) error {
	if err := c.exec("DROP DATABASE " + pgx.Identifier{name}.Sanitize() + " WITH (FORCE)"); err != nil {
		return fmt.Errorf("pgcluster: drop database %q: %w", name, err)
	}
	return nil
}

func (c *Cluster) exec(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.dsn("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

func (c *Cluster) dsn(database string) string {
	dsn := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/" + database}
	dsn.RawQuery = url.Values{"host": {c.socket}, "port": {c.port}}.Encode()
	return dsn.String()
}
