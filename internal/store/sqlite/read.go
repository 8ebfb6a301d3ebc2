package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
	"yitong/internal/store/seal"
)

const (
	between = " AND (o, rid) > (?2, ?3) AND (o, rid) < (?4, ?5) ORDER BY o, rid LIMIT ?6"
	down    = " AND (o, rid) > (?2, ?3) AND (o, rid) < (?4, ?5) ORDER BY o DESC, rid DESC LIMIT ?6"

	sqlUp          = "SELECT o, rid FROM ix WHERE h = ?1" + between
	sqlDown        = "SELECT o, rid FROM ix WHERE h = ?1" + down
	sqlTextsUp     = "SELECT v, rid FROM str WHERE h = ?1 AND (v, rid) > (?2, ?3) AND (v, rid) < (?4, ?5) ORDER BY v, rid LIMIT ?6"
	sqlTextsDown   = "SELECT v, rid FROM str WHERE h = ?1 AND (v, rid) > (?2, ?3) AND (v, rid) < (?4, ?5) ORDER BY v DESC, rid DESC LIMIT ?6"
	ofType         = " FROM res WHERE type = ?1 AND method <> 4 AND (updated, rid) > (?2, ?3) AND (updated, rid) < (?4, ?5)"
	sqlChangesUp   = "SELECT updated, rid" + ofType + " ORDER BY updated, rid LIMIT ?6"
	sqlChangesDown = "SELECT updated, rid" + ofType + " ORDER BY updated DESC, rid DESC LIMIT ?6"

	sqlSize        = "SELECT count(*) FROM (SELECT 1 FROM ix WHERE h = ?1 AND (o, rid) > (?2, ?3) AND (o, rid) < (?4, ?5) LIMIT ?6)"
	sqlWholeSize   = "SELECT count(*) FROM (SELECT 1 FROM ix WHERE h = ?1 LIMIT ?2)"
	sqlTextsSize   = "SELECT count(*) FROM (SELECT 1 FROM str WHERE h = ?1 AND (v, rid) > (?2, ?3) AND (v, rid) < (?4, ?5) LIMIT ?6)"
	sqlChangesSize = "SELECT count(*) FROM (SELECT 1" + ofType + " LIMIT ?6)"

	sqlHeld   = "SELECT key FROM json_each(?1) WHERE EXISTS (SELECT 1 FROM ix WHERE h = value)"
	sqlNames  = "SELECT k.key, r.type, r.id FROM json_each(?1) k JOIN res r ON r.rid = k.value"
	sqlBodies = "SELECT " + columns + " FROM res WHERE rid IN (SELECT value FROM json_each(?1)) AND method <> 4"
	sqlBorn   = "SELECT rid, updated FROM hist WHERE rid IN (SELECT value FROM json_each(?1)) AND ver = 1"
)

var readerStatements = []string{
	sqlHead, sqlVersion, sqlVersions, sqlChanges, sqlLive, sqlSeek, sqlNaming, sqlAnswer, sqlUp, sqlDown, sqlTextsUp, sqlTextsDown,
	sqlChangesUp, sqlChangesDown, sqlSize, sqlWholeSize, sqlTextsSize, sqlChangesSize, sqlHeld, sqlNames, sqlBodies, sqlBorn,
	sqlEpochs, sqlFeedEnd, sqlFeed, sqlFollowers, sqlOutbox, sqlNextDue,
	sqlReserved, sqlReservedIn, sqlItem, sqlNamed, sqlOwned, sqlOfAll, sqlPast,
	sqlLoose, sqlBoundBeside, sqlAreLoose, sqlBatches, sqlBatchBodies, sqlLastBatch, sqlKeysOf, sqlWindow, sqlFindLate, sqlFindBatches, sqlFindNewest, sqlFindRun,
}

// reader implements [store.Reader] with the prepared statements of a connection, or of a pool.
type reader struct {
	run    map[string]*sql.Stmt // by their texts
	bodies seal.Bodies
}

