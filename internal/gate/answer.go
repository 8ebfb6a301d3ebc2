package gate

import (
	"bytes"
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
		if results[i].Version, err = view.answered(v); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// answered is a version as it was answered: to whom may not write such resources any more, or read them, it is as if it were not
// there.
func (v *view) answered(version store.Version) (store.Version, error) {
	if !version.Live() || v.whole(version.Ref.Type, MayAll) {
		return version, nil
	}
	r, err := fhir.ParseResource(version.Body.Bytes)
	if err != nil {
		return version, fault.Wrap(err, "reading a stored resource")
	}
	if v.sees(MayLook, r, version.Updated) {
		return v.shown(version, MayLook)
	}
	if !v.writes(MayCreate|MayUpdate, r) {
		return version, there(store.Version{}, version.Ref)
	}
	return version, nil
}
