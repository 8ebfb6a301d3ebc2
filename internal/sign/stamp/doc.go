// Package stamp writes and reads timestamps of RFC 3161: the request, the answer and the token, which says that a
// digest was known to an authority at an instant.
//
// Tokens are asked for by the digest SM3. They are written with SM2 and SM3; those of other authorities may have the
// algorithms that package cms takes. Whether an authority is trusted is for package sign to judge.
//
// The package is pure but for random numbers.
package stamp
