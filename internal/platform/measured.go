package platform

import "time"

// Measured is what was measured of a server and its record. What is nil is not there.
type Measured struct {
	At     time.Time
	Silent []Name // of parts that could not be measured; what it says of these does not count

	Program      Program
	Disk         *Disk
	Certificates []Certificate

	Database Database
	Clock    time.Duration // by which the server's clock and the database's are apart
	Feed     Feed
	Servers  []Peer
	Queue    Queue
	Trail    Trail

	Notices       *Notices
	Subscriptions Subscriptions
	Archive       Archive
}

// Program is the program as it runs.
type Program struct {
	Version    string
	Since      time.Time
	Goroutines int
	Memory     int64 // bytes that it has of the machine
	Limit      int64 // bytes that it aims to stay below; 0 for none
}

// Disk is the storage that has the record.
type Disk struct{ Free, Size int64 } // bytes

// Certificate is one that the server shows.
type Certificate struct {
	Host  string
	Until time.Time // zero: there is none
}

// Database is what has the record.
type Database struct {
	Kind    string
	Answers time.Duration // that it takes to answer the shortest question
	Size    int64         // bytes
}

// Feed is the feed of changes and who follows it.
type Feed struct {
	Head      string
	Waiting   int64     // changes without a number
	Oldest    time.Time // when the first of these was made; zero for none
	Followers []Follower
}

// Follower is a cursor of the feed.
type Follower struct {
	Name   string
	At     string
	Behind int64     // changes
	Oldest time.Time // when the first of these was made; zero for none
}

// Peer is one of the servers of the record.
type Peer struct {
	Own   bool // it is the one that answers
	Until time.Time
}

// Queue is the queue of jobs.
type Queue struct {
	Piles   []Pile
	Outbox  int64     // jobs that are not in the queue yet
	Overdue time.Time // when the first of these was due; zero for none
}

// Trail is the trail of who did what.
type Trail struct {
	Sealed     bool // it is sealed at all
	Loose      int  // lines that are not bound
	LooseSince time.Time
	Unsealed   int64 // batches
	Since      time.Time
	To         time.Time // up to which it is sealed
	Leaves     int64
	Witnesses  []Witness
}

// Witness cosigns the log of the trail.
type Witness struct {
	Name   string
	Leaves int64     // that it has not cosigned
	At     time.Time // when it has cosigned last; zero for never
}

// Notices are what leaves by phone and mail.
type Notices struct {
	Late     time.Duration // for how long the first of what waits has been due
	Channels []Channel
}

// Channel is a way by which notices leave.
type Channel struct {
	Code                    string
	Sends                   bool
	Waiting, Unsent, Failed int
}

// Subscriptions are those who are told of changes.
type Subscriptions struct {
	Active, Failed, Failing int
	Since                   time.Time // since when the first of those that fail does
	Behind                  int64     // events that wait for one endpoint, at most
}

// Archive is where what the record writes is kept for good.
type Archive struct {
	Elsewhere bool      // the database's server archives by itself
	Set       bool      // this server archives
	To        time.Time // everything is archived that was committed by then; zero for not yet
}
