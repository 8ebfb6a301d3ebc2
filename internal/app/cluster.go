package app

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"yitong/internal/backup"
	"yitong/internal/fault"
	"yitong/internal/store/postgres"
)

// addCluster adds the data of the PostgreSQL server that has the record.
func (b Backup) addCluster(ctx context.Context, m *backup.Manifest, key backup.Key) error {
	db, err := b.Open(ctx)
	if err != nil {
		return err
	}
	state, err := db.FeedState(ctx)
	if err == nil {
		m.Feed = state.Head.String()
		m.Batch, err = db.LastBatch(ctx)
	}
	if e := db.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	major, err := backup.MajorOf(ctx, b.DB)
	if err != nil {
		return err
	}
	programs, err := backup.FindPrograms(major, b.Verify)
	if err != nil {
		return err
	}
	m.Database, m.Major = backup.PostgreSQL, major
	from := b.Replication
	if from == "" {
		from = b.DB
	}
	return m.Add(ctx, b.To, key, backup.Cluster{Programs: programs, DSN: from})
}

// revival prepares to bring the data of a server back in a folder.
func (r Restore) revival(b *backup.Backup, key backup.Key, dir string) (v backup.Revival, err error) {
	c, err := pgx.ParseConfig(r.DB)
	if err != nil {
		return v, fault.New(fault.Malformed, "--db should name the database as the servers do, such as postgres://yitong@/yitong.").Because(err)
	}
	if !r.At.IsZero() && r.Archive == "" {
		return v, fault.New(fault.Malformed, "Only with --archive can a restore go to a moment; the backup alone is of %s.", b.Ended.Format(time.RFC3339))
	}
	v = backup.Revival{Dir: dir, Archive: r.Archive, Key: key, Until: r.At, User: c.User, Database: c.Database}
	v.Programs, err = backup.FindPrograms(b.Major, true)
	return v, err
}

// lookCluster brings a server back on a folder of its own and looks at its record.
func (r Restore) lookCluster(ctx context.Context, key backup.Key, b *backup.Backup, dir string) (l *Looked, err error) {
	v, err := r.revival(b, key, dir)
	if err != nil {
		return nil, err
	}
	err = r.with(ctx, v, b, func(_ *backup.Server, db *postgres.DB) error {
		if l, err = r.inspect(ctx, db); err != nil {
			return err
		}
		if err := l.Wrong(); err != nil {
			return err
		}
		if l.Batch < b.Batch {
			return fault.New(fault.Conflict, "The trail ends at batch %d, before %d.", l.Batch, b.Batch)
		}
		return nil
	})
	return l, err
}

// with brings a server back for do.
func (r Restore) with(ctx context.Context, v backup.Revival, b *backup.Backup, do func(*backup.Server, *postgres.DB) error) (err error) {
	if err := v.Unpack(ctx, b); err != nil {
		return err
	}
	if b.Has(trailPart) {
		if err := b.Read(ctx, trailPart, func(from io.Reader) error { return backup.Untar(from, r.TrailLog) }); err != nil {
			return err
		}
	}
	s, err := v.Start(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if e := s.Stop(); err == nil {
			err = e
		}
	}()
	bodies, err := r.bodies()
	if err != nil {
		return err
	}
	db, err := postgres.Open(ctx, s.DSN, postgres.Sealing(bodies))
	if err != nil {
		return err
	}
	defer func() {
		if e := db.Close(); err == nil {
			err = e
		}
	}()
	return do(s, db)
}

// cluster brings a PostgreSQL server back into the folder --data.
func (r Restore) cluster(ctx context.Context, key backup.Key, by string) (*Restored, error) {
	if r.Data == "" {
		return nil, fault.New(fault.Malformed, "Say by --data into which folder the data of the new PostgreSQL server are to come.")
	}
	if err := r.vacant(r.Data, r.Data+settingsSuffix); err != nil {
		return nil, err
	}
	b, err := backup.Open(r.From, key)
	if err != nil {
		return nil, err
	}
	if b.Database != backup.PostgreSQL {
		return nil, fault.New(fault.Malformed, "The backup %s is of SQLite: name --db sqlite:PATH.", r.From)
	}
	if b.Has(trailPart) && r.TrailLog == "" {
		return nil, fault.New(fault.Malformed, "The backup has the log of the trail: say by --trail-log where it is to come.")
	}
	if err := r.keysBack(ctx, b); err != nil {
		return nil, err
	}
	staging := r.Data + stagingSuffix
	if err := backup.NewFolder(staging); err != nil {
		return nil, err
	}
	defer os.RemoveAll(staging)
	v, err := r.revival(b, key, staging)
	if err != nil {
		return nil, err
	}
	staged := r
	if staged.KeyFile = r.keyFile(); r.TrailLog != "" {
		staged.TrailLog = r.TrailLog + stagingSuffix
		defer os.RemoveAll(staged.TrailLog)
	}
	out := &Restored{Backup: b.Manifest, Lost: -1}
	err = staged.with(ctx, v, b, func(s *backup.Server, db *postgres.DB) error {
		looked, err := staged.inspect(ctx, db)
		if err != nil {
			return err
		}
		out.Looked = *looked
		if r.Archive != "" {
			out.Reached = &backup.Reached{To: s.To}
		}
		return staged.begin(ctx, db, out, by)
	})
	if err == nil {
		err = r.settleCluster(ctx, b, v)
	}
	if err != nil {
		return nil, err
	}
	return out, out.Wrong()
}

// settleCluster gives what was brought back its place.
func (r Restore) settleCluster(ctx context.Context, b *backup.Backup, v backup.Revival) error {
	if b.Has(settingsPart) {
		err := b.Read(ctx, settingsPart, func(from io.Reader) error { return backup.Untar(from, r.Data+settingsSuffix) })
		if err != nil {
			return err
		}
	}
	if b.Has(trailPart) && r.TrailLog != "" {
		_ = os.Remove(r.TrailLog) // an empty folder
		if err := os.Rename(r.TrailLog+stagingSuffix, r.TrailLog); err != nil {
			return fault.New(fault.Unavailable, "The log of the trail cannot be moved to %s.", filepath.Base(r.TrailLog)).Because(err)
		}
	}
	return v.Settle(r.Data)
}
