package pgcluster

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestKilledServerLeavesItsData kills a server and starts others on what it has left.
func TestKilledServerLeavesItsData(t *testing.T) {
	t.Parallel()
	c, err := Start(Memory(), Options{Under: []string{"env", "SOME=THING"}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop()
	conn := connect(t, c.DSN("postgres"))
	if _, err := conn.Exec(t.Context(), "CREATE TABLE mine (x int)"); err != nil {
		t.Fatal(err)
	}
	if err := c.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "SELECT 1"); err == nil {
		t.Error("a process of the server is still there")
	}
	data := filepath.Join(c.Folder(), "data")
	for range 2 { // the first must not change what the second is made of
		changed := ""
		again, err := Start(Memory(), Options{From: data, Change: func(data string) error { changed = data; return nil }})
		if err != nil {
			t.Fatal(err)
		}
		defer again.Stop()
		if changed != filepath.Join(again.Folder(), "data") || changed == data {
			t.Errorf("%q could be changed", changed)
		}
		if _, err := connect(t, again.DSN("postgres")).Exec(t.Context(), "DROP TABLE mine"); err != nil {
			t.Error(err)
		}
		if err := again.Stop(); err != nil {
			t.Error(err)
		}
	}
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(c.Folder()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is still there: %v", c.Folder(), err)
	}
}
