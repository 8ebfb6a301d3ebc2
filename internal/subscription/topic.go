package subscription

import (
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
)

// Interaction is what a change did.
type Interaction uint8

// The interactions. Something that is brought back after a deletion is created.
const (
	Creation Interaction = 1 << iota
	Updating
	Deletion

	AnyInteraction = Creation | Updating | Deletion
)

// Trigger is what makes an event of a topic: changes of resources of a type.
type Trigger struct {
	Type schema.Type
	On   Interaction
	// Current and Previous are search criteria, such as status=finished, that the resource has to meet as it is after the change and as
	// it was before; "" for any. What was created has nothing before it, and what was deleted nothing behind: then the one that is missing
	// counts as met. Filters and Current are asked of what was deleted as it was.
	Current, Previous string
}

// Topic is what can be subscribed to. Its URL is the criteria of a Subscription.
type Topic struct {
	URL       string
	Title     string
	Resources []Trigger
	Filters   []string // search parameters that Subscriptions may filter by; nil: those of the resource
}

// resourceChange begins the URL of the topics that there are for every type.
const resourceChange = "urn:yitong:topic:resource-change:"

// changes is the topic of all changes of the resources of a type.
func changes(t schema.Type) Topic {
	return Topic{URL: resourceChange + t.String(), Title: "Changes of " + t.String(), Resources: []Trigger{{Type: t, On: AnyInteraction}}}
}

// topics are all that there are, by their URLs.
type topics map[string]*Topic

// newTopics are those of all types that are written, and the ones given. The error is Malformed for one that makes no sense.
func newTopics(more []Topic) (topics, error) {
	all := topics{}
	for _, t := range schema.Types() {
		if name := t.String(); name != "AuditEvent" && name != "Parameters" && name != "OperationOutcome" && name != "Subscription" {
			one := changes(t)
			all[one.URL] = &one
		}
	}
	for i := range more {
		one := &more[i]
		if err := one.check(); err != nil {
			return nil, err
		}
		if all[one.URL] != nil {
			return nil, fault.New(fault.Malformed, "There are two topics %s.", one.URL)
		}
		all[one.URL] = one
	}
	return all, nil
}

func (t *Topic) check() error {
	if t.URL == "" || !strings.Contains(t.URL, ":") || strings.ContainsAny(t.URL, "|? ") || len(t.Resources) == 0 {
		return fault.New(fault.Malformed, "The topic %q needs a URL without a version, and at least one trigger.", t.URL)
	}
	for _, r := range t.Resources {
		if r.Type == 0 || r.On == 0 {
			return fault.New(fault.Malformed, "A trigger of the topic %s names no type, or no interaction.", t.URL)
		}
	}
	return nil
}

// urls are those of all topics, in order.
func (t topics) urls() (list []string) {
	for url := range t {
		list = append(list, url)
	}
	slices.Sort(list)
	return list
}
