package app

import (
	"context"
	"math"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"yitong/internal/gate/trail"
	"yitong/internal/platform"
	"yitong/internal/subscription"
	"yitong/internal/worker"
)

const (
	measureEvery = time.Minute     // so that it is known since when a part is not well, though nobody looks
	measureMost  = 3 * time.Second // that one part may take
)

// watch measures again and again until ctx ends.
func (s *station) watch(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(measureEvery):
			s.Health(ctx)
		}
	}
}

// Health implements [platform.Server].
func (s *station) Health(ctx context.Context) platform.Health { return s.newest.Health(ctx) }

// judged is how all parts do as they are measured now.
func (s *station) judged(ctx context.Context) platform.Health {
	m := s.measure(ctx)
	return s.known.Note(platform.Judge(m), m.At)
}

// measure measures all parts. What cannot be measured is logged, and named.
func (s *station) measure(ctx context.Context) platform.Measured {
	m := platform.Measured{At: time.Now(), Program: s.program()}
	for _, part := range []struct {
		name platform.Name
		by   func(context.Context, *platform.Measured) error
	}{
		{platform.PartDatabase, s.database}, {platform.PartClock, s.clock}, {platform.PartFeed, s.feed}, {platform.PartServers, s.servers},
		{platform.PartJobs, s.queue}, {platform.PartTrail, s.trail}, {platform.PartNotices, s.notices},
		{platform.PartSubscriptions, s.subscriptions}, {platform.PartArchive, s.archive}, {platform.PartCertificate, s.certificates},
	} {
		limited, cancel := context.WithTimeout(ctx, measureMost)
		err := part.by(limited, &m)
		if cancel(); err != nil {
			s.app.log.Warn("a part of the platform could not be measured", "part", part.name, "cause", err)
			m.Silent = append(m.Silent, part.name)
		}
	}
	if path := s.app.config.file(); path != "" {
		m.Disk = room(filepath.Dir(path))
	}
	return m
}

func (s *station) program() platform.Program {
	held := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(held)
	p := platform.Program{
		Version: Version(), Since: s.began, Goroutines: runtime.NumGoroutine(), Memory: int64(held[0].Value.Uint64() - held[1].Value.Uint64()),
	}
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		p.Limit = limit
	}
	return p
}

func (s *station) database(ctx context.Context, m *platform.Measured) (err error) {
	m.Database.Kind = "PostgreSQL"
	if s.app.config.file() != "" {
		m.Database.Kind = "SQLite"
	}
	began := time.Now()
	if err = s.app.db.Ping(ctx); err != nil {
		return err
	}
	m.Database.Answers = time.Since(began)
	m.Database.Size, err = s.app.db.Size(ctx)
	return err
}

func (s *station) clock(ctx context.Context, m *platform.Measured) (err error) {
	m.Clock, err = clockApart(ctx, s.app.db)
	return err
}

func (s *station) feed(ctx context.Context, m *platform.Measured) error {
	state, err := s.app.db.FeedState(ctx)
	if err != nil {
		return err
	}
	m.Feed = platform.Feed{Head: state.Head.String(), Waiting: state.Waiting, Oldest: state.Oldest}
	list, err := worker.Followers(ctx, s.app.db, state, append(s.app.beside.Cursors(), subscription.Follower)...)
	for _, f := range list {
		m.Feed.Followers = append(m.Feed.Followers, platform.Follower{Name: f.Name, At: f.At.String(), Behind: f.Behind, Oldest: f.Oldest})
	}
	return err
}

func (s *station) servers(ctx context.Context, m *platform.Measured) error {
	list, err := worker.Servers(ctx, s.app.db)
	for _, one := range list {
		m.Servers = append(m.Servers, platform.Peer{Own: one.ID == s.app.beside.ID(), Until: one.Until})
	}
	return err
}

func (s *station) queue(ctx context.Context, m *platform.Measured) (err error) {
	if m.Queue.Piles, err = s.Piles(ctx); err != nil {
		return err
	}
	waiting, due, err := s.app.db.Outbox(ctx)
	if m.Queue.Outbox = waiting; waiting > 0 && due.Before(m.At) {
		m.Queue.Overdue = due
	}
	return err
}

func (s *station) trail(ctx context.Context, m *platform.Measured) error {
	clients, err := s.app.config.witnesses()
	if err != nil {
		return err
	}
	parties := make([]trail.Party, len(clients))
	for i, c := range clients {
		parties[i] = c
	}
	at, err := s.app.keeps.Standing(ctx, parties...)
	m.Trail = platform.Trail{
		Sealed: s.app.keeps.seals(), Loose: at.Loose, LooseSince: at.LooseSince,
		Unsealed: at.Batches - at.Sealed, Since: at.UnsealedSince, To: at.Until, Leaves: at.Leaves,
	}
	for _, w := range at.Witnesses {
		m.Trail.Witnesses = append(m.Trail.Witnesses, platform.Witness{Name: w.Witness, Leaves: w.Leaves, At: w.At})
	}
	return err
}

func (s *station) notices(ctx context.Context, m *platform.Measured) error {
	if s.app.notices == nil {
		return nil
	}
	at, err := s.app.notices.Stand(ctx)
	m.Notices = &platform.Notices{Late: at.Late}
	for _, c := range at.Channels {
		m.Notices.Channels = append(m.Notices.Channels, platform.Channel{Code: string(c.Channel), Sends: c.Sends, Waiting: c.Waiting, Unsent: c.Unsent, Failed: c.Failed})
	}
	return err
}

func (s *station) subscriptions(ctx context.Context, m *platform.Measured) error {
	at, err := s.app.subs.Stand(ctx)
	m.Subscriptions = platform.Subscriptions{Active: at.Active, Failed: at.Failed, Failing: at.Failing, Since: at.Since, Behind: at.Behind}
	return err
}

func (s *station) archive(_ context.Context, m *platform.Measured) error {
	m.Archive.Elsewhere = s.app.config.file() == ""
	if s.app.archived != nil {
		m.Archive.Set, m.Archive.To = true, s.app.archived.archive.Status().To
	}
	return nil
}

func (s *station) certificates(ctx context.Context, m *platform.Measured) (err error) {
	m.Certificates, err = s.app.config.expiry(ctx)
	return err
}
