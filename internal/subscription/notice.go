package subscription

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"strconv"

	"github.com/google/uuid"

	"yitong/internal/fault"
	"yitong/internal/fhir/draft"
	"yitong/internal/gate"
)

// notice is what a subscriber is told at a time.
type notice struct {
	sub    *Subscription
	state  state
	kind   string // of subscription-notification-type
	total  int64  // events until now
	events []shown
}

// shown is an event with its resource as the subscriber sees it.
type shown struct {
	Event
	resource []byte // nil for what was deleted
}

// show looks at events in the name of who is told of them, and leaves out what they do not see any more. The trail has what is left when
// it returns.
func (s *Service) show(ctx context.Context, session *gate.Session, list []Event) (out []shown, err error) {
	for _, e := range list {
		one, is, err := s.shown(ctx, session, e)
		if err != nil {
			return nil, err
		}
		if is {
			out = append(out, one)
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, session.Leave(ctx, nil)
}

func (s *Service) shown(ctx context.Context, session *gate.Session, e Event) (one shown, is bool, err error) {
	one.Event = e
	if e.On == Deletion { // they saw what was there before
		_, err = session.VRead(ctx, e.ref(), e.Version-1)
		return one, err == nil, but(err)
	}
	if _, err = s.gate.Session(session.Actor()).Read(ctx, e.ref()); err != nil { // as it is now; that is not told
		return one, false, but(err)
	}
	v, err := session.VRead(ctx, e.ref(), e.Version)
	if err != nil {
		return one, false, but(err)
	}
	one.resource = v.Resource()
	return one, true, nil
}

// but is an error, if it does not say that something is not seen.
func but(err error) error {
	if unseen(err) {
		return nil
	}
	return err
}

// message is a notice for an endpoint.
func (s *Service) message(n notice) Message {
	m := Message{Method: "POST", URL: n.sub.Endpoint, Headers: n.sub.Headers, Timeout: s.config.Patience.Timeout}
	if n.sub.Timeout > 0 {
		m.Timeout = min(m.Timeout, n.sub.Timeout)
	}
	switch {
	case n.sub.Topic != "":
		m.Body = s.bundle("history", n, n.sub.Content)
	case n.sub.Content == FullResource && len(n.events) > 0: // the endpoint is a FHIR base (hl7.org/fhir/R4/valueset-subscription-channel-type.html)
		m.Method, m.Body = "PUT", n.events[0].resource
		m.URL += "/" + n.events[0].Of
	}
	return m
}

// address is a reference in front of which stands the base.
func (s *Service) address(of string) string {
	if s.config.URL == "" {
		return of
	}
	return s.config.URL + "/" + of
}

type (
	parameters struct {
		ResourceType string      `json:"resourceType"`
		ID           string      `json:"id"`
		Meta         meta        `json:"meta"`
		Parameter    []parameter `json:"parameter"`
	}
	meta struct {
		Profile []string `json:"profile"`
	}
	parameter struct {
		Name      string           `json:"name"`
		Reference *draft.Reference `json:"valueReference,omitempty"`
		Canonical string           `json:"valueCanonical,omitempty"`
		Code      string           `json:"valueCode,omitempty"`
		String    string           `json:"valueString,omitempty"`
		Instant   string           `json:"valueInstant,omitempty"`
		Concept   *draft.Concept   `json:"valueCodeableConcept,omitempty"`
		Part      []parameter      `json:"part,omitempty"`
	}
)

// status is the first entry of a notice (backport-subscription-status-r4). What it tells of events depends on the content.
func (s *Service) status(n notice, content Content) (id string, text []byte) {
	p := parameters{ResourceType: "Parameters", ID: newID(), Meta: meta{[]string{statusProfile}}}
	p.Parameter = []parameter{{Name: "subscription", Reference: &draft.Reference{Reference: s.address(n.sub.Ref.String())}}}
	if content != Empty && n.sub.Topic != "" {
		p.Parameter = append(p.Parameter, parameter{Name: "topic", Canonical: n.sub.Topic})
	}
	p.Parameter = append(p.Parameter, parameter{Name: "status", Code: n.state.Status}, parameter{Name: "type", Code: n.kind},
		parameter{Name: "events-since-subscription-start", String: strconv.FormatInt(n.total, 10)})
	for _, e := range n.events {
		one := parameter{Name: "notification-event", Part: []parameter{
			{Name: "event-number", String: strconv.FormatInt(e.Number, 10)}, {Name: "timestamp", Instant: draft.Instant(e.At.UTC())},
		}}
		if content != Empty {
			one.Part = append(one.Part, parameter{Name: "focus", Reference: &draft.Reference{Reference: s.address(e.Of)}})
		}
		p.Parameter = append(p.Parameter, one)
	}
	if n.state.Status == "error" {
		p.Parameter = append(p.Parameter, parameter{Name: "error", Concept: &draft.Concept{
			Coding: []draft.Coding{draft.Coded("http://terminology.hl7.org/CodeSystem/subscription-error", "no-response")}, Text: n.state.Reason,
		}})
	}
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // texts always marshal
	}
	return p.ID, text
}

// asked is how the change of an event would be asked for, and its status.
var asked = map[Interaction][2]string{Creation: {"POST", "201"}, Updating: {"PUT", "200"}, Deletion: {"DELETE", "204"}}

// bundle is a notice as a Bundle, of notices (history) or of states (searchset).
func (s *Service) bundle(kind string, n notice, content Content) []byte {
	var b bytes.Buffer
	b.WriteString(`{"resourceType":"Bundle","id":"` + newID() + `","type":"` + kind + `","timestamp":"` + draft.Instant(s.config.Now().UTC()) + `","entry":[`)
	s.statusEntry(&b, kind, n, content)
	for _, e := range n.events {
		if content != FullResource {
			break
		}
		method, url := asked[e.On][0], e.Of
		if e.On == Creation {
			url = e.ref().Type.String()
		}
		b.WriteString(`,{"fullUrl":` + string(quoted(s.address(e.Of))))
		if e.resource != nil {
			b.WriteString(`,"resource":`)
			b.Write(e.resource)
		}
		b.WriteString(`,"request":{"method":"` + method + `","url":` + string(quoted(url)) + `},"response":{"status":"` + asked[e.On][1] + `"}}`)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

// statusEntry writes the entry with a status. In a history it says by what it could be asked for.
func (s *Service) statusEntry(b *bytes.Buffer, kind string, n notice, content Content) {
	id, text := s.status(n, content)
	b.WriteString(`{"fullUrl":"urn:uuid:` + id + `","resource":`)
	b.Write(text)
	if kind == "history" {
		b.WriteString(`,"request":{"method":"GET","url":` + string(quoted(s.address(n.sub.Ref.String())+"/$status")) + `},"response":{"status":"200"}}`)
	} else {
		b.WriteString(`,"search":{"mode":"match"}}`)
	}
}

func quoted(text string) []byte {
	out, err := json.Marshal(text)
	if err != nil {
		panic(err) // texts always marshal
	}
	return out
}

// Asked is what $events asks for.
type Asked struct {
	Since, Until int64   // numbers, both included; 0 for no bound
	Content      Content // "" for what the Subscription says
}

// answerMost is how many events one answer has.
const answerMost = 1000

// Events are events of a Subscription that a session may read, as a Bundle of type history (query-event): at most 1000, and of those
// that are kept still, as the session sees them now. The error is that of reading the Subscription.
func (s *Service) Events(ctx context.Context, session *gate.Session, id string, a Asked) ([]byte, error) {
	n, err := s.queried(ctx, session, id, "query-event")
	if err != nil {
		return nil, err
	}
	content := cmp.Or(a.Content, n.sub.Content)
	list, err := s.eventsOf(ctx, id, max(a.Since, 1)-1, answerMost)
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		if a.Until > 0 && e.Number > a.Until {
			break
		}
		one, is, err := s.shown(ctx, session, e)
		if err != nil {
			return nil, err
		}
		if is {
			n.events = append(n.events, one)
		}
	}
	return s.bundle("history", n, content), nil
}

// queried is the status of a Subscription that a session reads.
func (s *Service) queried(ctx context.Context, session *gate.Session, id, kind string) (n notice, err error) {
	v, err := session.Read(ctx, subscriptionRef(id))
	if err != nil {
		return n, err
	}
	sub := s.readable(v)
	if sub == nil {
		sub = &Subscription{Ref: v.Ref, Content: Empty}
	}
	_, as, is, err := item[state](ctx, s.db, kindState, id)
	if err != nil {
		return n, err
	}
	if !is { // it is so new that nobody has looked at it
		as.Status = statusOf(v)
	}
	return notice{sub: sub, state: as, kind: kind, total: as.Events}, nil
}

// statusMost is how many Subscriptions one answer tells of.
const statusMost = 1000

// Status tells how Subscriptions fare that a session may read, as a Bundle of type searchset. With statuses, it tells of those in one of
// them.
func (s *Service) Status(ctx context.Context, session *gate.Session, ids, statuses []string) ([]byte, error) {
	if len(ids) > statusMost {
		return nil, fault.New(fault.TooLarge, "At most %d Subscriptions are told of at a time.", statusMost)
	}
	var b bytes.Buffer
	count := 0
	for _, id := range ids {
		n, err := s.queried(ctx, session, id, "query-status")
		if unseen(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(statuses) > 0 && !filtered(statuses, n.state.Status) {
			continue
		}
		if count++; count > 1 {
			b.WriteByte(',')
		}
		s.statusEntry(&b, "searchset", n, n.sub.Content)
	}
	return []byte(`{"resourceType":"Bundle","id":"` + newID() + `","type":"searchset","timestamp":"` + draft.Instant(s.config.Now().UTC()) +
		`","total":` + strconv.Itoa(count) + `,"entry":[` + b.String() + `]}`), nil
}

// newID is a new id of a Bundle or of Parameters.
func newID() string { return uuid.Must(uuid.NewV7()).String() }
