package rest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/subscription"
)

var typeSubscription, _ = schema.TypeOf("Subscription")

// subscriptionOperations are those of the guide (Subscriptions R5 Backport, STU 1.1).
func subscriptionOperations() (all []interaction) {
	add := func(name string, do func(*Server, *request) (*response, error), levels ...level) {
		for _, at := range levels {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				all = append(all, interaction{code: "operation", level: at, method: method, do: do, operation: name, types: []string{"Subscription"},
					canonical: subscription.OperationDefinitions + name})
			}
		}
	}
	add("status", (*Server).subscriptionStatus, levelTypeOperation, levelInstanceOperation)
	add("events", (*Server).subscriptionEvents, levelInstanceOperation)
	add("get-ws-binding-token", (*Server).subscriptionToken, levelTypeOperation, levelInstanceOperation)
	return all
}

// ofSubscriptions tells whether an interaction is offered only where subscribers are told.
func ofSubscriptions(x interaction) bool {
	return strings.HasPrefix(x.canonical, subscription.OperationDefinitions)
}

// subscribing makes what writes a Subscription ready: it is checked, and marked with whose it is. A Subscription is not patched: what it
// would become could say that it is somebody else's.
func (s *Server) subscribing(r *request, op gate.Op) (gate.Op, error) {
	if op.Type != typeSubscription || s.config.Subscriptions == nil {
		return op, nil
	}
	switch op.Kind {
	case gate.Patch:
		return op, fault.New(fault.NotSupported, "A Subscription is not patched. Send it as a whole, by PUT.")
	case gate.Create, gate.Update:
		var err error
		op.Resource, err = s.config.Subscriptions.Admit(r, r.session, op.Resource, op.ID)
		return op, err
	}
	return op, nil
}

// subscriptionStatus answers Subscription/[id]/$status and Subscription/$status: how Subscriptions fare.
func (s *Server) subscriptionStatus(r *request) (*response, error) {
	a, err := r.arguments("id", "status")
	if err != nil {
		return nil, err
	}
	ids, statuses := a.texts["id"], a.texts["status"]
	if r.level == levelInstanceOperation {
		if _, err := r.session.Read(r, r.ref); err != nil {
			return nil, err
		}
		ids, statuses = []string{r.ref.ID}, nil
	} else if len(ids) == 0 {
		if ids, err = r.subscriptions(); err != nil {
			return nil, err
		}
	}
	text, err := s.config.Subscriptions.Status(r, r.session, ids, statuses)
	return &response{status: http.StatusOK, resource: text}, err
}

// subscriptions are the ids of those that the caller finds.
func (r *request) subscriptions() (ids []string, err error) {
	asked, err := r.session.Request([]schema.Type{typeSubscription}, []search.Pair{{Name: "_count", Value: strconv.Itoa(search.CountMost)}}, gate.Wishes{})
	if err != nil {
		return nil, err
	}
	found, err := r.session.Search(r, asked, "subscriptions", "")
	if err != nil {
		return nil, err
	}
	for _, v := range found.Matches {
		ids = append(ids, v.Ref.ID)
	}
	return ids, nil
}

// subscriptionEvents answers Subscription/[id]/$events: what a subscriber was told, or was to be.
func (s *Server) subscriptionEvents(r *request) (*response, error) {
	a, err := r.arguments("eventsSinceNumber", "eventsUntilNumber", "content")
	if err != nil {
		return nil, err
	}
	var asked subscription.Asked
	for name, to := range map[string]*int64{"eventsSinceNumber": &asked.Since, "eventsUntilNumber": &asked.Until} {
		text, err := a.one(name)
		if err != nil {
			return nil, err
		}
		if text == "" {
			continue
		}
		if *to, err = strconv.ParseInt(text, 10, 64); err != nil || *to < 0 {
			return nil, fault.New(fault.Malformed, "%s is the number of an event.", name).WithIssue("value")
		}
	}
	content, err := a.one("content")
	if err != nil {
		return nil, err
	}
	if asked.Content = subscription.Content(content); content != "" && !asked.Content.Known() {
		return nil, fault.New(fault.Malformed, "The content is empty, id-only or full-resource.").WithIssue("value")
	}
	text, err := s.config.Subscriptions.Events(r, r.session, r.ref.ID, asked)
	return &response{status: http.StatusOK, resource: text}, err
}

// subscriptionToken answers Subscription/[id]/$get-ws-binding-token: what lets a websocket bind, once, within some minutes.
func (s *Server) subscriptionToken(r *request) (*response, error) {
	a, err := r.arguments("id")
	if err != nil {
		return nil, err
	}
	ids := a.texts["id"]
	if r.level == levelInstanceOperation {
		ids = []string{r.ref.ID}
	}
	for _, id := range ids {
		if !fhir.ValidID(id) {
			return nil, fault.New(fault.Malformed, "%q is no id of a Subscription.", clip(id))
		}
	}
	t, err := s.config.Subscriptions.Token(r, r.session, ids)
	if err != nil {
		return nil, err
	}
	type parameter struct {
		Name     string `json:"name"`
		String   string `json:"valueString,omitempty"`
		DateTime string `json:"valueDateTime,omitempty"`
		URL      string `json:"valueUrl,omitempty"`
	}
	all := []parameter{{Name: "token", String: t.Text}, {Name: "expiration", DateTime: t.Until.Format("2006-01-02T15:04:05Z07:00")}}
	for _, id := range t.Subscriptions {
		all = append(all, parameter{Name: "subscription", String: id})
	}
	all = append(all, parameter{Name: "websocket-url", URL: socketURL(r.base)})
	text, err := json.Marshal(map[string]any{"resourceType": "Parameters", "parameter": all})
	if err != nil {
		return nil, fault.Wrap(err, "writing Parameters")
	}
	return &response{status: http.StatusOK, resource: text}, nil
}

// socketURL is the address of the websocket of a FHIR base.
func socketURL(base string) string {
	return "ws" + strings.TrimPrefix(base, "http") + strings.TrimPrefix(SocketPath, Base)
}

// subscribed tells of what can be subscribed to, as the guide says where.
func (s *Server) subscribed(part *resourcePart) {
	if s.config.Subscriptions == nil || part.Type != "Subscription" {
		return
	}
	part.SupportedProfile = append(part.SupportedProfile, subscription.Profile)
	for _, url := range s.config.Subscriptions.Topics() {
		part.Extension = append(part.Extension, topicPart{subscription.TopicExtension, url})
	}
}

// sockets tells where the websocket is (capabilitystatement-websocket).
func (s *Server) sockets(base string) []extensionPart {
	if s.config.Subscriptions == nil {
		return nil
	}
	return []extensionPart{{URL: "http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket", ValueURI: socketURL(base)}}
}

type topicPart struct {
	URL       string `json:"url"`
	Canonical string `json:"valueCanonical"`
}
