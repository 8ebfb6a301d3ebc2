// Package canonical says which bytes of a resource a signature covers, and what has changed between two versions
// (mission F4).
//
// A signature covers the resource as its author wrote it: everything but meta. Meta is what a record says of a
// resource: its version and time, the institution that answers for it, labels and tags. R4 leaves it out too of what is
// signed once and then goes from server to server (json.html, "Canonical JSON"). Narratives, contained resources and
// extensions are covered.
//
// The bytes are those of RFC 8785 (JCS), which every language has a library for. JCS writes numbers as IEEE 754
// doubles: of 1.00 and 1 it makes the same, and 0.1234567890123456789 loses its last digits, while R4 says that the
// precision of a decimal means something. So a [Form] tells its numbers as they were written too, and signatures made
// here bind both (see package sign). A number beyond the range of doubles has no JCS form and is refused.
//
// The package is pure.
package canonical
