//go:build !unix

package pgcluster

import "errors"

// Kill needs a unix system.
func (*Cluster) Kill() error {
	return errors.New("the processes of a server can be killed on unix systems only")
}
