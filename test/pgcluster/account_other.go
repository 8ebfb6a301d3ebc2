//go:build !unix

package pgcluster

import (
	"errors"
	"syscall"
)

type account struct{}

func serverAccount() (*account, error) {
	return nil, errors.New("private PostgreSQL clusters need a unix system")
}

func (*account) attributes() *syscall.SysProcAttr { return nil }
func (*account) own(string) error                 { return nil }
func (*account) mayPass(string) error             { return nil }
