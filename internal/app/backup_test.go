package app_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yitong/internal/app"
	"yitong/internal/fault"
)

// sealed is a record with some resources, all of whose trail is sealed. It gives the place of the file.
func sealed(t *testing.T, change ...func(*app.Serve)) string {
	t.Helper()
	s := settings(t)
	for _, c := range change {
		c(&s)
	}
	base, stop := serve(t, s)
	for _, id := range []string{"a", "b", "c"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, base+"/fhir/Patient/"+id, strings.NewReader(`{"resourceType":"Patient","id":"`+id+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/fhir+json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil || answer.StatusCode != http.StatusCreated {
			t.Fatal(err, answer)
		}
		answer.Body.Close()
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(s.DB, "sqlite:")
	return path
}

// TestBackupWithItsTrail brings a record back with the log that seals its trail, its key and its settings, and the log says so.
func TestBackupWithItsTrail(t *testing.T) {
	t.Parallel()
	path, dir := sealed(t), t.TempDir()
	key := app.BackupKey{BackupKey: filepath.Join(dir, "backup.key")}
	if err := app.NewKey(key.BackupKey); err != nil {
		t.Fatal(err)
	}
	policy := filepath.Join(dir, "policy.yaml")
	if err := os.WriteFile(policy, []byte("a policy"), 0o600); err != nil {
		t.Fatal(err)
	}
	of := func(path string) app.Trail { return app.Trail{Database: app.Database{DB: "sqlite:" + path}} }
	made, err := app.Backup{Trail: of(path), BackupKey: key, To: filepath.Join(dir, "one"), Verify: true, Include: []string{policy}, Zone: "Asia/Shanghai"}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !made.Has("database") || !made.Has("trail") || !made.Has("key") || !made.Has("settings") || made.Log == nil || made.Log.Size == 0 || made.Batch == 0 ||
		made.Checked == nil || made.Checked.Counts["Patient"] != 3 || made.Checked.Trail == nil || made.Checked.Trail.Batches != made.Batch {
		t.Fatalf("the backup is %+v, looked at as %+v", made.Manifest, made.Checked)
	}
	back := filepath.Join(dir, "back", "record.db")
	if err := os.Mkdir(filepath.Dir(back), 0o700); err != nil {
		t.Fatal(err)
	}
	checkpoint := filepath.Join(dir, "checkpoint")
	if err := os.WriteFile(checkpoint, []byte(made.Log.Checkpoint), 0o600); err != nil {
		t.Fatal(err)
	}
	r := app.Restore{Trail: of(back), BackupKey: key, From: filepath.Join(dir, "one"), Why: "a drill", Checkpoint: checkpoint, Zone: "Asia/Shanghai"}
	got, err := r.Run(t.Context(), "somebody")
	if err != nil {
		t.Fatal(err)
	}
	if got.Counts["Patient"] != 3 || got.Epoch.Epoch != 2 || got.Log != 2 || got.Lost != 0 {
		t.Errorf("what came back is %+v", got)
	}
	if text, err := os.ReadFile(filepath.Join(back+".settings", "01-policy.yaml")); err != nil || string(text) != "a policy" {
		t.Errorf("the policy is %q, %v", text, err)
	}
	db, err := of(back).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	report, err := app.TrailCheck{Trail: of(back)}.Verify(t.Context(), db, func(int64, int64, int64) {})
	if err != nil || !report.Whole() || len(report.Said) != 1 || !strings.Contains(report.Said[0], "a drill") {
		t.Errorf("the trail is %+v, %v", report, err)
	}
	if _, err := r.Run(t.Context(), "somebody"); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("over a record: %v", err)
	}
}

// TestBackupsThatAreRefused: keys that are wrong, and places that are taken.
func TestBackupsThatAreRefused(t *testing.T) {
	t.Parallel()
	path, dir := sealed(t), t.TempDir()
	key, other := filepath.Join(dir, "backup.key"), filepath.Join(dir, "other.key")
	for _, file := range []string{key, other} {
		if err := app.NewKey(file); err != nil {
			t.Fatal(err)
		}
	}
	record := app.Trail{Database: app.Database{DB: "sqlite:" + path}}
	take := func(change func(*app.Backup)) (*app.Made, error) {
		b := app.Backup{Trail: record, BackupKey: app.BackupKey{BackupKey: key}, To: filepath.Join(t.TempDir(), "backup"), Zone: "Asia/Shanghai"}
		change(&b)
		return b.Run(t.Context())
	}
	for name, c := range map[string]struct {
		change func(*app.Backup)
		code   fault.Code
	}{
		"no key":                   {func(b *app.Backup) { b.BackupKey.BackupKey = "" }, fault.Malformed},
		"the platform's key":       {func(b *app.Backup) { b.BackupKey.BackupKey = path + ".key" }, fault.Forbidden},
		"no record":                {func(b *app.Backup) { b.DB = "sqlite:" + filepath.Join(dir, "none") }, fault.NotFound},
		"a place that is taken":    {func(b *app.Backup) { b.To = dir }, fault.Conflict},
		"another platform's key":   {func(b *app.Backup) { b.KeyFile, b.Verify = other, true }, fault.Conflict},
		"a PostgreSQL far and off": {func(b *app.Backup) { b.DB, b.TrailLog = "postgres://nobody@127.0.0.1:1/none", dir+"/none" }, fault.Unavailable},
	} {
		if _, err := take(c.change); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	made, err := take(func(b *app.Backup) { b.WithoutKey = true })
	if err != nil || made.Has("key") || len(made.Notes) != 1 || !strings.Contains(made.Notes[0], "NOT IN THIS BACKUP") {
		t.Errorf("without the key: %+v, %v", made, err)
	}
	to := filepath.Join(t.TempDir(), "whole")
	if _, err := take(func(b *app.Backup) { b.To = to }); err != nil {
		t.Fatal(err)
	}
	place := app.Trail{Database: app.Database{DB: "sqlite:" + filepath.Join(t.TempDir(), "record.db")}}
	_, err = app.Restore{Trail: place, BackupKey: app.BackupKey{BackupKey: other}, From: to}.Run(t.Context(), "x")
	if fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("with another key: %v", err)
	}
	if err := os.WriteFile(strings.TrimPrefix(place.DB, "sqlite:")+".key", []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = app.Restore{Trail: place, BackupKey: app.BackupKey{BackupKey: key}, From: to}.Run(t.Context(), "x")
	if fault.CodeOf(err) != fault.Conflict {
		t.Errorf("over another platform's key: %v", err)
	}
}

// TestBackupOfSealedBodies: the key of bodies comes back with them, since nobody reads them without it.
func TestBackupOfSealedBodies(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	own, key := filepath.Join(dir, "own.key"), filepath.Join(dir, "backup.key")
	for _, file := range []string{own, key} {
		if err := app.NewKey(file); err != nil {
			t.Fatal(err)
		}
	}
	path := sealed(t, func(s *app.Serve) { s.SealKey = own })
	take := func(to string, change func(*app.Backup)) (*app.Made, error) {
		b := app.Backup{Trail: app.Trail{Database: app.Database{DB: "sqlite:" + path, SealKey: own}}, BackupKey: app.BackupKey{BackupKey: key},
			To: filepath.Join(dir, to), Verify: true, Zone: "Asia/Shanghai"}
		change(&b)
		return b.Run(t.Context())
	}
	if made, err := take("without", func(b *app.Backup) { b.WithoutKey = true }); err != nil || made.Has("sealkey") || !strings.Contains(made.Notes[0], "OF BODIES") {
		t.Errorf("without the keys: %+v, %v", made, err)
	}
	if _, err := take("by itself", func(b *app.Backup) { b.BackupKey.BackupKey = own }); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("sealed by the key that lies in it: %v", err)
	}
	if made, err := take("whole", func(*app.Backup) {}); err != nil || !made.Has("sealkey") || made.Checked.Counts["Patient"] != 3 {
		t.Fatalf("%+v, %v", made, err)
	}
	want, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(own); err != nil { // the machine has burnt
		t.Fatal(err)
	}
	restore := func(name, seal string) (string, error) {
		place := filepath.Join(dir, name, "record.db")
		if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
			t.Fatal(err)
		}
		r := app.Restore{Trail: app.Trail{Database: app.Database{DB: "sqlite:" + place, SealKey: seal}}, BackupKey: app.BackupKey{BackupKey: key},
			From: filepath.Join(dir, "whole"), Why: "a drill", Zone: "Asia/Shanghai"}
		got, err := r.Run(t.Context(), "somebody")
		if err == nil && (got.Counts["Patient"] != 3 || got.Trail == nil || !strings.Contains(strings.Join(got.Notes, " "), "--seal-key")) {
			t.Errorf("%s: what came back is %+v", name, got)
		}
		return place, err
	}
	named := filepath.Join(dir, "named.key")
	for name, seal := range map[string]string{"beside": "", "named": named} {
		place, err := restore(name, seal)
		if err != nil {
			t.Fatal(name, err)
		}
		if seal == "" {
			seal = place + ".seal.key"
		}
		if text, err := os.ReadFile(seal); err != nil || string(text) != string(want) {
			t.Errorf("%s: the key is %q, %v", name, text, err)
		}
		if _, err := (app.Database{DB: "sqlite:" + place}).Open(t.Context()); fault.CodeOf(err) != fault.Malformed {
			t.Errorf("%s: opened without the key: %v", name, err)
		}
	}
	if _, err := restore("another", key); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("over another key: %v", err)
	}
}

