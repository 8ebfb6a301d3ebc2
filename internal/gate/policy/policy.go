package policy

import (
	"bytes"
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/gate/emergency"
	"yitong/internal/gate/export"
)

//go:embed policy.yaml
var standard []byte

// Policy says which role may do what, how emergency access goes, and how much may be exported.
type Policy struct {
	roles     map[gate.Role]*role
	emergency emergency.Rules
	export    export.Limits
}

// Export is how much may leave the record by one request.
func (p *Policy) Export() export.Limits { return p.export }

// role is what a role may do.
type role struct {
	rules      []rule
	why        string   // its purpose of use
	operations []string // that it may call
	denied     []string
	moves      map[string][]string // of processes, by their codes; see [Policy.Moves]
}

// rule is a line of the file.
type rule struct {
	types []schema.Type // for which it counts
	named []schema.Type // those of them that it names itself
	gate.Rule
	mine bool // only what is in the compartment of the resident
}

// Standard is the policy of the program.
var Standard = sync.OnceValue(func() *Policy {
	p, err := Read(standard)
	if err != nil {
		panic(err) // a test reads it
	}
	return p
})

// file is what a policy is written as.
type file struct {
	Export export.Limits `yaml:"export"`
	Roles  map[string]struct {
		Why        string            `yaml:"why"`
		Rules      []line            `yaml:"rules"`
		Operations map[string]string `yaml:"operations"`
		Moves      map[string]string `yaml:"moves"`
	} `yaml:"roles"`
	Emergency emergency.Rules `yaml:"emergency"`
}

type line struct {
	For    string `yaml:"for"`
	May    string `yaml:"may"`
	Where  string `yaml:"where"`
	Of     string `yaml:"of"`
	Permit bool   `yaml:"permit"`
	Labels string `yaml:"labels"`
	Hide   string `yaml:"hide"`
	Mask   string `yaml:"mask"`
}

// fileMost bounds the bytes of a policy.
const fileMost = 1 << 20

// Read reads a policy. The error is Malformed, and names the role and what to mend.
func Read(text []byte) (*Policy, error) {
	if len(text) > fileMost {
		return nil, fault.New(fault.Malformed, "The policy has more than %d bytes.", fileMost)
	}
	var f file
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		return nil, fault.New(fault.Malformed, "The policy cannot be read: %s.", err)
	}
	if err := f.Emergency.Check(); err != nil {
		return nil, err
	}
	if err := f.Export.Check(); err != nil {
		return nil, err
	}
	p := &Policy{roles: map[gate.Role]*role{}, emergency: f.Emergency, export: f.Export}
	for name, written := range f.Roles {
		who := gate.Role(name)
		if !who.Known() {
			return nil, fault.New(fault.Malformed, "The policy names a role %q, which there is not.", name)
		}
		r := &role{why: written.Why, moves: map[string][]string{}}
		for process, moves := range written.Moves {
			r.moves[process] = strings.Fields(moves)
		}
		for i, l := range written.Rules {
			one, err := l.rule()
			if err != nil {
				return nil, fault.New(fault.Malformed, "Rule %d of %s: %s", i+1, name, fault.From(err).Message)
			}
			r.rules = append(r.rules, one)
		}
		r.distinguish()
		for operation, decision := range written.Operations {
			switch decision {
			case "allow":
				r.operations = append(r.operations, operation)
			case "deny":
				r.denied = append(r.denied, operation)
			default:
				return nil, fault.New(fault.Malformed, "The operation %s of %s is allow or deny, not %q.", operation, name, decision)
			}
		}
		slices.Sort(r.operations)
		slices.Sort(r.denied)
		p.roles[who] = r
	}
	return p, p.check()
}

// distinguish leaves out of rules for kinds of content the types that a rule names itself.
func (r *role) distinguish() {
	var named []schema.Type
	for _, one := range r.rules {
		named = append(named, one.named...)
	}
	for i := range r.rules {
		one := &r.rules[i]
		one.types = slices.DeleteFunc(one.types, func(t schema.Type) bool { return slices.Contains(named, t) && !slices.Contains(one.named, t) })
	}
}

// rule reads a line.
func (l line) rule() (r rule, err error) {
	if r.types, r.named, err = typesOf(l.For); err != nil {
		return r, err
	}
	if r.May, err = gate.ParseMay(l.May); err != nil {
		return r, err
	}
	labels := map[string]gate.Labels{"": gate.LabelsNamed, "named": gate.LabelsNamed, "all": gate.LabelsAll, "self": gate.LabelsSelf}
	known := false
	if r.Labels, known = labels[l.Labels]; !known {
		return r, fault.New(fault.Malformed, "labels is named, all or self, not %q.", l.Labels)
	}
	if r.mine = l.Of == "%patient"; !r.mine && l.Of != "" {
		return r, fault.New(fault.Malformed, "of is %%patient, or is left out.")
	}
	r.Query, r.Permit, r.Hide, r.Mask = l.Where, l.Permit, strings.Fields(l.Hide), strings.Fields(l.Mask)
	if len(r.Hide)+len(r.Mask) > 0 && r.May&^gate.MayLook != 0 {
		return r, fault.New(fault.Malformed, "Who does not see all of a resource may only read and search it: what was hidden would be lost with the next version.")
	}
	for _, t := range r.types {
		if slices.Contains(r.Mask, "identifier") && !slices.Contains(r.Hide, "birthDate") && hasElement(t, "birthDate") {
			return r, fault.New(fault.Malformed, "Where the identifier of a %s is masked, birthDate must be hidden: the number of an identity card has it between what is shown.", t)
		}
	}
	if r.Permit && r.Query == "" && !r.mine {
		return r, fault.New(fault.Malformed, "A permit opens nothing where everything is open: the rule has no where.")
	}
	return r, nil
}

