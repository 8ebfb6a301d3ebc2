package pgcluster

import (
	"cmp"
	"errors"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

const oldestMajor = 15

var (
	errNoPrograms = errors.New("pgcluster: the server programs of PostgreSQL 15 or newer are neither in PATH nor in " +
		"/usr/lib/postgresql/*/bin; `make test` installs them, or run: apt-get install postgresql")
	versionLine = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)
)

// candidates lists folders that may hold the server programs: that of PATH first, then Debian's.
func candidates() []string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		// PATH may name a link; initdb is sure to be beside the link's target only.
		if target, err := filepath.EvalSymlinks(path); err == nil {
			path = target
		}
		dirs = append(dirs, filepath.Dir(path))
	}
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the only error is that of a bad pattern
	slices.SortFunc(debian, func(a, b string) int { return cmp.Compare(debianMajor(b), debianMajor(a)) })
	return append(dirs, debian...)
}

func debianMajor(bin string) int {
	major, _ := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
	return major
}

// findPrograms returns the first folder whose postgres is new enough and has its initdb beside it.
func findPrograms(dirs []string) (string, error) {
	for _, dir := range dirs {
		if _, err := exec.LookPath(filepath.Join(dir, "initdb")); err != nil {
			continue
		}
		out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
		if err != nil {
			continue
		}
		if m := versionLine.FindSubmatch(out); m != nil {
			if major, _ := strconv.Atoi(string(m[1])); major >= oldestMajor {
				return dir, nil
			}
		}
	}
	return "", errNoPrograms
}
