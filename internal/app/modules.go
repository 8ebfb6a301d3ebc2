package app

import (
	"context"
	"maps"
	"path"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/gate/policy"
	"yitong/internal/gate/trail"
	"yitong/internal/module"
	"yitong/internal/platform"
	"yitong/internal/process"
	"yitong/internal/rest"
	"yitong/internal/rule"
	"yitong/internal/rule/publish"
	"yitong/internal/rulebook"
	"yitong/internal/traildesk"
	"yitong/modules/accessquestion"
	"yitong/modules/alliance"
	"yitong/modules/correction"
	"yitong/modules/scheduling"
	"yitong/modules/scheduling/queue"
	"yitong/modules/scheduling/triage"
)

// services are what modules are carried out by. What they declare is the same without them.
type services struct {
	engine  *process.Engine
	rules   *publish.Desk
	book    func() *rule.Book
	trail   func(context.Context) (trail.Standing, error)
	region  string // by which deadlines and days off go, unless an institution says where it is
	station *station
	clinics scheduling.Desk
	queues  queue.Desk
}

// modules are those of the platform's services. Each has its line here, and nowhere else.
func (s services) modules() []module.Descriptor {
	return []module.Descriptor{
		rulebook.Module(s.rules, s.book, s.region),
		traildesk.Module(s.trail),
		cases.Module(s.engine),
		platform.Module(s.station),
		correction.Descriptor(),
		accessquestion.Descriptor(),
		alliance.Descriptor(s.engine),
		scheduling.Descriptor(s.clinics),
		queue.Descriptor(s.queues),
		triage.Descriptor(triage.Desk{Book: s.book, Region: s.region, Zone: s.clinics.Zone}),
	}
}

// Modules are all modules of the platform: those that every server has, and the services. The error names what is wrong
// with their declarations.
func Modules() (*module.Set, error) {
	all, err := rest.Declared(services{}.modules()...)
	if err != nil {
		return nil, fault.Wrap(err, "The modules do not fit together: "+err.Error())
	}
	return all, nil
}

// decided refuses a policy that does not decide about every operation for every role. The error is Malformed.
func decided(p *policy.Policy) error {
	all, err := Modules()
	if err != nil {
		return err
	}
	if err := all.Decided(p.Decides); err != nil {
		return fault.New(fault.Malformed, "The policy is not whole: %s.", err)
	}
	return movesDecided(p, process.All(all.Processes()...))
}

// Reference is the pages of the reference that are drawn from the modules, by their paths below docs/reference.
func Reference(p *policy.Policy) (map[string]string, error) {
	all, err := Modules()
	if err != nil {
		return nil, err
	}
	pages := map[string]string{"operations.md": all.Page(p.Allowed)}
	for _, d := range all.Modules() {
		pages[path.Join("modules", d.Name+".md")] = d.Page(p.Allowed)
	}
	maps.Copy(pages, process.Pages(process.All(all.Processes()...)))
	return pages, nil
}
