package backup

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"

	"yitong/internal/fault"
)

// Programs are those of PostgreSQL on this machine that go with a server.
type Programs struct {
	dir   string
	Major int
}

var programVersion = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// FindPrograms finds the programs of the major version of a server, in PATH or where Debian has them. With server, those that run one
// must be there too, for backups to be brought back. The error is Unavailable, and says what to install.
func FindPrograms(major int, server bool) (Programs, error) {
	need := []string{"pg_basebackup"}
	if server {
		need = append(need, "postgres", "pg_ctl")
	}
	var dirs []string
	if path, err := exec.LookPath(need[len(need)-1]); err == nil {
		if target, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(target))
		}
	}
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the only error is that of a bad pattern
	slices.SortFunc(debian, func(a, b string) int { return cmp.Compare(b, a) })
	for _, dir := range append(dirs, debian...) {
		if isOf(dir, major, need) {
			return Programs{dir, major}, nil
		}
	}
	return Programs{}, fault.New(fault.Unavailable, "The programs %s of PostgreSQL %d, which the database has, are not on this machine. Install them, on Debian by apt-get install postgresql-%[2]d, or take the backup where the database runs.",
		strings.Join(need, ", "), major)
}

func isOf(dir string, major int, need []string) bool {
	for _, name := range need {
		out, err := exec.Command(filepath.Join(dir, name), "--version").Output()
		m := programVersion.FindSubmatch(out)
		if err != nil || m == nil || string(m[1]) != strconv.Itoa(major) {
			return false
		}
	}
	return true
}

// MajorOf asks a server for its version.
func MajorOf(ctx context.Context, dsn string) (int, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return 0, fault.New(fault.Unavailable, "The database does not answer.").Because(err)
	}
	defer conn.Close(ctx)
	var number int
	if err := conn.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&number); err != nil {
		return 0, fault.Wrap(err, "asking for the version of the database")
	}
	return number / 10000, nil
}

// path is that of a program.
func (p Programs) path(name string) string { return filepath.Join(p.dir, name) }

// addressOf says by environment variables where a server is, so that no password is in a command line.
func addressOf(dsn string) ([]string, error) {
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fault.New(fault.Malformed, "The address of the database cannot be read.").Because(err)
	}
	env := append(os.Environ(), "PGHOST="+c.Host, "PGPORT="+strconv.Itoa(int(c.Port)), "PGUSER="+c.User, "PGPASSWORD="+c.Password, "PGAPPNAME=yitong backup")
	if u, err := url.Parse(dsn); err == nil {
		for _, name := range []string{"sslmode", "sslrootcert", "sslcert", "sslkey"} {
			if v := u.Query().Get(name); v != "" {
				env = append(env, "PG"+strings.ToUpper(name)+"="+v)
			}
		}
	}
	return env, nil
}

// Cluster is the part that holds a PostgreSQL server's data, as pg_basebackup gives it: all databases of the server, and what of its
// log is needed to make them whole. The role must have the right to replicate.
type Cluster struct {
	Programs Programs
	DSN      string
}

// Name implements [Part].
func (Cluster) Name() string { return DatabasePart }

// Write implements [Part].
func (c Cluster) Write(ctx context.Context, w io.Writer) error {
	env, err := addressOf(c.DSN)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, c.Programs.path("pg_basebackup"), "--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast", "--no-password", "--manifest-checksums=SHA256")
	var said bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = env, w, &said
	if err := cmd.Run(); err != nil {
		return fault.New(fault.Unavailable, "pg_basebackup failed; the role needs the right REPLICATION, and pg_hba.conf a line for it: %s", strings.TrimSpace(said.String())).Because(err)
	}
	return nil
}

// serverAccount is whom a server runs as that root starts: PostgreSQL does not run as root. nil is the present user.
func serverAccount() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fault.New(fault.Unavailable, "PostgreSQL does not run as root, and there is no user postgres: run this as the user that PostgreSQL runs as.").Because(err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err == nil {
		var gid uint64
		if gid, err = strconv.ParseUint(u.Gid, 10, 32); err == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, fault.Wrap(err, "looking up the user postgres")
}

// give lets the account have a folder and all that is in it.
func give(dir string, to *syscall.Credential) error {
	if to == nil {
		return nil
	}
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(to.Uid), int(to.Gid))
	})
	if err != nil {
		return fault.New(fault.Unavailable, "%s cannot be given to the user that PostgreSQL runs as.", dir).Because(err)
	}
	return nil
}

// run runs a program as an account.
func (p Programs) run(ctx context.Context, as *syscall.Credential, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, p.path(name), args...)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fault.New(fault.Unprocessable, "%s says: %s", name, strings.TrimSpace(string(out))).Because(fmt.Errorf("%s: %w", name, err))
	}
	return nil
}
