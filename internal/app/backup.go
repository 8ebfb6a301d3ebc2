package app

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"yitong/internal/backup"
	"yitong/internal/fault"
	"yitong/internal/tlog"
)

// The parts of a backup beside the database.
const (
	trailPart    = "trail"    // the folder of the log that seals the trail
	settingsPart = "settings" // files of settings
	keyPart      = "key"      // the platform's key
	sealKeyPart  = "sealkey"  // the key of bodies
)

// Backup copies a record.
type Backup struct {
	Trail       `embed:""`
	BackupKey   `embed:""`
	To          string   `help:"Folder for the backup, which must be empty or not be there." required:"" placeholder:"DIR"`
	WithoutKey  bool     `help:"Leave the platform's key out, and that of bodies. Then they must be kept elsewhere: without them accounts and signatures, or all sealed bodies, of the backup are lost." name:"without-key"`
	Include     []string `help:"A file of settings to take along: that of --config, the policy, certificates. For several, repeat it." placeholder:"FILE"`
	Replication string   `help:"With PostgreSQL: address of the database with a role that may replicate, if that of --db may not." default:"" placeholder:"URL"`
	Verify      bool     `help:"Bring the backup back into a folder beside the database, look whether all of it is whole, and remove it again. It takes as much room as the record." default:"true" negatable:""`
	Scratch     string   `help:"Folder in which the backup is brought back to be looked at. It holds the record in the clear meanwhile." default:"" placeholder:"DIR"`
	Zone        string   `help:"Time zone of dates that name none, as the server has it." default:"Asia/Shanghai"`
}

// Made tells what became of a backup.
type Made struct {
	backup.Manifest
	Took    time.Duration // to copy
	Checked *Looked       // nil if it was not brought back
	Notes   []string
}

// Run takes a backup of a record on which servers may be at work.
func (b Backup) Run(ctx context.Context) (*Made, error) {
	key, err := b.BackupKey.key()
	if err != nil {
		return nil, err
	}
	m, err := backup.Begin(b.To, key)
	if err != nil {
		return nil, err
	}
	m.Program = Version()
	out := &Made{}
	for _, part := range []func(context.Context, *backup.Manifest, backup.Key, *Made) error{b.addTrail, b.addDatabase, b.addSettings, b.addKey, b.addSealKey} {
		if err := part(ctx, &m, key, out); err != nil {
			return nil, err
		}
	}
	if err := m.Finish(b.To, key); err != nil {
		return nil, err
	}
	out.Manifest, out.Took = m, m.Ended.Sub(m.Begun)
	if !b.Verify {
		return out, nil
	}
	if out.Checked, err = b.check(ctx, key); err != nil {
		return out, fault.New(fault.CodeOf(err), "The backup was taken, but when it was brought back: %s", fault.From(err).Message).Because(err)
	}
	m.Checked, m.Counts = true, out.Checked.Counts
	err = m.Finish(b.To, key)
	out.Manifest = m
	return out, err
}

// addTrail comes first: a log that is behind the database is what every crash leaves, one that is ahead would be a lie.
func (b Backup) addTrail(ctx context.Context, m *backup.Manifest, key backup.Key, out *Made) error {
	dir := b.logDir()
	if _, err := os.Stat(dir); dir == "" || err != nil {
		m.Without = append(m.Without, trailPart)
		out.Notes = append(out.Notes, "There is no log that seals the trail, or --trail-log does not name it: the backup has none.")
		return nil
	}
	private, err := b.trailKey(b.file())
	if err != nil {
		return err
	}
	public, err := tlog.PublicOf("backup", private)
	if err != nil {
		return err
	}
	folder := tlog.NewFolder(dir, public)
	err = m.Add(ctx, b.To, key, backup.Folder{Part: trailPart, Dir: dir, Hold: func() (func(), error) {
		w, err := holdLog(ctx, folder, private)
		if err != nil {
			return nil, err
		}
		m.Log, err = logOf(folder)
		return w.Release, err
	}})
	return err
}

// logDir is where the log of the trail is, "" if nobody says.
func (t Trail) logDir() string {
	if t.TrailLog == "" && t.file() != "" {
		return t.file() + ".trail"
	}
	return t.TrailLog
}

// holdMost is how long a backup waits for the log of the trail, which servers hold while they append to it.
const holdMost = 30 * time.Second

