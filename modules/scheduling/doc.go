// Package scheduling lets people book places of clinics (missions A1, A2). A clinic is a Schedule with a weekly pattern; of each of its days
// come Slots, one for a segment of at most half an hour, with so many places, numbered from 1.
//
// # Pools
//
// The places of a segment are parted once, when it is published, and never moved: total = on-site + referral + public. The first numbers
// are the public's, those behind them are for referrals, the last for the window. What is left for referrals is the public's too from
// a time on. Extra places have numbers above the total. Of the public's some may be kept for a channel until that time. Who may take what when is [Segment.Open], and nowhere else.
//
// # Places
//
// A place of a segment is a place of the record ([gate.ReservationURL]) that an Appointment takes: so none is given twice, whatever happens.
// The limits of a person are places too: one of each department a day, and so many in all. A missed visit takes one for good, by which it is
// known when somebody books online; so does one that is cancelled. Nothing is counted.
//
// A place that is given back stays taken by the Appointment that had it while it rests, and [Desk.HandOver] gives it to who waits for it, or
// opens it at a moment that follows from [Desk.Secret]. Who waits has an Appointment too, which becomes the visit. [Desk.Draw] gives the
// public's places of a day by lot: a List says before what the seed is bound to, and behind what the seed was.
//
// An Appointment is proposed while it waits for a draw, waitlist while it waits for a place; pending while it holds one for its person, for
// a quarter of an hour; booked; and at the end fulfilled, cancelled or noshow. It belongs to the process [Process]: only the operations of
// this package write it.
package scheduling
