// Package inspect looks whether a record is whole (missions F5, F7): that every version is there, in the feed once and in
// order; that resources are found by exactly what stands in them; and that the places that are reserved are those that
// resources take. It can build the reservations anew from the resources.
package inspect
