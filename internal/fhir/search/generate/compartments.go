package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// itself stands in a compartment's definition for the resource whose compartment it is.
const itself = "{def}"

// compartments writes which parameters of which types lead to the compartment's resource.
func compartments(out *bytes.Buffer, all []compartment, known types) error {
	slices.SortFunc(all, func(a, b compartment) int { return cmp.Compare(a.Code, b.Code) })
	for _, c := range all {
		fmt.Fprintf(out, "compartment %s\n", c.Code)
		resources := slices.Clone(c.Resource)
		slices.SortFunc(resources, func(a, b inclusion) int { return cmp.Compare(a.Code, b.Code) })
		for _, r := range resources {
			if len(r.Param) == 0 {
				continue
			}
			for _, name := range r.Param {
				if _, ok := known[r.Code][name]; !ok && name != itself {
					return fmt.Errorf("compartment %s: %s has no parameter %s", c.Code, r.Code, name)
				}
			}
			fmt.Fprintf(out, "  %s %s\n", r.Code, strings.Join(r.Param, " "))
		}
	}
	return nil
}