func holdLog(ctx context.Context, f *tlog.Folder, key ed25519.PrivateKey) (*tlog.Writer, error) {
	ctx, cancel := context.WithTimeout(ctx, holdMost)
	defer cancel()
	for {
		w, err := f.Hold(key)
		if !errors.Is(err, tlog.ErrHeld) {
			return w, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// logOf tells what the newest log of a folder is.
func logOf(f *tlog.Folder) (*backup.Log, error) {
	epochs, err := f.Epochs()
	if err != nil || len(epochs) == 0 {
		return nil, err
	}
	epoch := epochs[len(epochs)-1]
	text, err := os.ReadFile(filepath.Join(f.Dir(), strconv.Itoa(epoch), "checkpoint"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.New(fault.Unavailable, "The log in %s cannot be read.", f.Dir()).Because(err)
	}
	c, err := tlog.Claimed(text)
	if err != nil {
		return nil, err
	}
	return &backup.Log{Epoch: epoch, Size: c.Size, Checkpoint: string(text)}, nil
}

// addDatabase adds the database as it is at one moment.
func (b Backup) addDatabase(ctx context.Context, m *backup.Manifest, key backup.Key, _ *Made) error {
	path := b.file()
	if path == "" {
		return b.addCluster(ctx, m, key)
	}
	s, anchor, err := backup.TakeSnapshot(ctx, path)
	if err != nil {
		return err
	}
	defer s.Close()
	m.Database, m.Anchor, m.Feed, m.Batch = backup.SQLite, &anchor, s.Feed.String(), s.Batch
	return m.Add(ctx, b.To, key, backup.Database{Snapshot: s})
}

// addSettings adds the files that were named.
func (b Backup) addSettings(ctx context.Context, m *backup.Manifest, key backup.Key, _ *Made) error {
	if len(b.Include) == 0 {
		return nil
	}
	paths := map[string]string{}
	for i, path := range b.Include {
		paths[fmt.Sprintf("%02d-%s", i+1, filepath.Base(path))] = path
	}
	return m.Add(ctx, b.To, key, backup.Files{Part: settingsPart, Paths: paths})
}

// addKey adds the platform's key, or says loudly that it is not there.
func (b Backup) addKey(ctx context.Context, m *backup.Manifest, key backup.Key, out *Made) error {
	path := b.keyFile()
	_, err := os.Stat(path)
	switch {
	case b.WithoutKey:
		out.Notes = append(out.Notes, "THE KEYS OF THE PLATFORM AND OF BODIES ARE NOT IN THIS BACKUP. Keep copies of them elsewhere: without them accounts, signatures and sealed bodies cannot be brought back.")
	case path == "" || errors.Is(err, fs.ErrNotExist):
		out.Notes = append(out.Notes, "The platform's key was not found in a file: if there is one, name it by --key-file, for it is not in this backup.")
	default:
		return b.addSecret(ctx, m, key, keyPart, path)
	}
	m.Without = append(m.Without, keyPart)
	return nil
}

// addSealKey adds the key of bodies, where they are sealed: without it nobody reads the database of the backup.
func (b Backup) addSealKey(ctx context.Context, m *backup.Manifest, key backup.Key, _ *Made) error {
	switch {
	case b.SealKey == "":
		return nil
	case b.WithoutKey:
		m.Without = append(m.Without, sealKeyPart)
		return nil
	}
	return b.addSecret(ctx, m, key, sealKeyPart, b.SealKey)
}

// addSecret adds a file of keys. The error is Forbidden if the backup is sealed by one of them.
func (b Backup) addSecret(ctx context.Context, m *backup.Manifest, key backup.Key, part, path string) error {
	text, err := secretFile(path)
	if err != nil {
		return err
	}
	if own, err := secretFile(b.BackupKey.BackupKey); err != nil || holdsKeys(text, own) {
		return fault.New(fault.Forbidden, "The key of backups must be another than those that lie in them.").Because(err)
	}
	return m.Add(ctx, b.To, key, backup.Files{Part: part, Paths: map[string]string{keyName(part): path}})
}

// keyName is what a file of keys is called in its part.
func keyName(part string) string {
	if part == keyPart {
		return "platform.key" // as it has always been
	}
	return part
}

// keyFile is the file with the platform's key, "" if nobody says or the environment has it.
func (t Trail) keyFile() string {
	if t.KeyFile == "" && t.file() != "" && os.Getenv(KeyVariable) == "" {
		return t.file() + ".key"
	}
	return t.KeyFile
}

// hasKey tells whether the platform's key is there.
func (t Trail) hasKey() bool {
	path := t.keyFile()
	if path == "" {
		return os.Getenv(KeyVariable) != ""
	}
	_, err := os.Stat(path)
	return err == nil
}

// check brings the backup back into a folder of its own and looks at it.
func (b Backup) check(ctx context.Context, key backup.Key) (*Looked, error) {
	scratch := b.Scratch
	if scratch == "" {
		scratch = filepath.Dir(b.file())
		if b.file() == "" {
			scratch = os.TempDir()
		}
	}
	dir, err := os.MkdirTemp(scratch, "yitong-verify-")
	if err != nil {
		return nil, fault.New(fault.Unavailable, "The backup cannot be brought back in %s: name another folder by --scratch.", scratch).Because(err)
	}
	defer os.RemoveAll(dir)
	r := Restore{Trail: b.Trail, BackupKey: b.BackupKey, From: b.To, Zone: b.Zone}
	r.DB = b.scratchDB(dir)
	r.TrailLog, r.KeyFile = filepath.Join(dir, "trail"), b.keyFile()
	return r.look(ctx, key, dir)
}

// scratchDB is where a backup is brought back to be looked at.
func (b Backup) scratchDB(dir string) string {
	if strings.HasPrefix(b.DB, "sqlite:") {
		return "sqlite:" + filepath.Join(dir, "record.db")
	}
	return b.DB
}
