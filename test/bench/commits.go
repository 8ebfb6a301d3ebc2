package bench

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"yitong/internal/gate"
	"yitong/internal/rest"
	"yitong/test/pgcluster"
)

const (
	slowCommit  = 5 * time.Millisecond // what is added to every commit
	connections = 64
)

// runCommits measures how many creates one connection and many get through when every commit takes 5 ms longer: what
// comes at the same time must share its commits. PostgreSQL's own commit_delay makes its commits slow.
func runCommits(ctx context.Context, o Options, report Report) error {
	for _, name := range o.Databases {
		if err := commitsOn(ctx, name, o.Each, report); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func commitsOn(ctx context.Context, name string, each time.Duration, report Report) error {
	at, err := slowPlace(name, slowCommit)
	if err != nil {
		return err
	}
	defer at.close()
	db, _, err := at.record(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	if d, ok := db.(interface{ SlowCommits(time.Duration) }); ok {
		d.SlowCommits(slowCommit)
	}
	g := gate.New(db, gate.Config{References: true, Zone: time.UTC})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: rest.New(g, rest.Config{BodyMost: 1 << 20, Zone: time.UTC, Log: slog.New(slog.DiscardHandler)}).Handler(), ReadHeaderTimeout: time.Minute}
	go server.Serve(listener) //nolint:errcheck // it ends with the benchmark
	defer server.Close()
	one, err := creates(ctx, listener.Addr().String(), 1, each)
	if err != nil {
		return err
	}
	many, err := creates(ctx, listener.Addr().String(), connections, each)
	if err != nil {
		return err
	}
	report.addTimes(name+".slow_commits.one", one, 0)
	report.addTimes(name+".slow_commits", many, one.rate())
	return nil
}

// slowPlace is where commits of PostgreSQL are slow.
func slowPlace(name string, by time.Duration) (*place, error) {
	if name != "postgres" || by == 0 {
		return newPlace(name)
	}
	cluster, err := pgcluster.Start("", pgcluster.Options{Settings: map[string]string{
		"commit_delay": fmt.Sprint(by.Microseconds()), "commit_siblings": "0",
	}})
	return &place{cluster: cluster}, err
}

// creates sends creates over some connections.
func creates(ctx context.Context, addr string, conns int, each time.Duration) (load, error) {
	clients := make([]*client, conns)
	for i := range clients {
		var err error
		if clients[i], err = dial(addr); err != nil {
			return load{}, err
		}
		defer clients[i].conn.Close()
	}
	return drive(ctx, conns, each, func(w, _ int) (int, error) {
		status, _, answer, err := clients[w].do(http.MethodPost, "/fhir/Patient", []byte(`{"resourceType":"Patient","active":true}`), "")
		if err == nil && status != http.StatusCreated {
			err = fmt.Errorf("a create was answered with %d: %.300s", status, answer)
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return 1, err
	})
}
