package bench

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// observationMost is how many lines of the index an Observation may have, on average: the lines are what writing costs
// (docs/architecture.md, "The store").
const observationMost = 25

// budget is what resources of a type take.
type budget struct{ resources, lines, most, bytes float64 }

// runStore counts the lines of the index that resources have, by type: those of the region, and of the data that are
// given. It fails if Observations have too many.
func runStore(ctx context.Context, o Options, report Report) error {
	if o.Residents == 0 {
		o.Residents = 600
	}
	sets := map[string]Options{"store.region": {Residents: o.Residents}}
	if o.Data != "" {
		sets["store.data"] = o
	}
	var over error
	for _, name := range slices.Sorted(maps.Keys(sets)) {
		types, err := budgets(ctx, sets[name])
		if err != nil {
			return err
		}
		for t, b := range types {
			report.add(name+"."+t, b.lines/b.resources, "keys", 0)
			report.add(name+"."+t+".most", b.most, "keys", 0)
			report.add(name+"."+t+".resources", b.resources, "resources", 0)
			report.add(name+"."+t+".body", b.bytes/b.resources, "bytes", 0)
		}
		over = cmp.Or(over, within(name, types["Observation"]))
	}
	return over
}

// within fails if Observations, nil for none, have too many lines.
func within(name string, b *budget) error {
	if b == nil || b.lines <= observationMost*b.resources {
		return nil
	}
	return fault.New(fault.Unprocessable, "The Observations of %s have %.1f lines in the index on average; at most %d are allowed.", name, b.lines/b.resources, observationMost)
}

// budgets adds up what resources take, by type, and under "all".
func budgets(ctx context.Context, o Options) (map[string]*budget, error) {
	table, err := parameters()
	if err != nil {
		return nil, err
	}
	hasher := store.NewHasher(make([]byte, 16))
	types := map[string]*budget{"all": {}}
	for r, err := range resources(o) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		keys := hasher.Keys(table.Terms(r))
		lines := float64(len(keys.Entries) + len(keys.Texts))
		of := types[r.Type.String()]
		if of == nil {
			of = &budget{}
			types[r.Type.String()] = of
		}
		for _, b := range []*budget{of, types["all"]} {
			b.resources++
			b.lines += lines
			b.most = max(b.most, lines)
			b.bytes += float64(len(r.Root.Raw()))
		}
	}
	return types, nil
}
