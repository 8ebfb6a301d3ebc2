package app

import (
	"context"
	"encoding/base64"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"yitong/internal/backup"
	"yitong/internal/fault"
	"yitong/internal/store"
	"yitong/internal/store/sqlite"
)

// BackupKey says where the key of backups is.
type BackupKey struct {
	BackupKey string `help:"File with the key by which backups and archives are encrypted; yitong key new makes one. It is another than the platform's key, and must be kept where neither the record nor its backups are: without it they are lost." default:"" name:"backup-key" placeholder:"FILE"`
}

// key reads it.
func (b BackupKey) key() (backup.Key, error) {
	if b.BackupKey == "" {
		return backup.Key{}, fault.New(fault.Malformed, "Backups are encrypted: make a key by `yitong key new FILE`, keep a copy of it elsewhere, and set --backup-key.")
	}
	text, err := secretFile(b.BackupKey)
	if err != nil {
		return backup.Key{}, err
	}
	secret, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return backup.Key{}, fault.New(fault.Malformed, "%s holds no key: %d bytes in base64.", b.BackupKey, backup.KeyBytes)
	}
	return backup.NewKey(secret)
}

// Archiving says where what a record writes is kept for good.
type Archiving struct {
	Archive   string `help:"Folder, better on another machine's storage, into which a SQLite record's log is archived every second, so that yitong restore can go to any moment since a backup. A PostgreSQL server archives by itself: see docs/backup.md." default:"" placeholder:"DIR"`
	BackupKey `embed:""`
}

// open opens a record, archived if that is set, and gives what there is to measure about it, nil for nothing.
func (a Archiving) open(ctx context.Context, db Database, log *slog.Logger) (store.DB, *archiveMetrics, error) {
	if a.Archive == "" {
		record, err := db.Open(ctx)
		return record, nil, err
	}
	path, is := strings.CutPrefix(db.DB, "sqlite:")
	if !is {
		return nil, nil, fault.New(fault.NotSupported, "--archive is for SQLite. PostgreSQL archives by itself, with `yitong wal put` as its archive_command.")
	}
	key, err := a.key()
	if err != nil {
		return nil, nil, err
	}
	kept, err := backup.OpenArchive(a.Archive, key, path)
	if err != nil {
		return nil, nil, err
	}
	bodies, err := db.bodies()
	if err != nil {
		return nil, nil, err
	}
	m := &archiveMetrics{archive: kept, log: log}
	record, err := sqlite.Open(ctx, path, sqlite.Sealing(bodies), sqlite.Archiving(kept, sqlite.Usual, m.failed))
	if err != nil {
		return nil, nil, err
	}
	if run := kept.Status().Run; run != "" {
		log.Info("the archive goes on", "run", run)
	} else if _, err := os.Stat(path); err == nil {
		log.Warn("the archive begins a new run: a restore to a moment from now on needs a backup that is taken from now on")
	}
	return record, m, nil
}

// archiveMetrics tells how an archive does.
type archiveMetrics struct {
	archive *backup.Archive
	log     *slog.Logger
	said    time.Time
}

// failedEvery is how often it is logged that archiving fails.
const failedEvery = time.Minute

// failed is called by one goroutine at a time.
func (m *archiveMetrics) failed(err error) {
	if now := time.Now(); now.Sub(m.said) > failedEvery {
		m.said = now
		m.log.Error("what is written is not archived; the server goes on, and tries again every second", "archived to", m.archive.Status().To, "cause", err)
	}
}

var (
	archivedTo    = prometheus.NewDesc("yitong_archive_to_seconds", "Instant by which everything that was committed is archived, in seconds since 1970.", nil, nil)
	archivedBytes = prometheus.NewDesc("yitong_archive_bytes_total", "Bytes that were written to the archive.", nil, nil)
	archiveGaps   = prometheus.NewDesc("yitong_archive_runs_total", "Runs that the archive has begun since the server started: each needs a backup.", nil, nil)
)

// Describe implements [prometheus.Collector].
func (m *archiveMetrics) Describe(out chan<- *prometheus.Desc) {
	out <- archivedTo
	out <- archivedBytes
	out <- archiveGaps
}

// Collect implements [prometheus.Collector].
func (m *archiveMetrics) Collect(out chan<- prometheus.Metric) {
	s := m.archive.Status()
	to := 0.0
	if !s.To.IsZero() {
		to = float64(s.To.UnixMilli()) / 1000
	}
	out <- prometheus.MustNewConstMetric(archivedTo, prometheus.GaugeValue, to)
	out <- prometheus.MustNewConstMetric(archivedBytes, prometheus.CounterValue, float64(s.Bytes))
	out <- prometheus.MustNewConstMetric(archiveGaps, prometheus.CounterValue, float64(s.Gaps))
}

// PutWAL archives a file of a PostgreSQL server's log.
func (a Archiving) PutWAL(path string) error {
	if a.Archive == "" {
		return fault.New(fault.Malformed, "Say by --archive where the log is archived.")
	}
	key, err := a.key()
	if err != nil {
		return err
	}
	return backup.PutWAL(a.Archive, key, path)
}

// Trim takes out of an archive what is older than people need it.
type Trim struct {
	BackupKey `embed:""`
	Archive   string    `help:"Folder of the archive: of a SQLite record, or of a PostgreSQL server's log." required:"" placeholder:"DIR"`
	Backups   []string  `help:"Folder with backups of the record, each in a folder of its own. One of them must have been taken by the moment from which on everything stays within reach. For several, repeat it." required:"" placeholder:"DIR"`
	Days      int       `help:"How many days back every moment stays within reach of a restore." default:"30"`
	Since     time.Time `help:"Moment from which on everything stays within reach, instead of --days, such as 2026-05-01T08:30:00+08:00." placeholder:"INSTANT"`
	DryRun    bool      `help:"Say what would go, and remove nothing." name:"dry-run"`
}

// Run tells what is removed from the archive, or would be. The errors are those of [backup.PlanTrim].
func (t Trim) Run(ctx context.Context, now time.Time) (*backup.Trim, error) {
	if t.Days < 1 {
		return nil, fault.New(fault.Malformed, "--days should be 1 or more.")
	}
	key, err := t.key()
	if err != nil {
		return nil, err
	}
	cut := t.Since
	if cut.IsZero() {
		cut = now.AddDate(0, 0, -t.Days)
	}
	plan, err := backup.PlanTrim(ctx, t.Archive, t.Backups, key, cut)
	if err == nil && !t.DryRun {
		err = plan.Remove()
	}
	return plan, err
}
