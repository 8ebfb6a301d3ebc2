package witness

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	formats "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"yitong/internal/fault"
	"yitong/internal/tlog"
)

const logName = "record.example.cn/trail"

// world is a log, a witness that knows it, and somebody who asks.
type world struct {
	t       *testing.T
	folder  *tlog.Folder
	private ed25519.PrivateKey
	state   string
	keyText string
	witness *Witness
	client  *Client
	server  *httptest.Server
}

func newWorld(t *testing.T) *world {
	t.Parallel()
	w := &world{t: t, private: tlog.Private([]byte("secret")), state: filepath.Join(t.TempDir(), "state")}
	w.folder = w.newFolder(w.private)
	path := filepath.Join(t.TempDir(), "witness.key")
	if err := NewKey(path, "witness.example.cn"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w.keyText = string(text)
	w.open()
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.witness.Handler(slog.New(slog.DiscardHandler)).ServeHTTP(rw, r)
	}))
	t.Cleanup(w.server.Close)
	public, err := Public(w.keyText)
	if err != nil {
		t.Fatal(err)
	}
	if w.client, err = NewClient(public + "+" + w.server.URL); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) newFolder(private ed25519.PrivateKey) *tlog.Folder {
	public, err := tlog.PublicOf(logName, private)
	if err != nil {
		w.t.Fatal(err)
	}
	return tlog.NewFolder(filepath.Join(w.t.TempDir(), "log"), public)
}

// open opens the witness, as after a restart.
func (w *world) open() {
	key, err := ReadKey(w.keyText)
	if err != nil {
		w.t.Fatal(err)
	}
	if w.witness != nil {
		w.witness.Close()
	}
	if w.witness, err = Open(w.state, key, []tlog.Public{w.folder.Public()}); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { w.witness.Close() })
}

// grow makes a log of so many leaves longer.
func (w *world) grow(f *tlog.Folder, epoch int, kind string, to int64) *tlog.Log {
	h, err := f.Hold(w.private)
	if err != nil {
		w.t.Fatal(err)
	}
	defer h.Release()
	at := int64(0)
	if l, err := h.Log(w.t.Context(), epoch); err == nil {
		at = l.Size
	}
	var leaves [][]byte
	for i := at; i < to; i++ {
		leaves = append(leaves, fmt.Appendf(nil, "%s %d", kind, i))
	}
	l, err := h.Append(w.t.Context(), epoch, at, leaves)
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

// TestCosigned: what follows is cosigned, by the right key over the right text, over restarts of the witness and of who
// asks.
func TestCosigned(t *testing.T) {
	w := newWorld(t)
	for i, size := range []int64{3, 3, 4, 300, 301} {
		l := w.grow(w.folder, 1, "leaf", size)
		got, err := w.client.Ask(t.Context(), l)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(got, l.Note) {
			t.Fatalf("%s is not %s and more", got, l.Note)
		}
		n, err := note.Open(got, note.VerifierList(w.client.verifier))
		if err != nil || len(n.Sigs) != 1 || len(n.UnverifiedSigs) != 1 {
			t.Fatalf("%v: %+v", err, n)
		}
		if at, err := formats.CoSigV1Timestamp(n.Sigs[0]); err != nil || at.IsZero() {
			t.Fatalf("%v: %v", at, err)
		}
		if i%2 == 0 {
			w.open()
			w.client.size = map[string]int64{}
		}
	}
	if _, err := w.client.Ask(t.Context(), w.grow(w.folder, 2, "leaf", 2)); err != nil {
		t.Fatal("another epoch:", err)
	}
	notes, err := w.client.Latest(t.Context(), logName)
	if err != nil || len(notes) != 2 {
		t.Fatalf("%v: %d checkpoints", err, len(notes))
	}
	for i, size := range []int64{301, 2} {
		c, err := w.folder.Public().Read(notes[i], w.folder.Public().Origin(i+1))
		if err != nil || c.Size != size {
			t.Errorf("epoch %d: %v, size %d, want %d", i+1, err, c.Size, size)
		}
	}
	if notes, err := w.client.Latest(t.Context(), "another"); err != nil || len(notes) > 0 {
		t.Errorf("of another log: %d, %v", len(notes), err)
	}
}

// TestNotCosigned: a log that was rolled back or forked, one of another key, and one that is not known.
func TestNotCosigned(t *testing.T) {
	w := newWorld(t)
	if _, err := w.client.Ask(t.Context(), w.grow(w.folder, 1, "leaf", 5)); err != nil {
		t.Fatal(err)
	}
	before := w.remembered()
	for name, c := range map[string]struct {
		log   func() *tlog.Log
		code  fault.Code
		says  string
		fresh bool // who asks knows nothing
	}{
		"rolled back":          {func() *tlog.Log { return w.grow(w.newFolder(w.private), 1, "leaf", 4) }, fault.Conflict, "rolled back", false},
		"rolled back, unknown": {func() *tlog.Log { return w.grow(w.newFolder(w.private), 1, "leaf", 4) }, fault.Conflict, "rolled back", true},
		"forked":               {func() *tlog.Log { return w.grow(w.newFolder(w.private), 1, "other", 6) }, fault.Conflict, "forked", false},
		"forked, unknown":      {func() *tlog.Log { return w.grow(w.newFolder(w.private), 1, "other", 6) }, fault.Conflict, "forked", true},
		"forked at the end":    {func() *tlog.Log { return w.grow(w.newFolder(w.private), 1, "other", 5) }, fault.Conflict, "forked", true},
	} {
		if c.fresh {
			w.client.size = map[string]int64{}
		}
		_, err := w.client.Ask(t.Context(), c.log())
		if fault.CodeOf(err) != c.code || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !same(before, w.remembered()) {
		t.Error("the witness remembers something else than before")
	}
}

func (w *world) remembered() map[string]string {
	all := map[string]string{}
	paths, _ := filepath.Glob(w.state + "/*" + ending)
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			w.t.Fatal(err)
		}
		all[p] = string(text)
	}
	return all
}

