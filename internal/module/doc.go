// Package module is what a service of the platform declares of itself, in one place (mission F8): a [Descriptor] with
// everything that it offers. An [Operation] is declared once; from that come its address, the check of what it is
// given, its permission, its OperationDefinition and its page in the reference. docs/modules.md explains it with an
// example.
//
// [New] puts the descriptors of a platform together and refuses what cannot be, before anything is served.
package module
