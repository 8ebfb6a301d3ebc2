package bench

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"yitong/internal/app"
	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
	"yitong/internal/tlog"
	"yitong/internal/worker"
)

const (
	trailMany   = 256                  // connections whose reads cost CPU
	trailFew    = 16                   // connections whose reads take time
	trailSlow   = 2 * time.Millisecond // that are added to each sync in the second half
	trailRounds = 2                    // of reads without the trail and with it
	flushes     = 200                  // that are timed
)

// runTrail measures what the trail costs a doctor's reads, each of which is on record before it is answered: CPU of the server and of
// the database at 256 connections, and time at 16, beside servers that keep no trail; on a disk as it is, and on one each sync of which
// takes 2 ms longer. The clients run in this process, so they are in no figure.
func runTrail(ctx context.Context, o Options, report Report) error {
	if o.Residents == 0 {
		o.Residents = 600
	}
	o.Data = "" // other data do not say who answers for what
	for _, name := range o.Databases {
		for _, slow := range []time.Duration{0, trailSlow} {
			b := &trailed{gated: gated{ctx: ctx, report: report, each: o.Each}, program: o.Program, slow: slow}
			if b.name = name + ".trail"; slow > 0 {
				b.name += ".slow"
			}
			if err := b.on(name, o); err != nil {
				return fmt.Errorf("%s: %w", b.name, err)
			}
		}
	}
	return nil
}

// trailed measures on one database.
type trailed struct {
	gated
	program string
	slow    time.Duration
	at      *place
	view    *sight
	url     string
	log     string // folder of the trail's log
}

func (b *trailed) on(kind string, o Options) (err error) {
	if err := b.prepare(o); err != nil {
		return err
	}
	if b.at, err = slowPlace(kind, b.slow); err != nil {
		return err
	}
	defer b.at.close()
	if b.url, err = b.at.database("trail"); err != nil {
		return err
	}
	if b.log, err = os.MkdirTemp("", "yitong-bench-log-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.log)
	b.view = b.askers[len(b.askers)-1].views[0]
	if err := b.fill(); err != nil {
		return err
	}
	flush, err := b.flush()
	if err != nil {
		return err
	}
	b.report.add(b.name+".flush", ms(flush), "ms", 0)
	for _, conns := range []int{trailMany, trailFew} {
		if err := b.both(conns, flush); err != nil {
			return err
		}
	}
	return nil
}

// fill stores the data.
func (b *trailed) fill() error {
	db, err := b.record(b.url, 0, false)
	if err != nil {
		return err
	}
	return errors.Join(b.load(), db.Close(), tidy(b.ctx, b.url))
}

// flush is how long a line takes that nobody shares a sync with.
func (b *trailed) flush() (time.Duration, error) {
	db, err := b.record(b.url, b.slow, false)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	line := []byte(`{"id":"0","at":0,"do":"read","out":"done"}` + "\n")
	one, err := drive(b.ctx, 1, time.Minute, func(_, n int) (int, error) {
		if n == flushes {
			return 0, io.EOF
		}
		return 1, db.Trace(b.ctx, line)
	})
	return one.took / time.Duration(max(1, one.units)), err
}

// cost is what reads have taken.
type cost struct {
	reads         int
	took          time.Duration
	server, store time.Duration // of CPU
}

func (c *cost) add(o cost) {
	c.reads, c.took, c.server, c.store = c.reads+o.reads, c.took+o.took, c.server+o.server, c.store+o.store
}

func (c cost) each(d time.Duration) float64 { return float64(d.Microseconds()) / float64(c.reads) }

// both measures servers with a trail and without in turns.
func (b *trailed) both(conns int, flush time.Duration) error {
	var with, without cost
	for range trailRounds {
		for _, sum := range []*cost{&without, &with} {
			one, err := b.reads(conns, sum == &with)
			if err != nil {
				return err
			}
			sum.add(one)
		}
	}
	name := fmt.Sprintf("%s.%d.", b.name, conns)
	b.report.add(name+"reads", float64(with.reads)/with.took.Seconds(), "per second", float64(without.reads)/without.took.Seconds())
	b.report.add(name+"cpu", with.each(with.server+with.store), "µs a read", without.each(without.server+without.store))
	b.report.add(name+"cpu.server", with.each(with.server), "µs a read", without.each(without.server))
	latency := func(c cost) float64 { return ms(c.took) * float64(conns) / float64(c.reads) }
	b.report.add(name+"latency", latency(with), "ms", latency(without))
	b.report.add(name+"latency.rise", latency(with)-latency(without), "ms", ms(flush)+1)
	return nil
}

// reads lets a server answer reads for a while.
func (b *trailed) reads(conns int, kept bool) (c cost, err error) {
	srv, err := b.start(kept)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, srv.stop()) }()
	clients := make([]*client, conns)
	for i := range clients {
		if clients[i], err = dial(srv.addr); err != nil {
			return c, err
		}
		defer clients[i].conn.Close()
	}
	read := func(w, n int) (int, error) {
		status, _, answer, err := clients[w].do(http.MethodGet, b.view.path(w*101+n), nil, "")
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("a read was answered with %d: %.300s", status, answer)
		}
		return 1, err
	}
	if _, err := drive(b.ctx, conns, b.each/5, read); err != nil { // to warm up
		return c, err
	}
	server, store, err := b.spent(srv)
	if err != nil {
		return c, err
	}
	l, err := drive(b.ctx, conns, b.each, read)
	if err != nil {
		return c, err
	}
	time.Sleep(2 * time.Second) // what is read is still to be bound: that is a part of the cost
	c.server, c.store, err = b.spent(srv)
	c.reads, c.took, c.server, c.store = l.units, l.took, c.server-server, c.store-store
	return c, err
}