func same(a, b map[string]string) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

// TestProtocol: the answers of c2sp.org/tlog-witness.
func TestProtocol(t *testing.T) {
	w := newWorld(t)
	small, large := w.grow(w.folder, 1, "leaf", 3), w.grow(w.folder, 1, "leaf", 7)
	other := w.newFolder(tlog.Private([]byte("other")))
	w.private = tlog.Private([]byte("other"))
	foreign := w.grow(other, 1, "leaf", 7)
	steps, err := large.Proof(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	proof := func(steps [][]byte) (text string) {
		for _, s := range steps {
			text += base64.StdEncoding.EncodeToString(s) + "\n"
		}
		return text
	}
	wrong := slices.Clone(steps)
	wrong[0] = small.Root
	unknown := strings.ReplaceAll(string(large.Note), logName, "another.example.cn")
	for _, c := range []struct {
		name, body string
		status     int
		says       string
	}{
		{"nothing", "", 400, ""},
		{"no number", "old x\n\n" + string(small.Note), 400, ""},
		{"a zero in front", "old 03\n\n" + string(small.Note), 400, ""},
		{"no base64", "old 0\n!\n\n" + string(small.Note), 400, ""},
		{"too many steps", "old 0\n" + strings.Repeat("AAAA\n", 64) + "\n" + string(small.Note), 400, ""},
		{"too long", "old 0\n\n" + strings.Repeat("a", maxRequest), 400, ""},
		{"no checkpoint", "old 0\n\nhello", 400, ""},
		{"unknown log", "old 0\n\n" + unknown, 404, ""},
		{"another key", "old 0\n\n" + string(foreign.Note), 403, ""},
		{"old beyond the checkpoint", "old 4\n\n" + string(small.Note), 400, ""},
		{"not where it stands", "old 1\n\n" + string(small.Note), 409, "0\n"},
		{"a proof from nothing", "old 0\nAAAA\n\n" + string(small.Note), 422, ""},
		{"the first", "old 0\n\n" + string(small.Note), 200, "— witness.example.cn "},
		{"once more", "old 3\n\n" + string(small.Note), 200, "— witness.example.cn "},
		{"no proof", "old 3\n\n" + string(large.Note), 422, ""},
		{"another proof", "old 3\n" + proof(wrong) + "\n" + string(large.Note), 422, ""},
		{"from nothing", "old 0\n\n" + string(large.Note), 409, "3\n"},
		{"the second", "old 3\n" + proof(steps) + "\n" + string(large.Note), 200, "— witness.example.cn "},
		{"back", "old 3\n\n" + string(small.Note), 409, "7\n"},
	} {
		res, err := http.Post(w.server.URL+"/add-checkpoint", "text/plain", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		answer, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != c.status || !strings.HasPrefix(string(answer), c.says) {
			t.Errorf("%s: %d %q, want %d %q", c.name, res.StatusCode, answer, c.status, c.says)
		}
		if c.status == 409 && (res.Header.Get("Content-Type") != "text/x.tlog.size" || string(answer) != c.says) {
			t.Errorf("%s: %s %q", c.name, res.Header.Get("Content-Type"), answer)
		}
	}
}

// TestRaces: of many who send different checkpoints at a time, none is cosigned that does not follow the one before,
// and what is remembered is never less than what was signed.
func TestRaces(t *testing.T) {
	w := newWorld(t)
	var logs []*tlog.Log
	for size := int64(1); size <= 8; size++ {
		logs = append(logs, w.grow(w.folder, 1, "leaf", size))
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	signed := int64(0)
	for _, l := range logs {
		all.Go(func() {
			c := &Client{verifier: w.client.verifier, at: w.client.at, http: w.client.http, size: map[string]int64{}}
			if _, err := c.Ask(t.Context(), l); err == nil {
				mu.Lock()
				signed = max(signed, l.Size)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	w.open()
	notes, err := w.witness.Latest(logName)
	if err != nil || len(notes) != 1 {
		t.Fatalf("%v: %d", err, len(notes))
	}
	if c, err := tlog.Claimed(notes[0]); err != nil || c.Size < signed || signed == 0 {
		t.Errorf("%v: %d are remembered, %d were signed", err, c.Size, signed)
	}
}

// TestForgetful: a witness that cannot read what it remembers, or cannot keep it, signs nothing; nor do two share a
// memory.
func TestForgetful(t *testing.T) {
	w := newWorld(t)
	if _, err := Open(w.state, w.witness.key, nil); fault.CodeOf(err) != fault.Conflict {
		t.Error("two witnesses:", err)
	}
	if _, err := w.client.Ask(t.Context(), w.grow(w.folder, 1, "leaf", 2)); err != nil {
		t.Fatal(err)
	}
	path, _ := filepath.Glob(w.state + "/*" + ending)
	if err := os.Mkdir(path[0]+".new", 0o700); err != nil {
		t.Fatal(err)
	}
	l := w.grow(w.folder, 1, "leaf", 3)
	if _, err := w.client.Ask(t.Context(), l); fault.CodeOf(err) != fault.Unavailable {
		t.Error("it could not be kept:", err)
	}
	if w.witness.known[l.Origin].Size != 2 {
		t.Error("what was not kept is remembered")
	}
	if err := errors.Join(w.witness.Close(), os.WriteFile(path[0], []byte("?"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(w.state, w.witness.key, nil); fault.CodeOf(err) != fault.Unavailable {
		t.Error("it could not be read:", err)
	}
}

// TestKeys: what names a witness, and what does not.
func TestKeys(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "k")
	if err := NewKey(path, "a b"); fault.CodeOf(err) != fault.Malformed {
		t.Error(err)
	}
	if err := NewKey(path, "w"); err != nil {
		t.Fatal(err)
	}
	if err := NewKey(path, "w"); fault.CodeOf(err) != fault.Conflict {
		t.Error("over another:", err)
	}
	for _, text := range []string{"", "PRIVATE+KEY+w+00000000+", "PRIVATE+KEY+w+00000000+AQ=="} {
		if _, err := ReadKey(text); fault.CodeOf(err) != fault.Malformed {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"", "w+00000000+AAAA", "w+00000000+AAAA+http://", "+http://a"} {
		if _, err := NewClient(text); fault.CodeOf(err) != fault.Malformed {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzParse: reading a request of anybody does not fail but by an error.
func FuzzParse(f *testing.F) {
	f.Add([]byte("old 1\nAAAA\n\na/1\n2\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if old, steps, _, err := parse(text); err == nil && (old < 0 || len(steps) > maxSteps) {
			t.Errorf("%d, %d steps", old, len(steps))
		}
	})
}
