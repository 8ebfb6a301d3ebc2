// Package subscription tells subscribers of changes (missions A15, F5): those of R4's Subscription (hl7.org/fhir/R4/subscription.html) and
// those by topics, as the Subscriptions R5 Backport guide (STU 1.1) has them for R4.
//
// One server at a time does the work, [Service.Step], by a lease of the worker. It follows the feed: [Service] holds each Subscription's
// place in it, asks the gate, as the subscriber who is asked for anew each time, which of the changes they see and which meet the criteria
// as they see them, and enters an event for each, with its number, in the transaction that moves the place. Deliveries run beside: in
// order and at least once, each Subscription by itself, so that nobody waits for another's endpoint. Every notice is asked for again at
// the gate, and stands in the trail before it leaves.
//
// What is kept in the register: "subscription" (place, status and count of events), "subscription-told" (how far it was delivered),
// "subscription-event" (the events, for $events) and "subscription-token" (to bind a websocket).
package subscription
