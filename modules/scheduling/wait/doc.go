// Package wait says how long somebody will wait in a queue (mission A3), by what the waits of the last weeks and of this day tell, as an
// interval in which eight of ten waits end.
//
// The mean of the visits that are over is the wrong answer: those who wait longest are not over yet. So people who are still waiting count
// too, and so do those who have left: each is known to have waited at least so long (right-censored). What is estimated is a survival curve:
// the share of waits that last longer than some time, by Kaplan and Meier (J. Am. Stat. Assoc. 53, 1958).
//
// # How
//
// A wait is measured in turns: how many people had to be called before, and oneself, for each room that calls. For so many turns there is
// a usual wait, the median of the curve of past waits with about as many. A day has a pace: by how much its waits are longer or
// shorter than usual. Those who are waiting have a part in it by what is to be expected of them, having waited so long already
// (Buckley and James, Biometrika 66, 1979); what little has been seen counts little.
//
// Who comes before people are called knows how long that takes at the least: when the clinic begins. So their wait is measured from then on, and
// of it is learnt apart, since nobody knows yet what the day is like. The interval is as wide as whole days differed: of n days one more lies within
// the n+1-th part of the rest (Vovk, Gammerman, Shafer, Algorithmic Learning in a Random World, 2005).
//
// What was expected of each past wait, when it began and with what could be seen then, is compared with how it ended. The curve of these
// errors gives the interval: it is as wide as the past was wrong, whatever the queue is like.
package wait
