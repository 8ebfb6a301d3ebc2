package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"yitong/internal/app/inspect"
	"yitong/internal/backup"
	"yitong/internal/fault"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
	"yitong/internal/tlog"
)

// Restore brings a record back.
type Restore struct {
	Trail      `embed:""`
	BackupKey  `embed:""`
	From       string    `help:"Folder of the backup." required:"" placeholder:"DIR"`
	Archive    string    `help:"Folder of the archive, to go beyond the backup: to its end, or to --at." default:"" placeholder:"DIR"`
	At         time.Time `help:"Moment to go to, such as 2026-05-01T08:30:00+08:00: everything is there that was committed by then, to the second. Without it, all that the archive has." placeholder:"INSTANT"`
	Checkpoint string    `help:"File with a checkpoint of the lost log of the trail, as a witness or yitong trail verify --save has kept it: how much is missing is counted by it." default:"" placeholder:"FILE"`
	Why        string    `help:"Why the record is brought back. It is said in the log of the trail." default:"restored from a backup" placeholder:"TEXT"`
	Data       string    `help:"With PostgreSQL: folder for the data of the new server, empty or not there." default:"" placeholder:"DIR"`
	Zone       string    `help:"Time zone of dates that name none, as the server has it." default:"Asia/Shanghai"`
}

// Looked is what a record is that was brought back.
type Looked struct {
	Counts  map[string]int64 // of resources, by type
	Feed    store.Position
	Batch   int64 // the last of the trail
	Check   inspect.Report
	Trail   *trail.Report // nil without a log
	Reached *backup.Reached
}

// Wrong is an error that says what is not whole, nil if all is.
func (l *Looked) Wrong() error {
	switch {
	case l.Check.Wrong > 0:
		return fault.New(fault.Conflict, "%d things are wrong with the record: %s", l.Check.Wrong, strings.Join(l.Check.Complaints, " "))
	case l.Trail != nil && len(l.Trail.Wrong) > 0:
		return fault.New(fault.Conflict, "The trail is not whole: %s", strings.Join(l.Trail.Wrong, " "))
	}
	return nil
}

// Restored tells what came back.
type Restored struct {
	Looked
	Backup backup.Manifest
	Epoch  store.Position // of the feed, that began
	Log    int            // epoch of the trail's log, that began; 0 without a log
	Lost   int64          // batches of the trail, -1 if nobody can tell
	Notes  []string
}

const (
	stagingSuffix  = ".restoring" // of folders in which a record is put together before it gets its place
	settingsSuffix = ".settings"  // of the folder for files of settings
)

// Run brings the record back. The error is Conflict, and nothing is changed, if something is there already.
func (r Restore) Run(ctx context.Context, by string) (*Restored, error) {
	key, err := r.BackupKey.key()
	if err != nil {
		return nil, err
	}
	path := r.file()
	if path == "" {
		return r.cluster(ctx, key, by)
	}
	if err := r.vacant(path, path+"-wal", path+"-journal", path+settingsSuffix); err != nil {
		return nil, err
	}
	b, err := backup.Open(r.From, key)
	if err != nil {
		return nil, err
	}
	if err := r.keysBack(ctx, b); err != nil {
		return nil, err
	}
	staging := path + stagingSuffix
	if err := backup.NewFolder(staging); err != nil {
		return nil, err
	}
	defer os.RemoveAll(staging)
	staged := r
	staged.DB, staged.TrailLog = "sqlite:"+filepath.Join(staging, "record.db"), r.logDir()+stagingSuffix // perhaps on another disk
	staged.KeyFile = r.keyFile()
	if err := backup.NewFolder(staged.TrailLog); err != nil {
		return nil, err
	}
	defer os.RemoveAll(staged.TrailLog)
	out, err := staged.revive(ctx, key, b, staging, by)
	if err != nil {
		return nil, err
	}
	if b.Has(sealKeyPart) {
		out.Notes = append(out.Notes, "The key of bodies is in "+r.SealKey+": name it by --seal-key.")
	}
	if err := r.settle(b, staging); err != nil {
		return nil, err
	}
	return out, out.Wrong()
}

// vacant refuses places where something is.
func (r Restore) vacant(paths ...string) error {
	if r.logDir() != "" {
		paths = append(paths, r.logDir())
	}
	for _, path := range paths {
		list, err := os.ReadDir(path)
		if err == nil && len(list) == 0 {
			continue
		}
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return fault.New(fault.Conflict, "%s is there already: a restore overwrites nothing. Move it away first.", path).Because(err)
		}
	}
	return nil
}

