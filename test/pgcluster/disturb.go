package pgcluster

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"strconv"
	"syscall"
	"time"
)

// Ways of stopping a server (PostgreSQL manual, 19.5).
const (
	Fast      = syscall.SIGINT  // open transactions are rolled back, and a last checkpoint is made
	Immediate = syscall.SIGQUIT // as if it crashed: the next start recovers from the log
)

// Memory is a folder in memory that has room for a cluster, for Start; "" where there is none.
func Memory() string { return memoryFolder() }

// NewTCPDatabase creates an empty database and returns its DSN over TCP, and the address that it names. The cluster
// must have been started with TCP.
func (c *Cluster) NewTCPDatabase(name string) (dsn, addr string, err error) {
	if !c.tcp {
		return "", "", errors.New("pgcluster: the cluster was not started with TCP")
	}
	if _, err := c.NewDatabase(name); err != nil {
		return "", "", err
	}
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Host: net.JoinHostPort("127.0.0.1", c.port), Path: "/" + name}
	return u.String(), u.Host, nil
}

// freePort finds one below those that the system gives to connections, so that nothing takes it during a restart.
func freePort() (string, error) {
	for range 100 {
		port := strconv.Itoa(20000 + rand.IntN(12000))
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
		if err == nil {
			return port, l.Close()
		}
	}
	return "", errors.New("no port is free")
}

// Down stops the server in one of the ways above. Its data stay.
func (c *Cluster) Down(how os.Signal) error {
	if err := c.server.Process.Signal(how); err != nil {
		return fmt.Errorf("pgcluster: %w", err)
	}
	select {
	case <-c.exited:
		return nil
	case <-time.After(startLimit):
		return fmt.Errorf("pgcluster: the server did not end within %s\n%s", startLimit, c.logTail())
	}
}

// Up waits until the server answers, and starts it again if it has ended or ends meanwhile.
func (c *Cluster) Up() error {
	err := c.awaitReady()
	select {
	case <-c.exited:
		err = c.run()
	default:
	}
	if err != nil {
		err = fmt.Errorf("pgcluster: %w\n%s", err, c.logTail())
	}
	return err
}

// Restart stops the server in one of the ways above and starts it again.
func (c *Cluster) Restart(how os.Signal) error {
	if err := c.Down(how); err != nil {
		return err
	}
	return c.Up()
}
