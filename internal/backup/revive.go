package backup

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"yitong/internal/fault"
)

// Revival says how the data of a PostgreSQL server is brought back.
type Revival struct {
	Programs Programs
	Dir      string    // a folder of its own, which holds the data in the folder data
	Archive  string    // of the server's log; "" for what the backup has
	Key      Key       // of the archive
	Until    time.Time // zero for the end of the archive
	User     string
	Database string

	socket string // folder of the server's socket
}

// Server is a PostgreSQL server that runs on data that were brought back, for nobody but this program.
type Server struct {
	DSN  string
	To   time.Time // of the last transaction that came back from the archive, zero without one
	cmd  *exec.Cmd
	gone chan struct{}
	said string // file with what it says
}

const (
	dataFolder   = "data"
	reviveMost   = time.Hour // for which a server may go through its archive without an answer
	reviveConfig = "yitong.conf"
)

// Unpack brings the data of a server back into the folder data of a folder, and has PostgreSQL check them by their manifest.
func (r Revival) Unpack(ctx context.Context, b *Backup) error {
	data := filepath.Join(r.Dir, dataFolder)
	if err := NewFolder(data); err != nil {
		return err
	}
	if err := b.Read(ctx, DatabasePart, func(from io.Reader) error { return untarCluster(from, data) }); err != nil {
		return err
	}
	as, err := serverAccount()
	if err == nil {
		err = give(r.Dir, as)
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(r.Programs.path("pg_verifybackup")); err != nil {
		return nil // it is a part of some distributions only
	}
	return r.Programs.run(ctx, as, "pg_verifybackup", "--quiet", data)
}

// untarCluster is [Untar] with folders, which a server needs even if they are empty.
func untarCluster(r io.Reader, dir string) error {
	t := tar.NewReader(r)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := filepath.Clean(filepath.FromSlash(h.Name))
		if !filepath.IsLocal(name) || h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeDir {
			return fault.New(fault.Unprocessable, "The backup holds %q: a server with tablespaces cannot be brought back.", h.Name)
		}
		path := filepath.Join(dir, name)
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(path, 0o700)
		} else if err = os.MkdirAll(filepath.Dir(path), 0o700); err == nil {
			err = untarFile(t, path)
		}
		if err != nil {
			return err
		}
	}
}

// Start starts the server, which goes through what of its log there is, as far as it should, and waits until it can be written to.
func (r Revival) Start(ctx context.Context) (*Server, error) {
	as, err := serverAccount()
	if err != nil {
		return nil, err
	}
	data := filepath.Join(r.Dir, dataFolder)
	if r.socket, err = os.MkdirTemp("/tmp", "yitong-restore-"); err != nil { // its path must be short
		return nil, cannotWrite("/tmp", err)
	}
	if err := give(r.socket, as); err != nil {
		return nil, err
	}
	settings, err := r.settings(data)
	if err != nil {
		return nil, err
	}
	if err := writeSynced(filepath.Join(r.Dir, reviveConfig), []byte(settings)); err != nil {
		return nil, cannotWrite(r.Dir, err)
	}
	if err := writeSynced(filepath.Join(r.Dir, "yitong.hba"), []byte("local all all trust\n")); err != nil {
		return nil, cannotWrite(r.Dir, err)
	}
	said := filepath.Join(r.Dir, "server.log")
	out, err := os.OpenFile(said, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, cannotWrite(r.Dir, err)
	}
	defer out.Close()
	if err := give(r.Dir, as); err != nil {
		return nil, err
	}
	s := &Server{said: said, gone: make(chan struct{})}
	s.DSN = fmt.Sprintf("host='%s' port=5432 user='%s' dbname='%s' application_name='yitong restore'", quoted(r.socket), quoted(r.User), quoted(r.Database))
	s.cmd = exec.Command(r.Programs.path("postgres"), "-D", data, "-c", "config_file="+filepath.Join(r.Dir, reviveConfig), "-c", "hba_file="+filepath.Join(r.Dir, "yitong.hba"))
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = "/", out, out
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: as}
	if err := s.cmd.Start(); err != nil {
		_ = os.RemoveAll(r.socket)
		return nil, fault.New(fault.Unavailable, "PostgreSQL cannot be started.").Because(err)
	}
	go func() {
		_ = s.cmd.Wait() // whether it should have ended, others know
		_ = os.RemoveAll(r.socket)
		close(s.gone)
	}()
	if err := s.ready(ctx); err != nil {
		_ = s.Stop()
		return nil, err
	}
	return s, nil
}

