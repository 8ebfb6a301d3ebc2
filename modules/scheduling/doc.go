// Package scheduling lets people book places of clinics (missions A1, A2). A clinic is a Schedule with a weekly pattern; of each of its days
// come Slots, one for a segment of at most half an hour, with so many places, numbered from 1.
//
// # Pools
//
// The places of a segment are parted once, when it is published, and never moved: total = on-site + referral + public. The first numbers
// are the public's, those behind them are for referrals, the last for the window. What is left for referrals is the public's too from
// a time on. Extra places have numbers above the total. Who may take what when is [Segment.Open], and nowhere else.
//
// # Places
//
// A place of a segment is a place of the record ([gate.ReservationURL]) that an Appointment takes: so none is given twice, whatever happens.
// The limits of a person are places too: one of each department a day, and so many in all. A missed visit takes one for good, by which it is
// known when somebody books online. Nothing is counted.
//
// An Appointment is pending while it holds a place for its person, for a quarter of an hour; booked; and at the end fulfilled, cancelled or
// noshow. It belongs to the process [Process]: only the operations of this package write it.
package scheduling