// keysBack brings the platform's key and that of bodies back, if the backup has them and they are not there. The error is Conflict if
// there are others.
func (r *Restore) keysBack(ctx context.Context, b *backup.Backup) error {
	if r.SealKey == "" && b.Has(sealKeyPart) {
		if r.file() == "" {
			return fault.New(fault.Malformed, "The backup has the key of bodies: say by --seal-key where it is to come.")
		}
		r.SealKey = r.file() + ".seal.key"
	}
	if err := keyBack(ctx, b, keyPart, r.keyFile()); err != nil {
		return err
	}
	return keyBack(ctx, b, sealKeyPart, r.SealKey)
}

// keyBack brings a file of keys back to its place, "" for none.
func keyBack(ctx context.Context, b *backup.Backup, part, path string) error {
	if path == "" || !b.Has(part) {
		return nil
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), ".yitong-key-")
	if err != nil {
		return fault.New(fault.Unavailable, "%s cannot be written to.", filepath.Dir(path)).Because(err)
	}
	defer os.RemoveAll(dir)
	if err := b.Read(ctx, part, func(from io.Reader) error { return backup.Untar(from, dir) }); err != nil {
		return err
	}
	kept := filepath.Join(dir, keyName(part))
	text, err := secretFile(kept)
	if err != nil {
		return err
	}
	if here, err := secretFile(path); err == nil {
		if !holdsKeys(here, text) {
			return fault.New(fault.Conflict, "%s is another key than that of the backup. Move it away, or name another place by its setting.", path)
		}
		return nil
	}
	if err := os.Link(kept, path); err != nil { // which overwrites nothing
		return fault.New(fault.Unavailable, "The key of the backup cannot be written to %s.", path).Because(err)
	}
	return nil
}

// revive puts the record together in a folder, looks at it, and lets a new age begin.
func (r Restore) revive(ctx context.Context, key backup.Key, b *backup.Backup, dir, by string) (*Restored, error) {
	out := &Restored{Backup: b.Manifest, Lost: -1}
	reached, err := r.files(ctx, key, b)
	if err != nil {
		return nil, err
	}
	if b.Has(settingsPart) {
		err = b.Read(ctx, settingsPart, func(from io.Reader) error { return backup.Untar(from, filepath.Join(dir, "settings")) })
		if err != nil {
			return nil, err
		}
	}
	db, err := r.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	looked, err := r.inspect(ctx, db)
	if err != nil {
		return nil, err
	}
	out.Looked, out.Reached = *looked, reached
	err = r.begin(ctx, db, out, by)
	if e := db.Close(); err == nil {
		err = e
	}
	return out, err
}

// files brings the database and the log of the trail back.
func (r Restore) files(ctx context.Context, key backup.Key, b *backup.Backup) (*backup.Reached, error) {
	if b.Database != backup.SQLite || b.Anchor == nil {
		return nil, fault.New(fault.Malformed, "The backup %s is of PostgreSQL: name --db postgres://… and --data.", r.From)
	}
	if err := b.ReadFile(ctx, backup.DatabasePart, r.file()); err != nil {
		return nil, err
	}
	if b.Has(trailPart) {
		if err := b.Read(ctx, trailPart, func(from io.Reader) error { return backup.Untar(from, r.TrailLog) }); err != nil {
			return nil, err
		}
	}
	if r.Archive == "" {
		if !r.At.IsZero() {
			return nil, fault.New(fault.Malformed, "Only with --archive can a restore go to a moment; the backup alone is of %s.", b.Anchor.At.Format(time.RFC3339))
		}
		return nil, nil
	}
	reached, err := backup.Replay(ctx, r.Archive, key, r.file(), *b.Anchor, r.At)
	return &reached, err
}

// look brings a backup back and looks at it.
func (r Restore) look(ctx context.Context, key backup.Key, dir string) (*Looked, error) {
	b, err := backup.Open(r.From, key)
	if err != nil {
		return nil, err
	}
	if b.Database == backup.PostgreSQL {
		return r.lookCluster(ctx, key, b, dir)
	}
	if _, err := r.files(ctx, key, b); err != nil {
		return nil, err
	}
	db, err := r.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	l, err := r.inspect(ctx, db)
	if err == nil {
		err = l.Wrong()
	}
	if err == nil && (l.Feed.String() != b.Feed || l.Batch != b.Batch) {
		err = fault.New(fault.Conflict, "The feed ends at %s and the trail at batch %d, not at %s and %d.", l.Feed, l.Batch, b.Feed, b.Batch)
	}
	return l, err
}

