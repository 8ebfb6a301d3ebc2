// Package cms writes and reads signatures as CMS SignedData (RFC 5652; GB/T 35275-2017 is its SM2 profile), as far as
// the platform needs it: one signer, signed attributes, DER.
//
// It writes SM2 with SM3 (GB/T 32918.2, GB/T 32905) with the usual user ID 1234567812345678 (GB/T 35276) under the OIDs
// of RFC 5652 and GM/T 0006, which other libraries know too. It reads those of GB/T 35275 as well, and signatures of
// ECDSA and RSA with SHA-2, which timestamps of other authorities have.
//
// What a signature says is not judged here: whether its certificate is trusted, and was at the time, is for package
// sign.
//
// The package is pure but for the hash functions of crypto.
package cms