// start runs a server of this program that takes everybody for the doctor.
func (b *trailed) start(kept bool) (*server, error) {
	cmd := exec.CommandContext(b.ctx, b.program, "bench-server", "--db", b.url, "--slow", b.slow.String())
	if kept {
		cmd.Args = append(cmd.Args, "--log", b.log)
	}
	return begin(cmd)
}

// spent is how much CPU a server has taken so far, and the processes of its database.
func (b *trailed) spent(srv *server) (own, store time.Duration, err error) {
	if own, err = cpuOf(srv.cmd.Process.Pid); err != nil || b.at.cluster == nil {
		return own, 0, err
	}
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return own, 0, err
	}
	for _, path := range all {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil || pid != b.at.cluster.Pid() && parentOf(pid) != b.at.cluster.Pid() {
			continue
		}
		one, err := cpuOf(pid)
		if err == nil { // else it has just ended
			store += one
		}
	}
	return own, store, nil
}

// tick is the unit of times in /proc.
const tick = 10 * time.Millisecond

// fieldsOf are those of /proc/PID/stat from the state on (proc(5)).
func fieldsOf(pid int) ([]string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, fault.New(fault.NotSupported, "What a server costs is measured where there is /proc.").Because(err)
	}
	return strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:])), nil
}

func cpuOf(pid int) (time.Duration, error) {
	f, err := fieldsOf(pid)
	if err != nil || len(f) < 13 {
		return 0, err
	}
	user, err1 := strconv.Atoi(f[11])
	system, err2 := strconv.Atoi(f[12])
	return time.Duration(user+system) * tick, errors.Join(err1, err2)
}

func parentOf(pid int) int {
	f, err := fieldsOf(pid)
	if err != nil || len(f) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(f[1])
	return parent
}

// seals is what seals a trail by a log in a folder.
func seals(db store.DB, dir string) *trail.Sealer {
	key := tlog.Private(make([]byte, 32)) // of a benchmark
	folder := tlog.NewFolder(dir, tlog.Public{Name: "bench", Key: key.Public().(ed25519.PublicKey)})
	return trail.NewSealer(db, folder, key, db.Now)
}

// Doctor is a server on a record that takes everybody for one doctor, for benchmarks of what its answers cost.
type Doctor struct {
	DB   string
	Log  string        // folder of the trail's log; "" for no trail
	Slow time.Duration // that each commit in a file takes longer
}

// Serve serves until ctx ends, and tells on a line of out where.
func (d Doctor) Serve(ctx context.Context, out io.Writer) error {
	b := &gated{ctx: ctx}
	db, err := b.record(d.DB, d.Slow, d.Log != "")
	if err != nil {
		return err
	}
	defer db.Close()
	c := worker.Config{}
	if d.Log != "" {
		c.Works = app.NewKeeping(db, seals(db, d.Log), nil).Works()
	}
	beside, err := worker.New(ctx, db, c)
	if err != nil {
		return err
	}
	running := make(chan error)
	go func() { running <- beside.Run(ctx) }()
	actor := newSight(gateDoctor, gate.Doctor, gate.Of{Institution: gateCentre}).actor
	front, err := b.open(&actor)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "http://%s/\n", front.addr)
	return errors.Join(<-running, front.Close())
}
