package gate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
)

// May is what may be done with resources of a type, as SMART App Launch 2 tells it apart.
type May uint8

// The interactions. A history of one resource is a read, one of many is a search; a patch is an update.
const (
	MayCreate May = 1 << iota
	MayRead
	MayUpdate
	MayDelete
	MaySearch

	MayNothing May = 0
	MayLook        = MayRead | MaySearch
	MayAll         = MayCreate | MayRead | MayUpdate | MayDelete | MaySearch
)

const letters = "cruds"

// String is the letters of SMART's scopes for it, in their order: cruds.
func (m May) String() string {
	var b strings.Builder
	for i, letter := range letters {
		if m&(1<<i) != 0 {
			b.WriteRune(letter)
		}
	}
	return b.String()
}

// ParseMay reads letters of cruds, or none.
func ParseMay(text string) (m May, err error) {
	if text == "none" {
		return MayNothing, nil
	}
	for _, letter := range text {
		i := strings.IndexRune(letters, letter)
		if i < 0 {
			return 0, fault.New(fault.Malformed, "%q should be some of the letters cruds, or none.", text)
		}
		m |= 1 << i
	}
	return m, nil
}

// Labels says which labels of a resource hide it from those whom a rule is for. They count for what is there already: whoever
// may write something new may write it whatever its content is.
type Labels uint8

// The ways.
const (
	LabelsSelf  Labels = iota // none: it is one's own
	LabelsAll                 // that the resident withholds it; not the classes of sensitive content
	LabelsNamed               // the classes too, unless a permit names them; it counts for rules with Permit or Of
)

// Rule allows something with resources of a type.
type Rule struct {
	Type   schema.Type // 0 for every type
	May    May
	Of     fhir.Ref // only what is in the compartment of this resource; zero for anything
	Query  string   // only what meets these search criteria; "" for anything. Chains and _has are not for rules
	Permit bool     // what a permit opens may be looked at too, whoever keeps it; the other criteria count for it as well
	Labels Labels   // which labels hide a resource
	Hide   []string // elements that are left out
	Mask   []string // elements of which the beginning and the end are shown
}

// Access is what an actor may do: that for which each of its layers has a rule. nil allows nothing.
type Access struct {
	whole      bool
	layers     [][]Rule
	asks       bool       // a permit can make a difference
	masks      bool       // something is hidden in what may be seen
	displays   fhir.Masks // of types about people that are seen with masks only: what references tell of them
	numbers    fhir.Masks // of all types that are: what references tell of them that say identifiers
	ofs        []fhir.Ref // the residents to whose compartments rules are limited
	operations map[string]bool
	purpose    string // of use, as the trail tells it

	mu     sync.Mutex
	table  *search.Table // by which byType is compiled
	byType map[schema.Type]sight
}

// Whole is the access of the platform itself, and of everybody on a server without accounts: to everything.
func Whole() *Access { return &Access{whole: true} }

// NewAccess is the access to what every layer has a rule for: first those of a role, then those of a client's scopes.
// Without a layer it is to nothing.
func NewAccess(layers ...[]Rule) *Access {
	if len(layers) == 0 {
		return nil
	}
	a := &Access{layers: layers}
	told := map[schema.Type]parts{}
	for _, layer := range layers {
		for t, one := range tellingLeast(layer) {
			a.tell(t, told[t].and(one), told)
		}
		for _, r := range layer {
			a.asks = a.asks || r.Permit || r.Labels == LabelsNamed && r.Of != (fhir.Ref{}) && (r.Type == 0 || kept(r.Type))
			a.masks = a.masks || !r.parts().none()
			if r.Of.Type == typePatient && !slices.Contains(a.ofs, r.Of) {
				a.ofs = append(a.ofs, r.Of)
			}
		}
	}
	return a
}

// tell notes what references to a type do not tell, unless the mask of a later layer clashes with that of an earlier one: the rule
// that has it allows nothing then.
func (a *Access) tell(t schema.Type, all parts, told map[schema.Type]parts) {
	mask, err := all.of(t)
	if err != nil || mask.None() {
		return
	}
	if a.numbers == nil {
		a.displays, a.numbers = fhir.Masks{}, fhir.Masks{}
	}
	if contentOf(t) == People {
		a.displays[t] = mask
	} else { // else nobody could write a number of somebody for whom there is no type yet
		mask = mask.Named()
	}
	told[t], a.numbers[t] = all, mask
}

// Only takes away all operations but these, and returns the access.
func (a *Access) Only(operations ...string) *Access {
	if a != nil {
		maps.DeleteFunc(a.operations, func(name string, _ bool) bool { return !slices.Contains(operations, name) })
	}
	return a
}

// Offer lets the actor call operations, and returns the access.
func (a *Access) Offer(operations ...string) *Access {
	if a != nil {
		if a.operations == nil {
			a.operations = map[string]bool{}
		}
		for _, name := range operations {
			a.operations[name] = true
		}
	}
	return a
}

// To says for what purpose the actor uses the record: a code of http://terminology.hl7.org/CodeSystem/v3-ActReason. It returns the
// access.
func (a *Access) To(purpose string) *Access {
	if a != nil {
		a.purpose = purpose
	}
	return a
}

// sight is what may be done with resources of one type: any of the rules of each layer is enough there.
type sight [][]*compiled

