package validate

import "slices"

// Slips lists the mended invariants as published: key and expression.
func Slips() (list []string) {
	for key, s := range slips {
		list = append(list, key+" "+s.wrong)
	}
	slices.Sort(list)
	return list
}
