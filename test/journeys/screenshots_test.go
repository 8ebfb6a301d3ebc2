package journeys

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// byPhone is how the demo tells who signs in by phone.
var byPhone = regexp.MustCompile(`^\s+(resident|proxy)\s+(\d{11})\s`)

// TestScreenshots keeps pictures of all pages of the browser app: of each role, in both languages and in large type, at a desk and on a
// phone. It is what make screenshots runs, and does nothing without a folder for them.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("YITONG_APP_SCREENSHOTS")
	if folder == "" {
		t.Skip("there is no folder for them: run make screenshots")
	}
	dir := t.TempDir()
	w := &world{
		t: t, dir: dir, Language: languages[0], Gallery: folder,
		SMS: filepath.Join(dir, "phone-codes.txt"), Opens: filepath.Join(dir, "opens"), Pictures: pictures(t), Phones: map[string]string{},
	}
	w.demo()
	w.send("screenshots")
}

// demo starts the demo, with a small city.
func (w *world) demo() {
	w.t.Helper()
	address := fmt.Sprintf("127.0.0.1:%d", freePort(w.t))
	w.Issuer = "http://" + address
	cmd := exec.Command(program, "demo", "--db", "sqlite:"+filepath.Join(w.dir, "yitong.db"), "--addr", address, "--people", "60")
	cmd.Stderr = w.t.Output()
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended by itself
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.Contains(lines.Text(), "Ctrl-C") {
		if who := byPhone.FindStringSubmatch(lines.Text()); who != nil {
			w.Phones[who[1]] = who[2]
		}
	}
	var logins struct {
		Password string            `json:"password"`
		Secrets  map[string]string `json:"secrets"`
	}
	text, err := os.ReadFile(filepath.Join(w.dir, "logins.json"))
	if err == nil {
		err = json.Unmarshal(text, &logins)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.Password, w.Seeds = logins.Password, logins.Secrets
}
