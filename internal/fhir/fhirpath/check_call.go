package fhirpath

import (
	"slices"

	"yitong/internal/fault"
)

// results are the types of what functions give, where these do not depend on the input.
var results = map[kind][]string{
	kindBoolean: {"empty", "exists", "all", "allTrue", "anyTrue", "allFalse", "anyFalse", "subsetOf", "supersetOf",
		"isDistinct", "toBoolean", "convertsToBoolean", "convertsToInteger", "convertsToDecimal", "convertsToString",
		"convertsToDate", "convertsToDateTime", "convertsToTime", "convertsToQuantity", "startsWith", "endsWith", "contains",
		"matches", "matchesFull", "is", "not", "hasValue", "memberOf", "subsumes", "subsumedBy", "htmlChecks", "conformsTo",
		"comparable"},
	kindInteger: {"count", "toInteger", "indexOf", "lastIndexOf", "length", "ceiling", "floor", "truncate", "precision",
		"yearOf", "monthOf", "dayOf", "hourOf", "minuteOf", "secondOf", "millisecondOf"},
	kindDecimal: {"toDecimal", "exp", "ln", "log", "round", "sqrt", "timezoneOffsetOf"},
	kindString: {"toString", "substring", "upper", "lower", "replace", "replaceMatches", "toChars", "encode", "decode",
		"escape", "unescape", "trim", "split", "join"},
	kindDate:     {"toDate", "today", "dateOf"},
	kindDateTime: {"toDateTime", "now"},
	kindTime:     {"toTime", "timeOfDay", "timeOf"},
	kindQuantity: {"toQuantity"},
	kindTypeInfo: {"type"},
}

// Functions by what Check has to know of them.
var (
	positional = []string{"first", "last", "tail", "skip", "take"}
	keeping    = []string{"where", "single", "first", "last", "tail", "skip", "take", "distinct", "intersect", "exclude",
		"trace", "sort"}
	refused   = []string{"elementDefinition", "slice", "checkModifiers"}
	iterating = []string{"where", "select", "exists", "all", "repeat", "repeatAll", "sort"}
)

func (c *call) check(s scope, in static) (static, error) {
	if err := c.callable(); err != nil {
		return in, err
	}
	if slices.Contains(refused, c.name) {
		return in, fnRefused(nil, c, span{})
	}
	if slices.Contains(positional, c.name) {
		if err := in.checkOrder(c.what, c.at); err != nil {
			return in, err
		}
	}
	args, err := c.checkArguments(s, in)
	if err != nil {
		return in, err
	}
	return c.result(s, in, args)
}

// checkArguments gives what the arguments are. Those of a function that goes through its items, and of iif, see one
// item.
func (c *call) checkArguments(s scope, in static) ([]static, error) {
	if c.typ != nil {
		return nil, c.typ.check()
	}
	var args []static
	for i, n := range c.args {
		inner := s
		if c.seesItems(i) {
			inner.this = in
			inner.this.unordered = false
		}
		inner.adds = s.adds || c.name == "aggregate"
		arg, err := n.check(inner)
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
	}
	return args, nil
}

// seesItems tells whether an argument is evaluated with the items before the function as $this.
func (c *call) seesItems(argument int) bool {
	switch c.name {
	case "iif":
		return true
	case "aggregate": // its second argument is where it starts from
		return argument == 0
	case "trace": // its first argument is a name
		return argument == 1
	}
	return slices.Contains(iterating, c.name)
}

func (c *call) result(s scope, in static, args []static) (static, error) {
	for k, names := range results {
		if slices.Contains(names, c.name) {
			return ofKinds(k), nil
		}
	}
	if slices.Contains(keeping, c.name) {
		if c.name == "sort" {
			in.unordered = false
		}
		return in, nil
	}
	switch c.name {
	case "select":
		args[0].unordered = args[0].unordered || in.unordered
		return args[0], nil
	case "repeat", "repeatAll":
		return c.repeated(s, args[0]), nil
	case "ofType", "as":
		return c.typ.static(in), nil
	case "union", "combine":
		return in.with(args[0]), nil
	case "iif":
		return c.chosen(args)
	case "extension":
		return static{types: []*typ{model().extension}, unordered: in.unordered}, nil
	case "children", "descendants":
		return static{any: true, unordered: true}, nil
	case "getValue":
		if kinds, known := in.kinds(); known {
			return ofKinds(kinds...), nil
		}
	}
	return static{any: true}, nil
}

// repeated is what repeat() gives: the first items found, and those found from them.
func (c *call) repeated(s scope, found static) static {
	for {
		inner := s
		inner.this = found
		more, err := c.args[0].check(inner)
		if err != nil {
			return found
		}
		all := found.with(more)
		if all.any || len(all.types) == len(found.types) {
			return all
		}
		found = all
	}
}

// chosen is what iif() gives. A criterion that computes something other than a Boolean would always count as true.
func (c *call) chosen(args []static) (static, error) {
	other := func(t *typ) bool { return t.namespace == namespaceSystem && t.system != kindBoolean }
	if a := args[0]; !a.any && len(a.types) > 0 && !slices.ContainsFunc(a.types, func(t *typ) bool { return !other(t) }) {
		return static{}, fault.New(fault.Unprocessable,
			"FHIRPath, %s: the criterion of iif() is no Boolean but %s.", c.at, labels(a))
	}
	out := args[1]
	if len(args) == 3 {
		out = out.with(args[2])
	}
	return out, nil
}
