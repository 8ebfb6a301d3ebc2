package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"yitong/internal/app"
	"yitong/internal/fhir"
	"yitong/internal/fhir/validate"
)

// validateBlock is how many bundles go to one of the two servers before it is the other's turn.
const validateBlock = 50

// runValidate measures how many resources one processor validates, beside how many it reads, and what validation costs an
// import.
func runValidate(ctx context.Context, o Options, report Report) error {
	if o.Residents == 0 {
		o.Residents = 600
	}
	for _, kind := range []string{"Observation", ""} {
		if err := validating(o, report, kind); err != nil {
			return err
		}
	}
	bundles, references, err := input(o)
	if err != nil {
		return err
	}
	for _, name := range o.Databases {
		b := validated{ctx: ctx, bundles: bundles}
		if err := b.on(name, o.Program, references, report); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// validating validates the resources of a type, or all, by the definitions of R4 and the profiles that they name: errors
// only, as a write does, and with warnings.
func validating(o Options, report Report, kind string) error {
	var all []fhir.Resource
	for r, err := range resources(o) {
		if err != nil {
			return err
		}
		if kind == "" || r.Type.String() == kind {
			all = append(all, r)
		}
	}
	v := app.Validator()
	rate := func(do func(fhir.Resource) error) (float64, error) {
		if err := do(all[0]); err != nil {
			return 0, err
		}
		n, began := 0, time.Now()
		for ; time.Since(began) < o.Each; n++ {
			if err := do(all[n%len(all)]); err != nil {
				return 0, err
			}
		}
		return float64(n) / time.Since(began).Seconds(), nil
	}
	read, err := rate(func(r fhir.Resource) error { _, err := fhir.Parse(r.Root.Raw()); return err })
	if err != nil {
		return err
	}
	for name, how := range map[string]validate.Options{"errors": {Errors: true}, "warnings": {}} {
		found, err := rate(func(r fhir.Resource) error { v.Resource(r.Root, how); return nil })
		if err != nil {
			return err
		}
		report.add("validate."+strings.TrimPrefix(strings.ToLower(kind)+"."+name, "."), found, "per second and processor", read)
	}
	return nil
}

// validated imports the same bundles into two servers, one of which validates, block by block in turn, so that both meet
// the same minutes of the machine.
type validated struct {
	ctx     context.Context
	bundles [][]byte
}

func (b validated) on(name, program, references string, report Report) error {
	at, err := newPlace(name)
	if err != nil {
		return err
	}
	defer at.close()
	var stored [2]int
	var took [2]time.Duration
	var servers [2]*server
	for i, mode := range []string{"off", "strict"} {
		db, err := at.database("validate_" + mode)
		if err != nil {
			return err
		}
		if servers[i], err = startServer(b.ctx, program, db, "--references", references, "--validate", mode); err != nil {
			return err
		}
		defer func() { _ = servers[i].stop() }()
	}
	for start := 0; start < len(b.bundles); start += validateBlock {
		for i, srv := range servers {
			began := time.Now()
			n, err := b.block(srv, b.bundles[start:min(start+validateBlock, len(b.bundles))])
			if err != nil {
				return err
			}
			if start > 0 { // the first holds what all others refer to, and the plans are made
				stored[i], took[i] = stored[i]+n, took[i]+time.Since(began)
			}
		}
	}
	rate := func(i int) float64 { return float64(stored[i]) / took[i].Seconds() }
	report.add(name+".import.validated", rate(1), "per second", rate(0))
	return nil
}

// block imports bundles over several connections; the first of all goes before the others.
func (b validated) block(srv *server, bundles [][]byte) (int, error) {
	conns, err := dialAll(srv.addr, importers)
	if err != nil {
		return 0, err
	}
	defer func() {
		for _, c := range conns {
			_ = c.conn.Close()
		}
	}()
	send := func(c *client, i int) (int, error) {
		status, _, answer, err := c.do(http.MethodPost, "/fhir", bundles[i], "")
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("a bundle was answered with %d: %.500s", status, answer)
		}
		return strings.Count(string(answer), `"status":"201`), err
	}
	first, err := send(conns[0], 0)
	if err != nil {
		return 0, err
	}
	var next atomic.Int64
	done, err := drive(b.ctx, importers, importFloor, func(w, _ int) (int, error) {
		i := int(next.Add(1))
		if i >= len(bundles) {
			return 0, io.EOF
		}
		return send(conns[w], i)
	})
	return first + done.units, err
}
