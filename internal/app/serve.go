package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/pprof"
	"slices"
	"sync"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/gate/trail"
	"yitong/internal/module"
	"yitong/internal/notice"
	"yitong/internal/rest"
	"yitong/internal/rule/publish"
	"yitong/internal/sign"
	"yitong/internal/store"
	"yitong/internal/store/index"
	"yitong/internal/web"
	"yitong/internal/worker"
	built "yitong/web"
)

// App is the platform, put together.
type App struct {
	config  Serve
	log     *slog.Logger
	db      store.DB
	gate    *gate.Gate
	trail   *trail.Recorder
	keeps   *Keeping
	Rest    *rest.Server
	desk    *desk           // nil without accounts
	notices *notice.Service // nil without accounts
	noticed http.Handler    // of requests about notices
	signs   *sign.Service

	rules   *publish.Live // what was published
	modules *module.Set

	subs   *subscriptions
	socket *rest.Sockets // of subscribers

	beside   *worker.Worker
	archived *archiveMetrics // nil where nothing is archived

	stop    context.CancelFunc
	running sync.WaitGroup // what runs beside requests
}

// New opens the record and puts everything together. Close gives it back.
func New(ctx context.Context, c Serve) (*App, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, fault.New(fault.Malformed, "There is no time zone %q.", c.Zone)
	}
	validation, err := c.rules()
	if err != nil {
		return nil, err
	}
	modules, err := Modules()
	if err != nil {
		return nil, err
	}
	rules, err := Policy(c.Policy)
	if err != nil {
		return nil, err
	}
	db, archived, err := c.Archiving.open(ctx, c.Database, c.logger())
	if err != nil {
		return nil, err
	}
	ix, err := index.Open(ctx, db, search.R4(zone), index.Config{})
	if err == nil {
		err = clocks(ctx, db)
	}
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	known := newDefinitions()
	validation.By = known.current.Load
	recorder := trail.NewRecorder(db)
	g := gate.New(db, gate.Config{
		References: c.References != "off", Validation: validation, Zone: zone, Index: ix, Owned: slices.Concat(modules.Owned(), notice.Owned()),
		Trail: recorder,
	})
	a := &App{config: c, log: c.logger(), db: db, gate: g, trail: recorder, modules: modules, archived: archived}
	if a.keeps, err = c.keeping(db, a.log); err != nil {
		_ = db.Close()
		return nil, err
	}
	if a.subs, err = c.subscribing(db, g, a.log); err != nil {
		_ = db.Close()
		return nil, err
	}
	with, err := a.services(ctx, rules)
	if err == nil {
		with.station, err = a.newStation()
	}
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	work := worker.Config{Log: a.log, Drain: c.Drain, Works: append(a.keeps.Works(), append(clinics(g, with.clinics, a.log), a.subs.work(), missed(g, with.engine))...), Handlers: clocked(g, with.engine, a.rules)}
	if c.Auth == "required" {
		if err := a.admit(ctx, zone, &work); err != nil {
			_ = db.Close()
			return nil, err
		}
	}
	if a.beside, err = worker.New(ctx, db, work); err != nil {
		_ = db.Close()
		return nil, err
	}
	ctx, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	a.running.Go(func() {
		ix.Run(ctx, func(err error) { a.log.Error("the index is not in step with its definitions", "cause", err) })
	})
	known.session = g.Session(gate.Actor{Reference: "Device/definitions", Access: gate.Whole()})
	if err := known.follow(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	a.running.Go(func() {
		known.run(ctx, func(err error) {
			a.log.Error("resources are validated by older definitions than the record has", "cause", err)
		})
	})
	a.running.Go(func() {
		a.rules.Run(ctx, func(err error) { a.log.Error("rules that were published are not followed", "cause", err) })
	})
	a.running.Go(func() {
		if err := a.beside.Run(ctx); err != nil {
			a.log.Error("work beside requests has ended", "cause", err)
		}
	})
	a.running.Go(func() { with.station.watch(ctx) })
	settings := rest.Config{
		Version: Version(), BodyMost: c.MaxBody, Zone: zone, Log: a.log, References: c.References != "off",
		RequestsMost: c.MaxReqs, RequestTime: c.MaxTime, Client: cmp.Or(c.Client, "serve"), Profiles: profiles.ByType(),
		Address: c.client, Subscriptions: a.subs.Service,
	}
	settings.Policy, settings.Modules = rules, with.modules()
	if a.signs, err = c.signing(db, zone, a.log); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	settings.Signing = a.signs
	if a.desk != nil {
		a.desk.guard(&settings)
		a.subs.accounts.Store(a.desk.accounts)
		a.running.Go(func() { a.desk.sweep(ctx, a.log) })
		a.running.Go(func() { a.notices.Tail(ctx, nil) })
		a.noticed = a.noticeDesk(ctx)
	}
	a.Rest = rest.New(g, settings)
	a.socket = a.Rest.Sockets()
	metrics := append(append(a.keeps.Metrics(), with.engine.Metrics()...), a.beside.Metrics(), a.subs.Metrics())
	if a.notices != nil {
		metrics = append(metrics, a.notices.Metrics())
	}
	for _, m := range metrics {
		if err := a.Rest.Register(m); err != nil {
			return nil, errors.Join(fault.Wrap(err, "registering metrics"), a.Close())
		}
	}
	if archived != nil {
		if err := a.Rest.Register(archived); err != nil {
			return nil, errors.Join(fault.Wrap(err, "registering metrics"), a.Close())
		}
	}
	return a, nil
}

