package pgcluster

import (
	"fmt"
	"os"
	"os/exec"
)

// watchScript waits for the end of its input, that is for the death of the process that owns the cluster. Then it stops
// the server, which may have been paused, and removes the folders. $1 is the data folder, the rest are the folders to
// remove. Should it be too early to find the server's pid, the server still notices within a minute that its folder is
// gone, and ends.
const watchScript = `
read -r _
data=$1; shift
if pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null); then
	kill -QUIT "$pid"
	kill -CONT "$pid"
	for stat in /proc/[0-9]*/stat; do
		read -r child _ _ parent _ <"$stat" && [ "$parent" = "$pid" ] && kill -CONT "$child"
	done 2>/dev/null
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -e "$data/postmaster.pid" ] || break
		sleep 0.1
	done
fi
cd / && rm -rf "$@"
`

func (c *Cluster) watch() error {
	reader, writer, err := os.Pipe()
	if err != nil {
		return err
	}
	defer reader.Close()
	cmd := exec.Command("/bin/sh", "-c", watchScript, "watchdog", c.data(), c.root, c.socket)
	cmd.Dir = "/"
	cmd.Stdin = reader
	cmd.SysProcAttr = c.account.attributes()
	if err := cmd.Start(); err != nil {
		writer.Close()
		return fmt.Errorf("watchdog: %w", err)
	}
	c.watchdog, c.lifeline = cmd, writer
	return nil
}

// stopWatch comes last in Stop: until the folders are gone they need watching.
func (c *Cluster) stopWatch() {
	if c.watchdog == nil {
		return
	}
	_ = c.watchdog.Process.Kill()
	_ = c.watchdog.Wait()
	c.lifeline.Close()
}