// quoted is a text for a conninfo between single quotes.
func quoted(text string) string { return strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) }

// settings are those of the server while it is brought back: those in the data are of the machine that is no more.
func (r Revival) settings(data string) (string, error) {
	lines := []string{
		"listen_addresses = ''", "port = 5432", "unix_socket_directories = '" + strings.ReplaceAll(r.socket, "'", "''") + "'",
		"archive_mode = off", "hot_standby = off", "ssl = off", "shared_preload_libraries = ''", "max_connections = 100", "primary_conninfo = ''",
		"synchronous_standby_names = ''", "logging_collector = off", "restore_command = ''",
	}
	if r.Archive == "" {
		return strings.Join(lines, "\n") + "\n", nil
	}
	log := filepath.Join(r.Dir, "wal")
	if err := UnpackWAL(r.Archive, r.Key, log); err != nil {
		return "", err
	}
	lines[len(lines)-1] = `restore_command = 'cp "` + strings.NewReplacer("'", "''", "%", "%%").Replace(log) + `/%f" "%p"'`
	lines = append(lines, "recovery_target_action = promote", "recovery_target_timeline = latest")
	if !r.Until.IsZero() {
		lines = append(lines, "recovery_target_time = '"+r.Until.UTC().Format("2006-01-02 15:04:05.999999")+"+00'", "recovery_target_inclusive = on")
	}
	if err := writeSynced(filepath.Join(data, "recovery.signal"), nil); err != nil {
		return "", cannotWrite(data, err)
	}
	return strings.Join(lines, "\n") + "\n", nil
}

// ready waits until the server can be written to.
func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, reviveMost)
	defer cancel()
	for {
		select {
		case <-s.gone:
			return fault.New(fault.Unprocessable, "PostgreSQL could not be brought back: %s", s.last())
		case <-ctx.Done():
			return fault.New(fault.Unavailable, "PostgreSQL is not done within %s.", reviveMost).Because(ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
		if is, err := s.written(ctx); err == nil && is {
			return nil
		}
	}
}

func (s *Server) written(ctx context.Context) (is bool, err error) {
	conn, err := pgx.Connect(ctx, s.DSN)
	if err != nil {
		return false, err
	}
	defer conn.Close(ctx)
	var to *time.Time
	if err := conn.QueryRow(ctx, "SELECT NOT pg_is_in_recovery(), pg_last_xact_replay_timestamp()").Scan(&is, &to); err != nil {
		return false, err
	}
	if to != nil {
		s.To = to.UTC()
	}
	return is, nil
}

// last is the last thing that the server said that tells why it ended.
func (s *Server) last() string {
	text, _ := os.ReadFile(s.said)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if strings.Contains(lines[i], "FATAL") || strings.Contains(lines[i], "PANIC") {
			return lines[i]
		}
	}
	return lines[len(lines)-1]
}

// stopMost is how long a server may take to stop.
const stopMost = 5 * time.Minute

// Stop stops the server in good order.
func (s *Server) Stop() error {
	_ = s.cmd.Process.Signal(os.Interrupt) // fast shutdown; it may be gone
	select {
	case <-s.gone:
	case <-time.After(stopMost):
		_ = s.cmd.Process.Kill()
		<-s.gone
		return fault.New(fault.Unavailable, "PostgreSQL does not stop.")
	}
	return nil
}

// Settle leaves the data in a place, ready to be started by a server with its own settings.
func (r Revival) Settle(to string) error {
	data := filepath.Join(r.Dir, dataFolder)
	if _, err := os.Stat(filepath.Join(data, "postgresql.conf")); errors.Is(err, os.ErrNotExist) {
		text := "# The settings of the lost server were not in its data; these are PostgreSQL's own.\nlisten_addresses = 'localhost'\n"
		if err := writeSynced(filepath.Join(data, "postgresql.conf"), []byte(text)); err != nil {
			return cannotWrite(data, err)
		}
		as, err := serverAccount()
		if err == nil {
			err = give(filepath.Join(data, "postgresql.conf"), as)
		}
		if err != nil {
			return err
		}
	}
	_ = os.Remove(to) // an empty folder
	if err := os.Rename(data, to); err != nil {
		return fault.New(fault.Unavailable, "The data cannot be moved to %s.", to).Because(err)
	}
	return syncDir(filepath.Dir(to))
}
