//go:build race

package fhirpath

// race tells that the race detector is at work.
const race = true
