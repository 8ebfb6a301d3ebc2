package emergency

import (
	"context"
	"time"

	"yitong/internal/gate"
)

// Own is what somebody knows who may open records in an emergency: by which rules, and which are open to them.
type Own struct {
	Lasts, Review time.Duration // how long a record stays open, and until when it is reviewed
	Most          int           // records at a time
	Least, Length int           // characters of a reason, at least and at most
	Open          []OwnUse      // in the role of the session, the newest first
}

// OwnUse is a record that is open.
type OwnUse struct {
	Patient, Name string
	Until         time.Time
}

// Own tells the practitioner of a session by which rules they open records, and which of them are open now. The error is Forbidden for
// whoever is no practitioner at an institution.
func (e *Service) Own(ctx context.Context, session *gate.Session) (Own, error) {
	own := Own{Lasts: e.config.Lasts, Review: e.config.Review, Most: e.config.Rules.Open, Least: textLeast, Length: textMost}
	me, err := practitioner(session.Actor())
	if err != nil {
		return Own{}, err
	}
	s := session.Behalf(Process)
	uses, err := e.usesOf(ctx, s.Unseen(), me) // of those that have ended nothing is told
	if err != nil {
		return Own{}, err
	}
	now := e.now(s)
	for _, u := range uses {
		if !u.openIn(session.Actor().Role, now) {
			continue
		}
		name, err := nameOf(ctx, s, u.patient)
		if err != nil {
			return Own{}, err
		}
		own.Open = append(own.Open, OwnUse{u.patient, name, u.until})
	}
	return own, nil
}
