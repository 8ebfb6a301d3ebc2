package pgcluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Folder is where the cluster keeps everything: its data below data, and whatever its program writes where it runs.
func (c *Cluster) Folder() string { return c.root }

// DSN is the address of a database of the cluster.
func (c *Cluster) DSN(database string) string { return c.dsn(database) }

// Program finds one of PostgreSQL's programs that lie beside its server.
func Program(name string) (string, error) {
	bin, err := findPrograms(candidates())
	return filepath.Join(bin, name), err
}

// fill makes the data folder: a new one, or a copy of that of a server that has ended.
func (c *Cluster) fill(bin string, opts Options) error {
	if opts.From == "" {
		initdb := c.command(filepath.Join(bin, "initdb"), "-D", c.data(), "-U", "postgres", "-A", "trust",
			"-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
		if err := initdb.Run(); err != nil {
			return fmt.Errorf("initdb: %w", err)
		}
		return nil
	}
	if err := os.CopyFS(c.data(), os.DirFS(opts.From)); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(c.data(), "postmaster.pid")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if opts.Change != nil {
		if err := opts.Change(c.data()); err != nil {
			return err
		}
	}
	return filepath.WalkDir(c.data(), func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(path, 0o700)
		}
		if err != nil {
			return err
		}
		return c.account.own(path)
	})
}

// Pid is the number of the server's process.
func (c *Cluster) Pid() int { return c.server.Process.Pid }