// compiled is a rule as it is applied to a type.
type compiled struct {
	may    May
	all    []*search.Criterion // that must be met; nil for none
	texts  []string            // as they were written
	beside []*search.Criterion // all but those of who keeps it
	within *search.Criterion   // the compartment of what it is limited to; nil for none
	permit bool
	labels Labels
	mask   fhir.Mask
	parts  parts    // what the mask hides and masks
	masked []string // all of these
}

// sight compiles the rules for a type, once for a table of search parameters.
func (a *Access) sight(t schema.Type, table *search.Table) sight {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.table != table {
		a.table, a.byType = table, map[schema.Type]sight{}
	}
	if known, ok := a.byType[t]; ok {
		return known
	}
	made := make(sight, len(a.layers))
	for i, layer := range a.layers {
		for _, r := range layer {
			if r.Type != 0 && r.Type != t {
				continue
			}
			if c, err := r.compile(t, table); err == nil && c != nil { // what cannot be read allows nothing
				made[i] = append(made[i], c)
			}
		}
	}
	for i := 1; i < len(made); i++ {
		made[i] = slices.DeleteFunc(made[i], func(c *compiled) bool { return c.probes(made[0], a.masks) || c.clashes(t, made[:i]) })
	}
	a.byType[t] = made
	return made
}

// probes tells whether a rule goes by what references repeat, or by what all rules of a role hide if any do: a program that asks
// for such a scope would learn it.
func (c *compiled) probes(role []*compiled, masks bool) (is bool) {
	for _, one := range c.all {
		one.Repeats(func(schema.Type, string) { is = true })
		if !masks {
			continue
		}
		one.Uses(func(_ schema.Type, p *search.Parameter) {
			is = is || !slices.ContainsFunc(role, func(c *compiled) bool { return c.allows(MayLook) && !c.hides(p) })
		})
	}
	return is
}

// compile applies a rule to a type: nil if nothing of the type can meet it.
func (r Rule) compile(t schema.Type, table *search.Table) (*compiled, error) {
	c := &compiled{may: r.May, permit: r.Permit && kept(t), labels: r.Labels, parts: r.parts(), masked: slices.Concat(r.Hide, r.Mask)}
	if !kept(t) {
		c.labels = LabelsSelf
	}
	if r.Query != "" {
		criteria, err := ParseCriteria(search.Parser{Table: table}, t, r.Query)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(criteria.all, (*search.Criterion).Deep) {
			return nil, fault.New(fault.NotSupported, "A rule of access has no chains and no _has: %s?%s.", t, r.Query)
		}
		c.all = criteria.all
		for i, pair := range Pairs(criteria.query) {
			c.texts = append(c.texts, pair.Name+"="+pair.Value)
			if pair.Name != "-custodian" {
				c.beside = append(c.beside, criteria.all[i])
			}
		}
	}
	if r.Of != (fhir.Ref{}) {
		var is bool
		if c.within, is = table.About(t, r.Of); !is {
			return nil, nil
		}
	}
	var err error
	c.mask, err = fhir.NewMask(t, r.Hide, r.Mask)
	return c, err
}

// Check refuses a rule that would allow nothing because it cannot be read.
func (r Rule) Check(table *search.Table) error {
	_, err := r.compile(r.Type, table)
	return err
}

// allows tells whether the rule allows any of some interactions with some resource.
func (c *compiled) allows(may May) bool { return c.may&may != 0 }

// whole tells whether the rule allows all of them with every resource, and shows all of it.
func (c *compiled) whole(may May) bool {
	return c.may&may == may && c.all == nil && c.within == nil && (c.labels == LabelsSelf || may&^MayCreate == 0) && len(c.masked) == 0
}

func (x sight) whole(may May) bool {
	return !slices.ContainsFunc(x, func(layer []*compiled) bool {
		return !slices.ContainsFunc(layer, func(c *compiled) bool { return c.whole(may) })
	})
}

// permits tells whether permits open resources of the type.
func (x sight) permits() bool {
	return slices.ContainsFunc(x, func(layer []*compiled) bool {
		return slices.ContainsFunc(layer, func(c *compiled) bool { return c.permit })
	})
}

// masks tells whether any rule hides or masks elements.
func (x sight) masks() bool {
	return slices.ContainsFunc(x, func(layer []*compiled) bool {
		return slices.ContainsFunc(layer, func(c *compiled) bool { return len(c.masked) > 0 })
	})
}

func (x sight) allows(may May) bool {
	return !slices.ContainsFunc(x, func(layer []*compiled) bool {
		return !slices.ContainsFunc(layer, func(c *compiled) bool { return c.allows(may) })
	})
}

// opens tells whether a permit can make a difference.
func (x sight) opens() bool {
	return slices.ContainsFunc(x, func(layer []*compiled) bool {
		return slices.ContainsFunc(layer, func(c *compiled) bool { return c.permit || c.within != nil && c.labels == LabelsNamed })
	})
}

func (r Rule) String() string {
	name := "*"
	if r.Type != 0 {
		name = r.Type.String()
	}
	text := fmt.Sprintf("%s.%s", name, r.May)
	if r.Query != "" {
		text += "?" + r.Query
	}
	if r.Of != (fhir.Ref{}) {
		text += " of " + r.Of.String()
	}
	return text
}