// Seek implements [store.Reader].
func (r reader) Seek(ctx context.Context, ranges []store.Range) ([][]store.Posting, error) {
	found := make([][]store.Posting, len(ranges))
	for i := range ranges {
		if ctx.Err() != nil {
			return nil, fault.New(fault.Unavailable, "The request was given up.").Because(ctx.Err())
		}
		q, args := statement(&ranges[i])
		rows, err := r.run[q].Query(append(args, ranges[i].Most)...)
		if found[i], err = all(rows, err, posting(ranges[i].Texts)); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// statement is the one that reads a range, and its arguments but for the last.
func statement(r *store.Range) (q string, args []any) {
	switch {
	case r.Texts:
		q = choose(r.Down, sqlTextsDown, sqlTextsUp)
		return q, []any{int64(r.Key), r.From.Text, r.From.Rid, r.To.Text, r.To.Rid}
	case r.Changes != 0:
		q = choose(r.Down, sqlChangesDown, sqlChangesUp)
		return q, []any{r.Changes, r.From.Order, r.From.Rid, r.To.Order, r.To.Rid}
	}
	q = choose(r.Down, sqlDown, sqlUp)
	return q, []any{int64(r.Key), r.From.Order, r.From.Rid, r.To.Order, r.To.Rid}
}

func choose(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

func posting(texts bool) func(scanner) (store.Posting, error) {
	if texts {
		return func(row scanner) (p store.Posting, err error) { return p, row.Scan(&p.Text, &p.Rid) }
	}
	return func(row scanner) (p store.Posting, err error) { return p, row.Scan(&p.Order, &p.Rid) }
}

// Sizes implements [store.Reader].
func (r reader) Sizes(ctx context.Context, ranges []store.Range, most int) ([]int, error) {
	sizes := make([]int, len(ranges))
	for i := range ranges {
		if ctx.Err() != nil {
			return nil, fault.New(fault.Unavailable, "The request was given up.").Because(ctx.Err())
		}
		q, args := sizeStatement(&ranges[i])
		if err := r.run[q].QueryRow(append(args, most)...).Scan(&sizes[i]); err != nil {
			return nil, fail(err, "counting")
		}
	}
	return sizes, nil
}

// sizeStatement is the one that counts a range, and its arguments but for the last. To compare places takes longer than to
// count.
func sizeStatement(r *store.Range) (q string, args []any) {
	_, args = statement(r)
	switch {
	case r.Texts:
		return sqlTextsSize, args
	case r.Changes != 0:
		return sqlChangesSize, args
	case r.From == first && r.To == last:
		return sqlWholeSize, args[:1]
	}
	return sqlSize, args
}

// first and last are the places around all lines of a key.
var first, last = store.Posting{Order: math.MinInt64, Rid: -1}, store.Posting{Order: math.MaxInt64, Rid: math.MaxInt64}

// Heads implements [store.Reader].
func (r reader) Heads(_ context.Context, refs []fhir.Ref) (heads []store.Version, err error) {
	heads = make([]store.Version, len(refs))
	for i, ref := range refs {
		if heads[i], err = r.one(r.run[sqlHead].QueryRow(ref.Type, ref.ID)); err != nil {
			return nil, err
		}
	}
	return heads, nil
}

// Holders implements [store.Reader].
func (r reader) Holders(_ context.Context, keys []store.Key, most int) ([]store.Version, error) {
	rows, err := r.run[sqlSeek].Query(list(keys), most)
	return all(rows, err, r.version)
}

// Held implements [store.Reader].
func (r reader) Held(_ context.Context, keys []store.Key) ([]bool, error) {
	held := make([]bool, len(keys))
	rows, err := r.run[sqlHeld].Query(list(keys))
	return held, each(rows, err, func(row scanner) error {
		var n int
		err := row.Scan(&n)
		held[n] = true
		return err
	})
}

// Names implements [store.Reader].
func (r reader) Names(_ context.Context, rids []int64) ([]fhir.Ref, error) {
	refs := make([]fhir.Ref, len(rids))
	rows, err := r.run[sqlNames].Query(list(rids))
	return refs, each(rows, err, func(row scanner) error {
		var n int
		var ref fhir.Ref
		err := row.Scan(&n, &ref.Type, &ref.ID)
		refs[n] = ref
		return err
	})
}

// Bodies implements [store.Reader].
func (r reader) Bodies(_ context.Context, rids []int64) ([]store.Version, error) {
	rows, err := r.run[sqlBodies].Query(list(rids))
	return all(rows, err, r.version)
}

// Born implements [store.Reader].
func (r reader) Born(_ context.Context, rids []int64) (map[int64]time.Time, error) {
	rows, err := r.run[sqlBorn].Query(list(rids))
	born := make(map[int64]time.Time, len(rids))
	return born, each(rows, err, func(row scanner) error {
		var rid, micros int64
		err := row.Scan(&rid, &micros)
		born[rid] = time.UnixMicro(micros).UTC()
		return err
	})
}

// list writes numbers or names as a JSON array, the form in which SQLite takes a list.
func list[T ~int64 | string](values []T) string {
	text, err := json.Marshal(values)
	if err != nil {
		panic(fault.Wrap(err, "writing a list")) // they always marshal
	}
	return string(text)
}
