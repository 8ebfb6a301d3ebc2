// Package export lets data leave the record in bulk, or across the border, by an approved request alone (mission F6; PIPL
// Art. 38–40 and 55; Data Security Law Art. 31).
//
// A request is a Task (code urn:yitong:process|export) that says what is wanted, for what, for whom, and under which number the
// impact of it was assessed. Somebody else, whom the policy lets, approves or rejects it. Then its requester, and nobody
// else, fetches what their own session sees of it, masked as they see it: a permit opens nothing, because an export names no
// resident. A run is noted in the Task before its first byte, so that it counts however it ends, and its sums behind the last.
//
// Every line of a run carries a mark in meta.tag. It is made with a key of the record of the request, its requester, the
// recipient and the time, so that a line which is found elsewhere leads back to them ([Desk.Trace]), and nobody can make one
// that leads to others. Who takes the marks out leaves lines that lead nowhere: marks find the careless.
package export
