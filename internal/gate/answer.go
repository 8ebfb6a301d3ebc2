package gate

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/store"
)

// recalled is a result as an answer keeps it: the versions are immutable, so their names are enough.
type recalled struct {
	Event  Event  `json:"e"`
	Type   string `json:"t,omitempty"`
	ID     string `json:"i,omitempty"`
	Number int64  `json:"v,omitempty"`
}

// idempotencyKey is the key under which the answer is kept: one client's keys do not meet another's.
func (t *transaction) idempotencyKey() []byte {
	a := t.session.actor
	sum := sha256.Sum256([]byte(a.Reference + "\x00" + a.Client + "\x00" + a.As + "\x00" + t.once.Key))
	return sum[:]
}

// remember keeps the results with the changes that they tell of.
func (t *transaction) remember(tx store.Tx, results []Result) error {
	if t.once == nil {
		return nil
	}
	kept := make([]recalled, len(results))
	for i, r := range results {
		kept[i] = recalled{r.Event, r.Version.Ref.Type.String(), r.Version.Ref.ID, r.Version.Number}
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return fault.Wrap(err, "remembering an answer")
	}
	now, err := tx.Now()
	if err != nil {
		return err
	}
	return tx.Remember(t.want.Key, store.Answer{Request: t.once.Digest, Text: text}, now.Add(t.once.Keep))
}

// recall reads what was answered to the same request before.
func (t *transaction) recall(a *store.Answer) ([]recalled, error) {
	if !bytes.Equal(a.Request, t.once.Digest) {
		return nil, fault.New(fault.Unprocessable, "The idempotency key was used for another request. Take a new key for each new request.")
	}
	var past []recalled
	if err := json.Unmarshal(a.Text, &past); err != nil {
		return nil, fault.Wrap(err, "recalling an answer")
	}
	return past, nil
}

// Answered are the results of the request that was carried out before with an idempotency key; none if there was none. The error is
// Unprocessable if it was another request.
func (s *Session) Answered(ctx context.Context, once *Idempotency) ([]Result, error) {
	if once == nil {
		return nil, nil
	}
	t := &transaction{session: s, once: once}
	t.want.Key = t.idempotencyKey()
	found, err := s.gate.db.Gather(ctx, t.want)
	if err != nil || found.Answer == nil {
		return nil, err
	}
	past, err := t.recall(found.Answer)
	if err != nil {
		return nil, err
	}
	return s.replay(ctx, past)
}

// replay reads the versions of a recalled answer.
func (s *Session) replay(ctx context.Context, past []recalled) ([]Result, error) {
	results := make([]Result, len(past))
	view, err := s.view(ctx, s.gate.db)
	if err != nil {
		return nil, err
	}
	for i, r := range past {
		results[i].Event, results[i].Replayed = r.Event, true
		t, ok := schema.TypeOf(r.Type)
		if !ok {
			continue
		}
		v, err := s.gate.db.Version(ctx, fhir.Ref{Type: t, ID: r.ID}, r.Number)
		if err != nil {
			return nil, err
		}
		if results[i].Version, err = view.answered(ctx, r.Event, v); err != nil {
			return nil, err
		}
	}
	if err := view.hushAsked(ctx, s.gate.db, versionsOf(results)...); err != nil {
		return nil, err
	}
	return results, s.tellFound(results)
}

func versionsOf(results []Result) (all []*store.Version) {
	for i := range results {
		all = append(all, &results[i].Version)
	}
	return all
}

// answered is a version as it was answered. What somebody has written is theirs to be told again, as long as they may write such
// resources, and the resource as it is now; what was found must still be to be seen.
func (v *view) answered(ctx context.Context, event Event, version store.Version) (store.Version, error) {
	if !version.Live() {
		return version, nil
	}
	if v.whole(version.Ref.Type, MayAll) {
		return v.shown(version, MayAll)
	}
	head, err := v.gate.db.Head(ctx, version.Ref)
	if err != nil {
		return head, err
	}
	of := head
	if !of.Live() {
		of = version
	}
	if event == Created || event == Updated {
		for _, one := range []store.Version{of, version} {
			r, err := fhir.ParseResource(one.Body.Bytes)
			if err != nil {
				return one, fault.Wrap(err, "reading a stored resource")
			}
			if !v.writes(MayCreate|MayUpdate, r) {
				return one, there(store.Version{}, version.Ref)
			}
		}
		return v.shown(version, MayAll)
	}
	if is, err := v.seesLive(ctx, v.gate.db, MayLook, of); err != nil || !is {
		return store.Version{}, cmp.Or(err, there(store.Version{}, version.Ref))
	}
	shown, err := v.seen(ctx, v.gate.db, version, MayLook)
	return shown, cmp.Or(err, there(shown, version.Ref))
}
