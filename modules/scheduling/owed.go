package scheduling

import (
	"encoding/json"
	"time"

	"yitong/internal/fhir"
)

// owed says that what was paid for a visit is owed back: the hospital has called it off. It stands on the Appointment, in the transaction that
// calls the visit off, and never goes away: who keeps the ledger finds it in the feed, or by its tag, and the Appointment's id is what it
// pays back for once.
type owed struct {
	since time.Time
	price string // of the place, in yuan; "" where none is stated. What was paid is in the ledger.
}

// owe notes that a visit that was booked is called off by the hospital.
func (b *booking) owe(price string, now time.Time) { b.owed = &owed{now, price} }

// extension is how it stands on an Appointment.
func (o *owed) extension() extension {
	parts := []extension{{URL: "since", Instant: instant(o.since)}}
	if o.price != "" {
		parts = append(parts, extension{URL: "price", Decimal: json.Number(o.price)})
	}
	return extension{URL: urlOwed, Extension: parts}
}

// owedIn reads it from an Appointment; nil where nothing is owed.
func owedIn(n fhir.Node, zone *time.Location) *owed {
	of := extended(n, urlOwed)
	if !of.Exists() {
		return nil
	}
	return &owed{at(extended(of, "since").Get("valueInstant")).In(zone), string(extended(of, "price").Get("valueDecimal").Raw())}
}
