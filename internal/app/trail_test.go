package app

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
	"yitong/internal/store/sqlite"
)

// sealedWorld is a record on SQLite whose trail is sealed and cosigned as a server does it.
type sealedWorld struct {
	t        *testing.T
	db       store.DB
	check    TrailCheck
	sealer   *trail.Sealer
	cosigner *trail.Cosigner
	addr     string // of the witness
}

func newSealedWorld(t *testing.T) *sealedWorld {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "record.db")
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	w := &sealedWorld{t: t, db: db, check: TrailCheck{Trail: Trail{Database: Database{DB: "sqlite:" + path}}}}
	if err := NewKey(path + ".key"); err != nil {
		t.Fatal(err)
	}
	public, err := NewWitnessKey(filepath.Join(dir, "witness.key"), "witness.example")
	if err != nil {
		t.Fatal(err)
	}
	own, err := w.check.TrailKey(db)
	if err != nil {
		t.Fatal(err)
	}
	w.witness(Witness{KeyFile: filepath.Join(dir, "witness.key"), State: filepath.Join(dir, "witness"), Listen: "127.0.0.1:0", Logs: []string{own}, Metrics: true})
	w.check.TrailWitness = []string{public + "+http://" + w.addr}
	w.sealer, w.cosigner, err = w.check.Sealers(db, w.check.Key, path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// witness runs a witness until the test ends.
func (w *sealedWorld) witness(c Witness) {
	ctx, stop := context.WithCancel(context.Background())
	up, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- c.Serve(ctx, slog.New(slog.DiscardHandler), func(addr string) { up <- addr }) }()
	select {
	case w.addr = <-up:
	case err := <-ended:
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			w.t.Error(err)
		}
	})
}

