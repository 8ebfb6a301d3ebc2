package scheduling

import (
	"bytes"
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

const (
	drawPrefix = "draw-" // of the ids of Lists
	enterUsual = 24      // hours to enter a draw, where a clinic does not say
	idsInPart  = 1_000   // of entries in one text of the List: R4 has no texts above 1 MB
)

// The states of a draw, in their order. They are stored: never rename one.
const (
	drawOpen     = "open"     // it can be entered
	drawClosed   = "closed"   // no more
	drawRevealed = "revealed" // the entries are fixed, the seed is known, and places are given
	drawDone     = "done"     // what is left is open to all
)

// draw is the lot by which the public's places of a day of a clinic are given (R4 List).
type draw struct {
	ref         fhir.Ref
	version     int64
	institution string
	clinic      string // Schedule/…
	day         string
	enters      time.Time // from when on it can be entered
	opens       time.Time // when it is drawn
	commitment  string    // SM3 of the seed, in hex
	state       string
	seed        string   // in hex, "" before it is revealed
	entries     []string // ids of Appointments, in their order, once they are fixed
}

// drawOf reads a draw.
func drawOf(r fhir.Resource, version int64, zone *time.Location) (w draw, is bool) {
	if r.Type != typeList || !tagged(r, tagDraw) {
		return w, false
	}
	of := extended(r.Root, urlDraw)
	text := func(name string) string { return extended(of, name).Get("valueString").Str() }
	w = draw{
		ref: fhir.Ref{Type: r.Type, ID: r.ID}, version: version, clinic: extended(of, "clinic").Get("valueReference").Get("reference").Str(),
		day: extended(of, "day").Get("valueDate").Str(), commitment: text("commitment"), state: text("state"), seed: text("seed"),
		enters: at(extended(of, "enters").Get("valueInstant")).In(zone), opens: at(extended(of, "opens").Get("valueInstant")).In(zone),
	}
	for e := of.Get("extension").First(); e.Exists(); e = e.Next() {
		if e.Get("url").Str() == "entries" {
			w.entries = append(w.entries, strings.Fields(e.Get("valueString").Str())...)
		}
	}
	w.institution, _ = r.Extended(gate.Custodian)
	return w, true
}

// op writes a draw: a new one, or over the version that was read.
func (w draw) op() (gate.Op, error) {
	tags := []string{tagDraw}
	if w.state != drawDone {
		tags = append(tags, tagUndrawn)
	}
	parts := []extension{
		refers("clinic", w.clinic), {URL: "day", Date: w.day}, {URL: "enters", Instant: instant(w.enters)}, {URL: "opens", Instant: instant(w.opens)},
		{URL: "commitment", String: w.commitment}, {URL: "state", String: w.state},
	}
	if w.seed != "" {
		parts = append(parts, extension{URL: "seed", String: w.seed})
	}
	for some := range slices.Chunk(w.entries, idsInPart) {
		parts = append(parts, extension{URL: "entries", String: strings.Join(some, " ")})
	}
	r, err := written(object{
		"resourceType": "List", "id": w.ref.ID, "meta": metaOf(w.institution, tags...), "extension": []extension{{URL: urlDraw, Extension: parts}},
		"status": "current", "mode": "snapshot",
	})
	return gate.Op{Kind: gate.Update, Type: typeList, ID: w.ref.ID, IfVersion: w.version, IfAbsent: w.version == 0, Resource: r}, err
}

// draw reads a draw that this package has announced.
func (d Desk) draw(ctx context.Context, s *gate.Session, ref fhir.Ref) (draw, error) {
	v, err := s.Read(ctx, ref)
	if err != nil {
		return draw{}, err
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return draw{}, fault.Wrap(err, "reading a List")
	}
	w, is := drawOf(r, v.Number, d.Zone)
	if !is {
		return w, fault.New(fault.Unprocessable, "%s is no draw of a clinic. 该资源不是抽签。", ref)
	}
	return w, nil
}

// drawRef names the draw of a clinic on a day.
func drawRef(clinic fhir.Ref, day string) fhir.Ref {
	return fhir.Ref{Type: typeList, ID: drawPrefix + clinic.ID + "-" + strings.ReplaceAll(day, "-", "")}
}

// seedOf is the seed of a draw: it follows from what the platform alone knows, and is not in the record before it is revealed.
func (d Desk) seedOf(ref fhir.Ref) []byte { return d.secret("draw", ref.ID) }

// Commitment is what is published of a seed before anybody enters, in hex.
func Commitment(seed []byte) string {
	digest := sm3.Sum(seed)
	return hex.EncodeToString(digest[:])
}

// Order is the order in which the entries to a draw are given places: that of SM3(seed ‖ id).
func Order(seed []byte, entries []string) []string {
	lots := map[string][]byte{}
	for _, id := range entries {
		digest := sm3.Sum(append(slices.Clone(seed), id...))
		lots[id] = digest[:]
	}
	sorted := slices.Clone(entries)
	slices.SortFunc(sorted, func(a, b string) int { return bytes.Compare(lots[a], lots[b]) })
	return sorted
}

// drawn tells whether the public's places of a clinic are drawn.
func (in Clinic) drawn() bool { return in.Draw != nil && *in.Draw }

// hours is for how many hours a draw can be entered.
func (in Clinic) hours() int {
	if in.Enter != nil {
		return *in.Enter
	}
	return enterUsual
}

// early is how many days before they open segments are published, so that they are seen, and draws can be entered.
func (in Clinic) early() int {
	if in.drawn() {
		return early + (in.hours()+23)/24
	}
	return early
}

// announce has the segments of a day wait for their draw, where the clinic's places are drawn and there is time to enter. It gives what is
// to be written beside them: the draw with its commitment, so that the trail has it before anybody enters.
func (d Desk) announce(ctx context.Context, s *gate.Session, in Clinic, h home, segments []segment) (ops []gate.Op, err error) {
	if !in.drawn() || len(segments) == 0 {
		return nil, nil
	}
	g, now := segments[0], s.Now().In(d.Zone)
	w := draw{
		ref: drawRef(fhir.ParseReference(g.clinic).Ref, g.day()), institution: h.institution, clinic: g.clinic, day: g.day(), opens: g.Opens, state: drawOpen,
		enters: g.Opens.Add(-time.Duration(in.hours()) * time.Hour),
	}
	switch was, err := d.draw(ctx, s, w.ref); {
	case err == nil:
		w = was
	case fault.CodeOf(err) != fault.NotFound && fault.CodeOf(err) != fault.Gone:
		return nil, err
	case w.opens.Sub(now) < h.enter:
		return nil, nil // too late: who is quick gets them, as without a draw
	default:
		w.commitment = Commitment(d.seedOf(w.ref))
		op, err := w.op()
		if err != nil {
			return nil, err
		}
		ops = append(ops, op)
	}
	if w.state != drawOpen {
		return ops, nil
	}
	for i := range segments {
		segments[i].draw, segments[i].Draws, segments[i].Opens, segments[i].enters = w.ref.String(), true, w.opens, w.enters
	}
	return ops, nil
}