// hasElement tells whether resources of a type have an element.
func hasElement(t schema.Type, name string) bool {
	return slices.ContainsFunc(t.Shape().Elements, func(e schema.Element) bool { return e.Name == name })
}

// typesOf are the types that a list of types and kinds of content means, and those that it names.
func typesOf(list string) (types, named []schema.Type, err error) {
	for name := range strings.FieldsSeq(list) {
		if slices.Contains(gate.Contents(), gate.Content(name)) {
			types = append(types, gate.Content(name).Types()...)
		} else if t, known := schema.TypeOf(name); known {
			types, named = append(types, t), append(named, t)
		} else {
			return nil, nil, fault.New(fault.Malformed, "%q is no resource type, and no kind of content of %v.", name, gate.Contents())
		}
	}
	if types == nil {
		return nil, nil, fault.New(fault.Malformed, "It does not say for which types it is.")
	}
	slices.Sort(types)
	return slices.Compact(types), named, nil
}

// purposes are the purposes of use that a role can have (http://terminology.hl7.org/CodeSystem/v3-ActReason).
var purposes = []string{"TREAT", "PATRQT", "FAMRQT", "HPAYMT", "HOPERAT", "HSYSADMIN", "HCOMPL", "PUBHLTH", "PATADMIN", "CAREMGT"}

// check refuses a policy that leaves something undecided, or says what cannot be.
func (p *Policy) check() error {
	if p.roles[gate.Doctor] == nil || len(p.roles) != len(gate.Roles()) {
		return fault.New(fault.Malformed, "The policy decides about %d roles; there are %v.", len(p.roles), gate.Roles())
	}
	table := search.R4(time.UTC)
	patient, _ := schema.TypeOf("Patient")
	of := gate.Of{Actor: "Practitioner/x", Institution: "Organization/x", Resident: fhir.Ref{Type: patient, ID: "x"}}
	operations := p.Operations()
	for _, name := range gate.Roles() {
		r := p.roles[name]
		if !slices.Contains(purposes, r.why) {
			return fault.New(fault.Malformed, "The role %s does not say why it uses the record: one of %v.", name, purposes)
		}
		decided := map[schema.Type]bool{}
		for _, one := range r.rules {
			for _, t := range one.types {
				decided[t] = true
			}
		}
		for _, t := range schema.Types() {
			if !decided[t] {
				return fault.New(fault.Malformed, "The role %s does not say what it may do with %s.", name, t)
			}
		}
		for _, one := range operations {
			if !slices.Contains(r.operations, one) && !slices.Contains(r.denied, one) {
				return fault.New(fault.Malformed, "The role %s does not say whether it may use the operation %s.", name, one)
			}
		}
		for _, made := range p.Rules(name, of) {
			if err := made.Check(table); err != nil {
				return fault.New(fault.Malformed, "The role %s, %s: %s", name, made, fault.From(err).Message)
			}
		}
	}
	return nil
}

// Operations are those about which the policy decides, in order.
func (p *Policy) Operations() []string {
	all := map[string]bool{}
	for _, r := range p.roles {
		for _, name := range slices.Concat(r.operations, r.denied) {
			all[name] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// AllMoves is what stands for all moves of a process.
const AllMoves = "all"

// Moves are those of a process that a role may make where the process itself lets it: AllMoves, or their codes; decided tells whether
// the policy says anything about it.
func (p *Policy) Moves(who gate.Role, process string) (moves []string, decided bool) {
	if r := p.roles[who]; r != nil {
		moves, decided = r.moves[process]
	}
	if len(moves) == 1 && moves[0] == "none" {
		moves = nil
	}
	return moves, decided
}

// Allows tells whether a role may make a move of a process.
func (p *Policy) Allows(who gate.Role, process, move string) bool {
	moves, _ := p.Moves(who, process)
	return slices.Contains(moves, AllMoves) || slices.Contains(moves, move)
}

// Processes are those about which the policy says something, in order.
func (p *Policy) Processes() []string {
	all := map[string]bool{}
	for _, r := range p.roles {
		for name := range r.moves {
			all[name] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Rules are what a role of somebody may do with resources. A rule about an institution or a resident allows nothing to whom has
// none.
func (p *Policy) Rules(who gate.Role, of gate.Of) (rules []gate.Rule) {
	r := p.roles[who]
	if r == nil {
		return nil
	}
	names := strings.NewReplacer("%institution", of.Institution, "%actor", of.Actor, "%patient", of.Resident.String())
	for _, one := range r.rules {
		made := one.Rule
		missing := strings.Contains(made.Query, "%institution") && of.Institution == "" || strings.Contains(made.Query, "%actor") && of.Actor == "" ||
			(one.mine || strings.Contains(made.Query, "%patient")) && of.Resident == (fhir.Ref{})
		if made.May == gate.MayNothing || missing {
			continue
		}
		if made.Query = names.Replace(made.Query); one.mine {
			made.Of = of.Resident
		}
		for _, made.Type = range one.types {
			rules = append(rules, made)
		}
	}
	return rules
}

// Emergency is what the region settles about emergency access.
func (p *Policy) Emergency() emergency.Rules { return p.emergency }

// Access is what somebody in a role may do, cut down by further layers such as the scopes of a program.
func (p *Policy) Access(who gate.Role, of gate.Of, layers ...[]gate.Rule) *gate.Access {
	r := p.roles[who]
	if r == nil {
		return nil
	}
	return gate.NewAccess(slices.Insert(slices.Clone(layers), 0, p.Rules(who, of))...).Offer(r.operations...).To(r.why)
}
