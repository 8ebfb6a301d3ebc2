// Package trail keeps who did what on whom: every answer that tells something of the record, every write and every refusal (missions
// F3, F4, F6, F7; 网络安全法 Art. 21, 等保 2.0 level 3, GB/T 39725-2020).
//
// A [Record] is one line of JSON. That of a write is added in the transaction that writes; that of an answer is durable before the
// first byte of the answer leaves, and shares a sync with those of others that wait at the same time ([Recorder]). Lines are bound
// into batches, compressed and found by whom they are about and by whom they tell ([Binder]); the digest of each batch becomes a leaf
// of a transparency log (internal/tlog), so that nothing can be altered, taken out, added or put elsewhere unseen ([Verify]). People
// read the trail as AuditEvents.
package trail
