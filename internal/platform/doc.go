// Package platform is the module by which operators see how a server and its record do (mission F7): parts with what was measured of
// them and what to do, the queue of jobs, the settings in force, and what has left by phone and mail. Nothing of it is about people's
// health, and nothing is in clear that is secret.
//
// What is measured comes from the server (package app); whether that is well is decided here ([Judge]), by the limits in thresholds.go.
package platform
