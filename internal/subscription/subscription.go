package subscription

import (
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// The names of the guide (Subscriptions R5 Backport, STU 1.1).
const (
	guide          = "http://hl7.org/fhir/uv/subscriptions-backport/"
	Profile        = guide + "StructureDefinition/backport-subscription"
	statusProfile  = guide + "StructureDefinition/backport-subscription-status-r4"
	extFilter      = guide + "StructureDefinition/backport-filter-criteria"
	extContent     = guide + "StructureDefinition/backport-payload-content"
	extHeartbeat   = guide + "StructureDefinition/backport-heartbeat-period"
	extTimeout     = guide + "StructureDefinition/backport-timeout"
	extMaxCount    = guide + "StructureDefinition/backport-max-count"
	extChannelType = guide + "StructureDefinition/backport-channel-type"
	// TopicExtension is of a resource in a CapabilityStatement: a topic that can be subscribed to.
	TopicExtension = guide + "StructureDefinition/capabilitystatement-subscriptiontopic-canonical"
	// OperationDefinitions is where those of the guide are.
	OperationDefinitions = guide + "OperationDefinition/backport-subscription-"
)

// Content is how much a notice tells of what has changed.
type Content string

// The contents (backport-content-code-system).
const (
	Empty        Content = "empty"
	IDOnly       Content = "id-only"
	FullResource Content = "full-resource"
)

// Known tells whether there is such a content.
func (c Content) Known() bool { return c == Empty || c == IDOnly || c == FullResource }

// Bounds of a Subscription.
const (
	criteriaMost   = 2048 // characters, of a filter too
	filtersMost    = 10
	countMost      = 100 // events of one notice
	heartbeatLeast = 10 * time.Second
	timeoutMost    = time.Minute
)

var typeSubscription, _ = schema.TypeOf("Subscription")

// Subscription is a Subscription as it was read.
type Subscription struct {
	Ref       fhir.Ref
	Status    string // requested, active, error or off
	By        Subscriber
	Topic     string // its URL; "" for one by R4's criteria
	Watches   []watch
	Socket    bool // notices go to websockets, not to the endpoint
	Endpoint  string
	Headers   []Header
	Content   Content // FullResource with a payload, Empty without, by R4's criteria
	Heartbeat time.Duration
	Timeout   time.Duration // of a delivery; 0 for the usual
	Most      int           // events of one notice
	End       time.Time     // zero for none
}

// watch is a type of which changes are looked at.
type watch struct {
	Trigger
	query string // that the resource must meet: the criteria of the Subscription, and what the topic asks for
}

// Read reads a Subscription. The error is Unprocessable, and says what to mend.
func (s *Service) Read(r fhir.Resource) (sub *Subscription, err error) {
	n := r.Root
	sub = &Subscription{Ref: fhir.Ref{Type: typeSubscription, ID: r.ID}, Status: n.Get("status").Str(), Most: 1}
	sub.By, _ = subscriberOf(n)
	criteria := n.Get("criteria").Str()
	if len(criteria) > criteriaMost {
		return nil, wrong("criteria", "The criteria have more than %d characters.", criteriaMost)
	}
	if text := n.Get("end").Str(); text != "" {
		if sub.End, err = time.Parse(time.RFC3339Nano, text); err != nil {
			return nil, wrong("end", "The end should be an instant, such as 2027-01-01T00:00:00+08:00.")
		}
	}
	if topic := s.topics[criteria]; topic != nil {
		sub.Topic = topic.URL
		err = sub.byTopic(topic, n)
	} else {
		err = sub.byCriteria(criteria)
	}
	if err == nil {
		err = sub.channel(n.Get("channel"), s.config.Endpoints)
	}
	return sub, err
}

func wrong(element, format string, args ...any) *fault.Error {
	return fault.New(fault.Unprocessable, format, args...).WithIssue("value").At("Subscription." + element)
}

// byCriteria reads R4's criteria: a search, which creations and updates are held against.
func (s *Subscription) byCriteria(text string) error {
	name, query, _ := strings.Cut(text, "?")
	t, known := schema.TypeOf(name)
	if !known {
		return wrong("criteria", "The criteria should be a search such as Observation?code=…, or the URL of a topic that the CapabilityStatement lists.")
	}
	if unwatched(t) {
		return wrong("criteria", "%s cannot be subscribed to.", t)
	}
	s.Watches = []watch{{Trigger{Type: t, On: Creation | Updating}, query}}
	return nil
}

// unwatched tells of which types nobody is told: the trail is no resource, and of Subscriptions the status tells.
func unwatched(t schema.Type) bool { return t.String() == "AuditEvent" || t == typeSubscription }

// byTopic reads the filters that narrow a topic.
func (s *Subscription) byTopic(topic *Topic, n fhir.Node) error {
	filters := map[schema.Type]string{}
	count := 0
	for e := n.Get("_criteria").Get("extension").First(); e.Exists(); e = e.Next() {
		if e.Get("url").Str() != extFilter {
			continue
		}
		text := e.Get("valueString").Str()
		if count++; count > filtersMost || len(text) > criteriaMost {
			return wrong("criteria", "At most %d filters are taken, of at most %d characters.", filtersMost, criteriaMost)
		}
		name, query, typed := strings.Cut(text, "?")
		if !typed {
			query = text
		}
		is := false
		for _, trigger := range topic.Resources {
			if !typed || trigger.Type.String() == name {
				is = true
				filters[trigger.Type] = joined(filters[trigger.Type], query)
			}
		}
		if !is {
			return wrong("criteria", "The filter %.60q is of a type that the topic does not tell of.", text)
		}
		for _, pair := range gate.Pairs(query) {
			if topic.Filters != nil && !filtered(topic.Filters, pair.Name) {
				return wrong("criteria", "The topic is filtered by %s only.", strings.Join(topic.Filters, ", "))
			}
		}
	}
	for _, trigger := range topic.Resources {
		s.Watches = append(s.Watches, watch{trigger, joined(trigger.Current, filters[trigger.Type])})
	}
	return nil
}

func filtered(names []string, name string) bool {
	name, _, _ = strings.Cut(name, ":")
	for _, one := range names {
		if one == name {
			return true
		}
	}
	return false
}

// joined are the criteria of two queries.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "&" + b
}