// grow binds one batch more, and has it sealed and cosigned.
func (w *sealedWorld) grow() {
	w.t.Helper()
	last, err := w.db.LastBatch(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	at := time.UnixMicro(1_700_000_000_000_000 + last).UTC()
	r := trail.Record{ID: "1", At: at, Do: "read", Outcome: trail.Done, Who: "Practitioner/1"}
	lines := [][]byte{r.Append(nil)}
	b := store.Batch{Number: last + 1, First: at, Last: at, Lines: 1, Body: trail.Pack(lines)}
	b.Digest, b.Tags = trail.Digest(b.Number, lines)
	b.Keys = trail.Keys(store.NewHasher(w.db.Secret()), &r)
	if ok, err := w.db.Bind(w.t.Context(), store.Binding{Batch: &b}); err != nil || !ok {
		w.t.Fatal(ok, err)
	}
	_, err = w.sealer.Step(w.t.Context())
	_, err2 := w.cosigner.Step(w.t.Context())
	if err := errors.Join(err, err2); err != nil {
		w.t.Fatal(err)
	}
}

func (w *sealedWorld) verify(c TrailCheck) *trail.Report {
	w.t.Helper()
	r, err := c.Verify(w.t.Context(), w.db, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// TestTrailVerify: what servers seal and witnesses cosign is found whole, with the platform's key and with the public
// one; when everything is rolled back that is here, the witness knows, and so does a checkpoint that was put aside.
func TestTrailVerify(t *testing.T) {
	w := newSealedWorld(t)
	w.grow()
	dir, _ := strings.CutPrefix(w.check.DB, "sqlite:")
	old := filepath.Join(t.TempDir(), "old")
	if err := os.CopyFS(old, os.DirFS(dir+".trail")); err != nil {
		t.Fatal(err)
	}
	w.grow()
	var err error
	_, w.cosigner, err = w.check.Sealers(w.db, w.check.Key, dir, slog.New(slog.DiscardHandler)) // which may ask at once
	if err != nil {
		t.Fatal(err)
	}
	w.grow()
	aside := filepath.Join(t.TempDir(), "aside")
	c := w.check
	c.Save = aside
	if r := w.verify(c); !r.Whole() || r.Batches != 3 {
		t.Fatalf("%+v", r)
	}
	public := w.check
	if public.Public, err = w.check.TrailKey(w.db); err != nil {
		t.Fatal(err)
	}
	public.KeyFile = "nowhere"
	public.Checkpoint = []string{aside}
	if r := w.verify(public); !r.Whole() {
		t.Errorf("%+v", r)
	}
	kept, err := filepath.Glob(dir + ".trail/1/cosigned-*")
	if err != nil || len(kept) != 1 {
		t.Error("nothing that was cosigned is kept", err)
	}

	back := w.check
	back.TrailLog = old
	if r := w.verify(back); len(r.Wrong) == 0 || !strings.Contains(r.Wrong[0], "the witness witness.example has seen 4 leaves") {
		t.Errorf("rolled back, by the witness: %+v", r)
	}
	back.TrailWitness, back.Checkpoint = nil, []string{aside}
	if r := w.verify(back); len(r.Wrong) == 0 || !strings.Contains(r.Wrong[0], "the file "+aside+" has seen 4 leaves") {
		t.Errorf("rolled back, by what was put aside: %+v", r)
	}
	witnesses := w.check.TrailWitness
	deaf := w.check
	deaf.TrailWitness = []string{strings.Replace(w.check.TrailWitness[0], w.addr, "127.0.0.1:1", 1)}
	if r := w.verify(deaf); len(r.Wrong) > 0 || len(r.Doubts) != 1 {
		t.Errorf("nobody answers: %+v", r)
	}

	res, err := http.Get("http://" + w.addr + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if text, _ := io.ReadAll(res.Body); !strings.Contains(string(text), `yitong_witness_log_leaves{log="`) {
		t.Errorf("%s", text)
	}
	w.check.TrailWitness = deaf.TrailWitness
	if fault.CodeOf(second(w.check.Restored(t.Context(), w.db, trail.Restore{From: 3, By: "me", Why: "a drill"}))) != fault.Unavailable {
		t.Error("restored without knowing what the witness knows")
	}
	w.check.TrailWitness = witnesses
	if epoch, err := w.check.Restored(t.Context(), w.db, trail.Restore{From: 3, By: "me", Why: "a drill"}); err != nil || epoch != 2 {
		t.Errorf("%d, %v", epoch, err)
	}
	if _, err := w.cosigner.Step(t.Context()); err != nil {
		t.Error(err)
	}
	if r := w.verify(w.check); !r.Whole() || r.Epochs != 2 || len(r.Said) != 1 {
		t.Errorf("%+v", r)
	}
}

func second(_ int, err error) error { return err }

// TestTrailSettings: what must be named, and what must be there.
func TestTrailSettings(t *testing.T) {
	w := newSealedWorld(t)
	for name, c := range map[string]struct {
		check TrailCheck
		want  fault.Code
	}{
		"no key named":      {TrailCheck{Trail: Trail{Database: Database{DB: "postgres://a/b"}}}, fault.Malformed},
		"no key there":      {TrailCheck{Trail: Trail{Database: w.check.Database, Key: Key{KeyFile: "nowhere"}}}, fault.NotFound},
		"a key of another":  {TrailCheck{Trail: w.check.Trail, Public: "a"}, fault.Malformed},
		"a name with plus":  {TrailCheck{Trail: Trail{Database: w.check.Database, Sealing: Sealing{TrailName: "a+b"}}}, fault.Malformed},
		"a witness that no": {TrailCheck{Trail: Trail{Database: w.check.Database, Sealing: Sealing{TrailWitness: []string{"w"}}}}, fault.Malformed},
		"no checkpoint":     {TrailCheck{Trail: Trail{Database: w.check.Database}, Checkpoint: []string{"nowhere"}}, fault.NotFound},
	} {
		if _, err := c.check.Verify(t.Context(), w.db, nil); fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (Sealing{}).folder(w.db, "", make(ed25519.PublicKey, 32)); fault.CodeOf(err) != fault.Malformed {
		t.Errorf("no folder: %v", err)
	}
	if _, err := w.check.Restored(t.Context(), w.db, trail.Restore{By: "me", Why: " "}); fault.CodeOf(err) != fault.Malformed {
		t.Errorf("no reason: %v", err)
	}
}
