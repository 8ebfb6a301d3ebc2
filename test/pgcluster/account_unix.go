//go:build unix

package pgcluster

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is whom the server's programs run as. Its zero value is the present user.
type account struct {
	name     string
	uid, gid int
	other    bool // not the present user
}

func serverAccount() (*account, error) {
	if os.Geteuid() != 0 {
		return &account{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.Atoi(u.Uid)
		gid, gidErr := strconv.Atoi(u.Gid)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return nil, err
		}
		return &account{name: name, uid: uid, gid: gid, other: true}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as")
}

// attributes put a program into a session of its own, so that an interrupt at the terminal reaches only us.
func (a *account) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if a.other {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attr
}

func (a *account) own(folder string) error {
	if !a.other {
		return nil
	}
	return os.Chown(folder, a.uid, a.gid)
}

// mayPass says whether the account can reach what lies in dir. It changes no permissions: they are somebody's choice.
func (a *account) mayPass(dir string) error {
	if !a.other {
		return nil
	}
	for ; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return err
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if info.Mode()&0o001 == 0 && (!ok || int(stat.Uid) != a.uid) {
			return fmt.Errorf("user %s, whom PostgreSQL runs as, may not pass through %s: choose another folder", a.name, dir)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}