// admit prepares for those who have accounts: how they come in, and how they are told.
func (a *App) admit(ctx context.Context, zone *time.Location, work *worker.Config) (err error) {
	if a.desk, err = a.newDesk(ctx, zone); err != nil {
		return err
	}
	if a.notices, err = a.config.notices(a.db, a.gate, a.desk.accounts, zone, a.log); err != nil {
		return err
	}
	NoticeWork(a.notices, work)
	return nil
}

// Close ends what runs beside requests and closes the record.
func (a *App) Close() error {
	a.stop()
	if a.socket != nil {
		a.socket.Close()
	}
	a.running.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), endMost)
	defer cancel()
	a.subs.Close(ctx)
	if err := a.keeps.End(ctx); err != nil {
		a.log.Warn("the end of the trail is sealed by the next server", "cause", err)
	}
	return a.db.Close()
}

// Base is the address of the FHIR base of a server that listens on an address.
func (a *App) Base(addr string) string {
	switch {
	case a.desk != nil:
		return a.desk.issuer + rest.Base
	case a.config.TLS():
		return "https://" + addr + rest.Base
	}
	return "http://" + addr + rest.Base
}

// Listen serves until ctx ends, then lets requests that have begun come to their end. up is called once with the
// address that is listened on.
func (a *App) Listen(ctx context.Context, up func(addr string)) error {
	doors, keep, err := a.config.doors(a.config.Addr, a.routes(), a.log)
	if err != nil {
		return err
	}
	kept, enough := context.WithCancel(ctx)
	defer enough()
	go keep(kept)
	failed := make(chan error, len(doors)+1)
	for _, d := range doors {
		defer d.server.Close()
		go func() { failed <- d.serve() }()
	}
	if a.config.Pprof != "" {
		pprofs := &http.Server{Addr: a.config.Pprof, Handler: profiler(), ReadHeaderTimeout: 5 * time.Second}
		go func() { failed <- pprofs.ListenAndServe() }()
		defer pprofs.Close()
	}
	a.log.Info("serving", "address", doors[0].addr(), "tls", a.config.TLS(), "version", Version())
	up(doors[0].addr())
	select {
	case err := <-failed:
		return fault.Wrap(err, "serving")
	case <-ctx.Done():
	}
	a.log.Info("stopping")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.config.Drain)
	defer cancel()
	for _, d := range slices.Backward(doors) {
		if err := d.server.Shutdown(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return fault.Wrap(err, "stopping")
		}
	}
	return nil
}

func (a *App) routes() http.Handler {
	fhir, all := a.Rest.Handler(), http.NewServeMux()
	all.Handle(rest.Base+"/", fhir)
	all.Handle(rest.Base, fhir)
	all.Handle(rest.SocketPath, a.socket)
	mux := http.NewServeMux()
	if a.desk == nil {
		all.Handle("/", rest.Guard(mux))
	} else {
		all.Handle("/", mux)
		a.desk.handle(all)
		all.Handle("/notices", a.noticed)
		all.Handle("/notices/", a.noticed)
		all.Handle(web.Base, web.New(built.App(), a.log))
	}
	a.publish(mux)
	mux.Handle("/metrics", here(a.Rest.Metrics()))
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	mux.HandleFunc("/readyz", a.ready)
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		if a.desk != nil {
			http.Redirect(w, r, web.Base, http.StatusSeeOther)
			return
		}
		fmt.Fprintf(w, "Yitong\nThe FHIR base is %s; what it can do is told at %[1]s/metadata.\n", rest.Base)
	})
	return all
}

// here answers only who asks from this machine, by one of its names, and not through a proxy: how busy the platform is, and
// with what, is for those who run it.
func here(h http.Handler) http.Handler {
	return rest.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !rest.Loopback(r.RemoteAddr) || r.Header.Get("X-Forwarded-For") != "" {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	}))
}

// ready tells whether the record can be used.
func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := a.db.Ping(ctx); err != nil {
		a.log.Error("not ready", "cause", err)
		w.Header().Set("Retry-After", "1")
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	io.WriteString(w, "ok\n")
}

// profiler are those of the program, but for its command line, which may hold a password.
func profiler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return rest.Guard(mux)
}