// TestBackupWithKeyInEnvironment: a record whose platform's key is in the environment comes back with the log of its trail looked at,
// and with the statement there; the backup says that the key is not in it.
func TestBackupWithKeyInEnvironment(t *testing.T) {
	dir := t.TempDir()
	own, key := filepath.Join(dir, "own.key"), filepath.Join(dir, "backup.key")
	for _, file := range []string{own, key} {
		if err := app.NewKey(file); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(app.KeyVariable, string(text))
	of := func(path string) app.Trail { return app.Trail{Database: app.Database{DB: "sqlite:" + path}} }
	b := app.Backup{Trail: of(sealed(t)), BackupKey: app.BackupKey{BackupKey: key}, To: filepath.Join(dir, "one"), Verify: true, Zone: "Asia/Shanghai"}
	made, err := b.Run(t.Context())
	if err != nil || made.Has("key") || len(made.Notes) != 1 || made.Checked.Trail == nil || made.Checked.Trail.Batches != made.Batch {
		t.Fatalf("%+v, %v", made, err)
	}
	r := app.Restore{Trail: of(filepath.Join(dir, "record.db")), BackupKey: b.BackupKey, From: b.To, Why: "a drill", Zone: "Asia/Shanghai"}
	if got, err := r.Run(t.Context(), "somebody"); err != nil || got.Trail == nil || got.Log != 2 {
		t.Errorf("what came back is %+v, %v", got, err)
	}
}
