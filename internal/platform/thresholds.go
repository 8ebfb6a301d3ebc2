package platform

import "time"

// The limits beyond which a part is not well, each with its reason. What is beyond the second limit of a part is down.
const (
	// A read of one row takes less than a millisecond; a quarter of a second is what people feel on every page. Two seconds is for how
	// long a balancer waits (/readyz).
	databaseSlow, databaseStill = 250 * time.Millisecond, 2 * time.Second

	// Clocks that are kept by time servers are milliseconds apart. A server does not start when they are a minute apart.
	clockApart, clockWrong = 5 * time.Second, time.Minute

	// Changes get their numbers ten times a second, and another server takes that over in ten seconds.
	feedWaits, feedStill = 30 * time.Second, 5 * time.Minute

	// Cursors look ten times a second; that of Subscriptions is written down once a minute.
	cursorLate, cursorStill = 2 * time.Minute, 30 * time.Minute

	// Jobs that are due wait for a free hand, seconds at most. One that is tried again has its own pause, and is not late.
	jobLate, jobStill = 2 * time.Minute, 30 * time.Minute

	// Lines are bound each half second and sealed a quarter of a second later; another server takes that over in ten seconds. What is not
	// sealed could be changed unseen.
	trailLate, trailStill = 30 * time.Second, 5 * time.Minute

	// A witness is asked every two seconds, after a failure every ten; some minutes are for its restart.
	witnessLate, witnessStill = 5 * time.Minute, 24 * time.Hour

	// What leaves for people is urgent in minutes; a provider that is down for an hour is for somebody to call.
	noticeLate, noticeStill = 5 * time.Minute, time.Hour

	// Of the events of a Subscription the last 10 000 are kept: a tenth of these leaves time.
	eventsBehind = 1000

	// The log is archived every second. What is not archived is lost with the machine.
	archiveLate, archiveStill = time.Minute, 15 * time.Minute

	// Certificates by ACME are renewed thirty days before they end: two weeks before, that has failed for two.
	certificateSoon = 14 * 24 * time.Hour

	// SQLite's log and what is rebuilt need room beside the record; a full disk stops all writing.
	diskLow, diskFull = 0.10, 0.02 // of the disk that are free

	// Near its aim the program collects garbage again and again, and answers slowly.
	memoryMost = 0.9 // of the aim

	// A server answers some hundred requests at a time, a few goroutines each.
	goroutinesMany = 10_000
)
