package rest

import (
	"fmt"
	"net/http"
	"net/url"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/store"
)

// Declared are the modules of a server: its own, and those that are added. The error is that of [module.New], or names
// an operation that nothing carries out.
func Declared(added ...module.Descriptor) (*module.Set, error) {
	all, err := module.New(append(services{}.modules(), added...)...)
	if err != nil {
		return nil, err
	}
	byHand := table()
	for _, o := range all.Operations() {
		if o.Do != nil {
			continue
		}
		if !offers(byHand, o.Name) {
			return nil, fmt.Errorf("the operation %s has nothing that carries it out (Do): make it by module.Op", o.Name)
		}
	}
	return all, nil
}

func offers(table []interaction, operation string) bool {
	for _, x := range table {
		if x.operation == operation {
			return true
		}
	}
	return false
}

// declared are the interactions of the operations that modules carry out.
func declared(modules []module.Descriptor) (all []interaction) {
	for _, d := range modules {
		for _, o := range d.Operations {
			if o.Do != nil {
				all = append(all, rows(o)...)
			}
		}
	}
	return all
}

// rows are the interactions of one operation.
func rows(o module.Operation) (all []interaction) {
	row := interaction{code: "operation", operation: o.Name, canonical: o.Definition(), do: func(s *Server, r *request) (*response, error) { return s.operate(r, o) }}
	var types []string
	for _, t := range o.Types {
		types = append(types, t.String())
	}
	for _, at := range []struct {
		is    module.Levels
		level level
		types []string
	}{{module.System, levelSystemOperation, nil}, {module.OfType, levelTypeOperation, types}, {module.Instance, levelInstanceOperation, types}} {
		if o.Levels&at.is == 0 {
			continue
		}
		row.level, row.types = at.level, at.types
		for _, row.method = range []string{http.MethodGet, http.MethodPost} {
			if o.Called(row.method) {
				all = append(all, row)
			}
		}
	}
	return all
}

// operate answers an operation that a module has declared.
func (s *Server) operate(r *request, o module.Operation) (*response, error) {
	in, err := r.filled(o)
	if err != nil {
		return nil, err
	}
	c := &module.Call{Session: r.session, Ref: r.ref, Once: r.idempotency(), Zone: s.config.Zone, Language: bilingual.English}
	if r.chinese() {
		c.Language = bilingual.Chinese
	}
	if tag := r.header.Get("If-Match"); tag != "" {
		if c.IfVersion, err = versionTag("If-Match", tag); err != nil {
			return nil, err
		}
	}
	out, err := o.Do(r, c, in)
	if err != nil {
		return nil, err
	}
	return r.outcome(o, c, out)
}

// filled reads what an operation is given: the query of a GET, or else Parameters.
func (r *request) filled(o module.Operation) (any, error) {
	if r.method == http.MethodGet {
		query := url.Values{}
		for name, values := range r.query {
			if name != "_format" && name != "_pretty" {
				query[name] = values
			}
		}
		return o.In.ReadQuery(query)
	}
	if err := r.accept(); err != nil {
		return nil, err
	}
	if len(r.body.bytes) == 0 && !r.body.node.Exists() {
		return o.In.Read(fhir.Node{})
	}
	if r.body.typ != mediaFHIR && r.body.typ != mediaJSON {
		return nil, fault.New(fault.UnsupportedMedia, "Resources are taken as %s.", mediaFHIR)
	}
	n, err := r.body.parse()
	if err != nil {
		return nil, err
	}
	return o.In.Read(n)
}

// outcome is the answer of an operation.
func (r *request) outcome(o module.Operation, c *module.Call, out any) (*response, error) {
	switch one := out.(type) {
	case gate.Result:
		one.Replayed = one.Replayed || c.Replayed
		return r.result(one, r.prefer("return"))
	case store.Version:
		return r.result(gate.Result{Event: gate.Found, Version: one, Replayed: c.Replayed}, r.prefer("return"))
	case fhir.Resource:
		return &response{status: http.StatusOK, resource: one.Root.Raw(), replayed: c.Replayed}, nil
	}
	if o.Out == nil {
		return nil, fault.New(fault.Internal, "the operation %s has given a %T, which is no resource", o.Name, out)
	}
	text, err := o.Out.Write(out)
	if err != nil {
		return nil, err
	}
	return &response{status: http.StatusOK, resource: text, replayed: c.Replayed}, nil
}