// inspect looks at a record as yitong check and yitong trail verify do, and counts.
func (r Restore) inspect(ctx context.Context, db store.DB) (*Looked, error) {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return nil, fault.New(fault.Malformed, "There is no time zone %q.", r.Zone)
	}
	l := &Looked{Counts: map[string]int64{}}
	if l.Check, err = inspect.Record(ctx, db, zone); err != nil {
		return nil, err
	}
	counts, err := db.Count(ctx)
	if err != nil {
		return nil, err
	}
	for t, n := range counts {
		l.Counts[t.String()] = n
	}
	state, err := db.FeedState(ctx)
	if err != nil {
		return nil, err
	}
	l.Feed = state.Head
	if l.Batch, err = db.LastBatch(ctx); err != nil {
		return nil, err
	}
	if list, _ := os.ReadDir(r.TrailLog); len(list) == 0 || !r.hasKey() {
		return l, nil // nobody can say by whom the log should be signed
	}
	l.Trail, err = TrailCheck{Trail: r.Trail}.Verify(ctx, db, func(int64, int64, int64) {})
	return l, err
}

// begin lets a new age begin: of the feed, since some of what followers have seen may be gone; of the trail's log, since its witnesses
// may know of more; and without the leases of servers that are no more.
func (r Restore) begin(ctx context.Context, db store.DB, out *Restored, by string) (err error) {
	if out.Epoch, err = db.NewEpoch(ctx); err != nil {
		return err
	}
	if err := releaseLeases(ctx, db); err != nil {
		return err
	}
	if out.Trail == nil {
		out.Notes = append(out.Notes, "No log of the trail came back, or there is no key for it: if there was one, yitong trail restored must say what became of it.")
		return nil
	}
	from := out.Trail.Batches
	if out.Log, err = r.Restored(ctx, db, trail.Restore{From: from, By: by, Why: r.Why}); err != nil {
		return err
	}
	return r.count(out, from)
}

// count tells how many batches of the trail are missing, if the checkpoint of the log that is lost is known.
func (r Restore) count(out *Restored, sealed int64) error {
	if r.Checkpoint == "" || out.Backup.Log == nil {
		return nil
	}
	text, err := os.ReadFile(r.Checkpoint)
	if err != nil {
		return fault.New(fault.NotFound, "The checkpoint %s cannot be read.", r.Checkpoint).Because(err)
	}
	known, err := tlog.Claimed(text)
	if err != nil {
		return err
	}
	if _, epoch, ok := tlog.SplitOrigin(known.Origin); !ok || epoch != out.Backup.Log.Epoch {
		out.Notes = append(out.Notes, "The checkpoint is of another epoch of the log than the backup: what is lost cannot be counted.")
		return nil
	}
	out.Lost = max(0, sealed+known.Size-out.Backup.Log.Size-out.Batch)
	return nil
}

// releaseLeases gives the places back that servers had for themselves.
func releaseLeases(ctx context.Context, db store.DB) error {
	all, err := db.Reserved(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		if !strings.HasPrefix(p.Scope, store.OwnScopes) {
			continue
		}
		err := db.Write(ctx, store.Work{Want: store.Want{Places: []store.Place{p.Place}}, Do: func(tx store.Tx, _ store.Found) error {
			_, err := tx.Release(p.Place, p.Holder)
			return err
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// settle gives what was put together its place; the database comes last, for with it the record is there.
func (r Restore) settle(b *backup.Backup, staging string) error {
	path := r.file()
	moves := [][2]string{}
	if b.Has(trailPart) {
		moves = append(moves, [2]string{r.logDir() + stagingSuffix, r.logDir()})
	}
	if b.Has(settingsPart) {
		moves = append(moves, [2]string{filepath.Join(staging, "settings"), path + settingsSuffix})
	}
	for _, m := range append(moves, [2]string{filepath.Join(staging, "record.db"), path}) {
		_ = os.Remove(m[1]) // an empty folder
		if err := os.Rename(m[0], m[1]); err != nil {
			return fault.New(fault.Unavailable, "What was brought back cannot be moved to %s.", m[1]).Because(err)
		}
	}
	dir, err := os.Open(filepath.Dir(path))
	if err == nil {
		err = errors.Join(dir.Sync(), dir.Close())
	}
	if err != nil {
		return fault.Wrap(err, "syncing the folder of the database")
	}
	return nil
}
