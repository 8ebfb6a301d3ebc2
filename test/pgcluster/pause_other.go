//go:build !unix

package pgcluster

import "errors"

var errNotUnix = errors.New("pgcluster: a server can only be paused on a unix system")

// Pause needs a unix system.
func (*Cluster) Pause() error {
	return errors.New("pgcluster: a server can only be paused on a unix system")
}

// Resume does nothing where nothing can be paused.
func (*Cluster) Resume() error { return nil }

func (*Cluster) children() ([]int, error) { return nil, errNotUnix }
