// Package vault seals what may lie in a database or on a disk, but may be read by nobody there: the private keys by
// which practitioners sign (mission F4; GB/T 39786-2021 asks for keys that never lie in the clear).
//
// A text is sealed about something, such as the key and the person that it belongs to; whoever swaps two sealed texts
// gets neither open. It is encrypted with SM4-GCM (GB/T 32907, GB/T 36624) under a data key, and the data key stands in
// front of it, wrapped by the [Master]. So a master key never meets the texts themselves: it may be a hardware module
// that wraps and unwraps and gives nothing away. When masters follow each other, the newest seals and all of them open.
//
// The package is pure but for random numbers.
package vault
