package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// Snapshot is a record as it was at one moment. It may be taken while a server works, and of a record that stands still: nothing is
// written to the file, and the log is left as it is.
type Snapshot struct {
	db   *sql.DB
	conn *sql.Conn

	Pages    int64
	PageSize int64
	Frames   int64          // of the log, that were there when the snapshot was, or more
	Feed     store.Position // where the feed ends
	Batch    int64          // the last of the trail
}

// TakeSnapshot holds a moment of a record, until the snapshot is closed. Meanwhile the log cannot be begun anew, and grows. The error
// is NotFound without the file.
func TakeSnapshot(ctx context.Context, path string) (*Snapshot, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fault.New(fault.NotFound, "There is no database file %s.", path).Because(err)
	}
	db, err := sql.Open("sqlite", address(path, "mode=ro&_pragma=busy_timeout(10000)&_pragma=cache_size(-8000)&_pragma=trusted_schema(0)"))
	if err != nil {
		return nil, fault.Wrap(err, "opening the database file")
	}
	s := &Snapshot{db: db}
	if err = s.begin(ctx); err != nil {
		_ = s.Close()
		return nil, fault.Wrap(err, "taking a snapshot")
	}
	return s, nil
}

func (s *Snapshot) begin(ctx context.Context) (err error) {
	if s.conn, err = s.db.Conn(ctx); err != nil {
		return err
	}
	if _, err = s.conn.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	for _, ask := range []struct {
		q  string
		to *int64
	}{
		{"SELECT max(number) FROM epoch", &s.Feed.Epoch}, // the first one settles what all see
		{sqlFeedEnd, &s.Feed.Number},
		{sqlLastBatch, &s.Batch},
		{"PRAGMA page_count", &s.Pages},
		{"PRAGMA page_size", &s.PageSize},
	} {
		if err = s.conn.QueryRowContext(ctx, ask.q).Scan(ask.to); err != nil {
			return fmt.Errorf("%w in %s", err, ask.q)
		}
	}
	other, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer other.Close()
	_, s.Frames, err = checkpoint(other, sqlLogLength)
	return err
}

// WriteTo implements [io.WriterTo]: it writes the file, page by page.
func (s *Snapshot) WriteTo(w io.Writer) (written int64, err error) {
	rows, err := s.conn.QueryContext(context.Background(), "SELECT data FROM sqlite_dbpage")
	if err != nil {
		return 0, fault.Wrap(err, "reading pages")
	}
	defer rows.Close()
	var page sql.RawBytes
	for rows.Next() {
		if err = rows.Scan(&page); err != nil {
			return written, fault.Wrap(err, "reading pages")
		}
		if int64(len(page)) != s.PageSize {
			return written, fault.Wrap(nil, fmt.Sprintf("reading pages: page %d has %d bytes", written/s.PageSize+1, len(page)))
		}
		n, err := w.Write(page)
		if written += int64(n); err != nil {
			return written, err
		}
	}
	if err = rows.Err(); err == nil && written != s.Pages*s.PageSize {
		err = fmt.Errorf("%d bytes for %d pages", written, s.Pages)
	}
	if err != nil {
		return written, fault.Wrap(err, "reading pages")
	}
	return written, nil
}

// Close lets go of the moment.
func (s *Snapshot) Close() error {
	if s.conn != nil {
		_ = s.conn.Close()
	}
	return s.db.Close()
}

// Replay folds a log of so many frames, which was put beside a file as FILE-wal, into it. The error is Unprocessable if the log ends
// earlier by its checksums, or is not of this file.
func Replay(ctx context.Context, path string, frames int64) error {
	db, err := sql.Open("sqlite", address(path, "_pragma=synchronous(FULL)&_pragma=trusted_schema(0)"))
	if err != nil {
		return fault.Wrap(err, "opening the database file")
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return fault.Wrap(err, "opening the database file")
	}
	defer conn.Close()
	var mode string
	if err := conn.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
		return fault.New(fault.Unprocessable, "%s is not a record with a log.", path).Because(err)
	}
	if _, n, err := checkpoint(conn, sqlLogLength); err != nil || n != frames {
		return fault.New(fault.Unprocessable, "Of %d frames of the log, %d are whole.", frames, n).Because(err)
	}
	if all, _, err := checkpoint(conn, sqlCut); err != nil || !all {
		return fault.Wrap(err, "folding the log")
	}
	return nil
}
