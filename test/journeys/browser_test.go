package journeys

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// theBrowser is what all journeys share: each of them has windows of its own in it.
var theBrowser struct {
	sync.Mutex
	address string
	end     func()
}

// browser is where the browser is reached. The first journey starts it, and it runs until endBrowser ends it.
func browser(t *testing.T) string {
	t.Helper()
	b := &theBrowser
	b.Lock()
	defer b.Unlock()
	if b.address != "" {
		return b.address
	}
	path := chromium(t)
	cmd := exec.Command("node", "browser.mjs", path) // not of the test, which others outlive
	cmd.Stderr = os.Stderr
	in, inErr := cmd.StdinPipe()
	out, outErr := cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	b.end = func() {
		_ = in.Close() // by which it ends
		_ = cmd.Wait()
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%s does not start: %v; where npm packages are missing, run %s", path, err, installs)
	}
	b.address = strings.TrimSpace(address)
	return b.address
}

// endBrowser ends the browser, where there is one.
func endBrowser() {
	if theBrowser.end != nil {
		theBrowser.end()
	}
}

// chromium is the path of the browser: that without the parts that show windows, where there is one, since it takes a third less of the
// processor.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatalf("there is no Chromium: run %s, or on Debian apt-get install chromium fonts-noto-cjk", installs)
	return ""
}