// channel reads how notices are sent.
func (s *Subscription) channel(n fhir.Node, endpoints Endpoints) error {
	switch n.Get("type").Str() {
	case "rest-hook":
	case "websocket":
		s.Socket = true
	default:
		return wrong("channel.type", "Notices are sent by rest-hook or websocket.")
	}
	if valueOf(n.Get("_type"), extChannelType).Exists() {
		return wrong("channel.type", "Other channels than rest-hook and websocket are not offered.")
	}
	payload := n.Get("payload").Str()
	if payload != "" && payload != "application/fhir+json" {
		return wrong("channel.payload", "Notices are sent as application/fhir+json, or with no payload.")
	}
	if err := s.content(n, payload); err != nil {
		return err
	}
	if s.Endpoint = n.Get("endpoint").Str(); !s.Socket {
		if err := endpoints.Check(s.Endpoint); err != nil {
			return err
		}
	}
	for h := n.Get("header").First(); h.Exists(); h = h.Next() {
		one, err := readHeader(h.Str())
		if err != nil {
			return err
		}
		if s.Headers = append(s.Headers, one); len(s.Headers) > headersMost {
			return wrong("channel.header", "At most %d headers are sent.", headersMost)
		}
	}
	return s.pace(n)
}

// content reads how much notices tell.
func (s *Subscription) content(n fhir.Node, payload string) error {
	said := valueOf(n.Get("_payload"), extContent)
	switch {
	case s.Topic == "" && s.Socket && payload != "":
		return wrong("channel.payload", "A websocket by R4's criteria is told that something has changed, and takes no payload. Subscribe to a topic for more.")
	case s.Topic == "":
		if s.Content = Empty; payload != "" {
			s.Content = FullResource
		}
	case payload == "":
		return wrong("channel.payload", "The channel of a topic says its payload, application/fhir+json, and how much it tells (%s).", extContent)
	default:
		if s.Content = Content(said.Str()); !s.Content.Known() {
			return wrong("channel.payload", "The payload says how much it tells by the extension %s: empty, id-only or full-resource.", extContent)
		}
	}
	return nil
}

// pace reads how often and how patiently notices are sent.
func (s *Subscription) pace(n fhir.Node) error {
	number := func(url string, least, most int64) (int64, error) {
		value := valueOf(n, url)
		if !value.Exists() {
			return 0, nil
		}
		i, is := value.Int()
		if !is || i < least || i > most {
			return 0, wrong("channel", "The extension %s should be a number from %d to %d.", url, least, most)
		}
		return i, nil
	}
	const day = 24 * 3600
	beat, err := number(extHeartbeat, int64(heartbeatLeast/time.Second), 30*day)
	if err != nil {
		return err
	}
	timeout, err := number(extTimeout, 1, int64(timeoutMost/time.Second))
	if err != nil {
		return err
	}
	most, err := number(extMaxCount, 1, 1<<31-1)
	if err != nil {
		return err
	}
	s.Heartbeat, s.Timeout = time.Duration(beat)*time.Second, time.Duration(timeout)*time.Second
	if s.Topic != "" && most > 0 {
		s.Most = int(min(most, countMost))
	}
	return nil
}

// valueOf is the value of an extension; absent where there is none.
func valueOf(n fhir.Node, url string) fhir.Node {
	for e := n.Get("extension").First(); e.Exists(); e = e.Next() {
		if e.Get("url").Str() != url {
			continue
		}
		for m := e.First(); m.Exists(); m = m.Next() {
			if strings.HasPrefix(string(m.Name()), "value") {
				return m
			}
		}
	}
	return fhir.Node{}
}

// criteria reads a query as criteria for a type. Chains and _has are refused: what they lead to changes without a word.
func (s *Service) criteria(table *search.Table, t schema.Type, query string) ([]*search.Criterion, error) {
	pairs := gate.Pairs(query)
	if len(pairs) == 0 {
		return nil, nil
	}
	p := search.Parser{Table: table, Now: s.config.Now(), Base: s.config.URL}
	all, _, err := p.Criteria(t, pairs)
	for _, c := range all {
		if c.Deep() {
			return nil, wrong("criteria", "The criteria of a Subscription have no chains and no _has.")
		}
	}
	return all, err
}

func subscriptionRef(id string) fhir.Ref { return fhir.Ref{Type: typeSubscription, ID: id} }
