package subscription

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/draft"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// SubscriberURL is the extension of meta by which a Subscription says whose it is: who wrote it, as what, where and by which program.
// The platform puts it in; what a client says there is left out.
const SubscriberURL = "urn:yitong:subscriber"

// tagSystem is of the tags by which the policy tells whose a Subscription is: who wrote it, and in which role.
const tagSystem = "urn:yitong:subscriber"

// Subscriber is whose a Subscription is, as the session said that wrote it.
type Subscriber struct {
	Actor       string    // reference, such as Practitioner/…
	As          string    // such as the name of a grant
	Role        gate.Role // "" on a server without accounts
	Institution string
	Client      string
}

// subscriberBehind is who subscribes in a session.
func subscriberBehind(a gate.Actor) Subscriber {
	return Subscriber{Actor: a.Reference, As: a.As, Role: a.Role, Institution: a.Institution, Client: a.Client}
}

// person tells whether it is a person's, who is told only while they are there.
func (s Subscriber) person() bool { return s.Role != "" && s.Role != gate.System }

// key is by which the Subscriptions of one subscriber are counted.
func (s Subscriber) key() string {
	return s.Actor + " " + string(s.Role) + " " + s.Institution
}

// SubscriberOf is whose a Subscription is; false for one that says nothing of it.
func SubscriberOf(r fhir.Resource) (Subscriber, bool) { return subscriberOf(r.Root) }

func subscriberOf(n fhir.Node) (s Subscriber, is bool) {
	for e := n.Get("meta").Get("extension").First(); e.Exists(); e = e.Next() {
		if e.Get("url").Str() != SubscriberURL {
			continue
		}
		for p := e.Get("extension").First(); p.Exists(); p = p.Next() {
			value := p.Get("valueString").Str()
			switch p.Get("url").Str() {
			case "actor":
				s.Actor = value
			case "as":
				s.As = value
			case "role":
				s.Role = gate.Role(value)
			case "institution":
				s.Institution = value
			case "client":
				s.Client = value
			}
		}
	}
	return s, s.Actor != ""
}

// stamped is a Subscription with what the platform says of it: whose it is, and which institution answers for it. Its status is
// requested, unless its owner turns it off.
func stamped(r fhir.Resource, by Subscriber) (fhir.Resource, error) {
	doc, err := fhir.NewDoc(bytes.Clone(r.Root.Raw()))
	if err != nil {
		return r, fault.Wrap(err, "reading a Subscription")
	}
	about := draft.Extension{URL: SubscriberURL}
	for _, one := range []draft.Extension{{URL: "actor", String: by.Actor}, {URL: "as", String: by.As}, {URL: "role", String: string(by.Role)}, {URL: "institution", String: by.Institution}, {URL: "client", String: by.Client}} {
		if one.String != "" {
			about.Extension = append(about.Extension, one)
		}
	}
	said := []any{about}
	if by.Institution != "" {
		said = append(said, draft.Refers(gate.Custodian, by.Institution))
	}
	meta := r.Root.Get("meta")
	extensions := beside(meta.Get("extension"), func(n fhir.Node) bool {
		url := n.Get("url").Str()
		return url == SubscriberURL || url == gate.Custodian
	}, said...)
	tags := beside(meta.Get("tag"), func(n fhir.Node) bool { return n.Get("system").Str() == tagSystem }, draft.Coded(tagSystem, by.Actor))
	if by.Role != "" {
		tags = beside(meta.Get("tag"), func(n fhir.Node) bool { return n.Get("system").Str() == tagSystem }, draft.Coded(tagSystem, by.Actor), draft.Coded(tagSystem, string(by.Role)))
	}
	status := "requested"
	if r.Root.Get("status").Str() == "off" {
		status = "off"
	}
	for _, err := range []error{
		doc.Set(path("meta", "extension"), extensions), doc.Set(path("meta", "tag"), tags), doc.Set(path("status"), fhir.Quote(status)),
	} {
		if err != nil {
			return r, fault.Wrap(err, "marking a Subscription")
		}
	}
	if doc.Root().Get("error").Exists() {
		if err := doc.Remove(path("error")); err != nil {
			return r, fault.Wrap(err, "marking a Subscription")
		}
	}
	return fhir.ParseResource(doc.Bytes())
}

func path(names ...string) (steps []fhir.Step) {
	for _, name := range names {
		steps = append(steps, fhir.Step{Name: name})
	}
	return steps
}

// beside is an array without some of its items, and with others behind.
func beside(array fhir.Node, but func(fhir.Node) bool, more ...any) []byte {
	var items [][]byte
	for n := array.First(); n.Exists(); n = n.Next() {
		if !but(n) {
			items = append(items, n.Raw())
		}
	}
	for _, one := range more {
		text, err := json.Marshal(one)
		if err != nil {
			panic(err) // texts always marshal
		}
		items = append(items, text)
	}
	return append(append([]byte{'['}, bytes.Join(items, []byte{','})...), ']')
}

// ownedMost is how many Subscriptions one subscriber has.
const ownedMost = 100

// Admit makes a Subscription ready to be written by a session: it checks all that it says, and that the session may search by its
// criteria, and puts in whose it is. id names the one that is to be replaced, "" for none. The error is Unprocessable where something is to be mended, Forbidden where the session may not
// search so.
func (s *Service) Admit(ctx context.Context, by *gate.Session, r fhir.Resource, id string) (fhir.Resource, error) {
	a := by.Actor()
	if a.Client != "" && a.Role != "" && a.Role != gate.System {
		return r, fault.New(fault.Forbidden, "A program subscribes in its own name, not in a person's, who is not there when notices are sent.")
	}
	who := subscriberBehind(a)
	switch status := r.Root.Get("status").Str(); status {
	case "requested", "active", "off":
	default:
		return r, wrong("status", "A Subscription is written as requested, or as off to end it; %.20q is what the platform says of it.", status)
	}
	made, err := stamped(r, who)
	if err != nil || made.Root.Get("status").Str() == "off" {
		return made, err
	}
	sub, err := s.Read(made)
	if err != nil {
		return r, err
	}
	for _, w := range sub.Watches {
		if err := s.probe(ctx, by, w); err != nil {
			return r, fault.From(err).At("Subscription.criteria")
		}
	}
	mine, err := s.db.Owned(ctx, kindState, who.key(), "", ownedMost)
	if err == nil && len(mine) == ownedMost && !slices.ContainsFunc(mine, func(i store.Item) bool { return i.ID == id }) {
		err = enough()
	}
	return made, err
}

// enough refuses one Subscription more.
func enough() *fault.Error {
	return fault.New(fault.Unprocessable, "You have %d Subscriptions, as many as may be. Delete one that is not needed.", ownedMost).WithIssue("too-costly")
}

// probe refuses criteria by which a session may not search. What the search would find does not matter.
func (s *Service) probe(ctx context.Context, by *gate.Session, w watch) error {
	for _, query := range []string{w.query, w.Previous} {
		if _, err := s.criteria(by.Parameters(), w.Type, query); err != nil {
			return err
		}
	}
	pairs := append(gate.Pairs(joined(w.query, w.Previous)), search.Pair{Name: "_lastUpdated", Value: "lt1900-01-01"})
	asked, err := by.Request([]schema.Type{w.Type}, pairs, gate.Wishes{Base: s.config.URL})
	if err != nil {
		return err
	}
	_, err = s.gate.Session(by.Actor()).Search(ctx, asked, "subscription", "") // a session of its own: nothing is given out
	if fault.CodeOf(err) == fault.Unprocessable && strings.Contains(fault.From(err).IssueType(), "costly") {
		return nil
	}
	return err
}
