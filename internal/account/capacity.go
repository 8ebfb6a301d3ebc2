package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// Grant is a role that an account has been given.
type Grant struct {
	ID          string    `json:"-"`
	Account     string    `json:"account,omitempty"`
	Role        gate.Role `json:"role"`
	Institution string    `json:"institution,omitempty"` // Organization/…, where the role is held at one
	Resident    string    `json:"resident,omitempty"`    // Patient/…, for whom a proxy acts
	From        time.Time `json:"from"`
	Until       time.Time `json:"until,omitzero"` // zero: until it is ended
	Reason      string    `json:"reason,omitempty"`
	Ended       bool      `json:"ended,omitempty"`
}

// Holds tells whether the grant counts now.
func (g *Grant) Holds(now time.Time) bool {
	return !g.Ended && !now.Before(g.From) && (g.Until.IsZero() || now.Before(g.Until))
}

// check refuses a grant that makes no sense.
func (g *Grant) check() error {
	switch {
	case !g.Role.Known() || g.Role == gate.System || g.Role == gate.Resident:
		return fault.New(fault.Unprocessable, "%q is no role that can be granted: residents have theirs by their verified name, systems are clients. 该角色不能授予：居民经实名核验获得，机构系统须登记为程序。", g.Role).At("role")
	case g.Role.Placed() != strings.HasPrefix(g.Institution, "Organization/"):
		if g.Role.Placed() {
			return fault.New(fault.Unprocessable, "The role %s is held at an institution; name it as Organization/…. 该角色须指定机构。", g.Role).At("institution")
		}
		return fault.New(fault.Unprocessable, "The role %s is held at no institution. 该角色不属于任何机构。", g.Role).At("institution")
	case (g.Role == gate.Proxy) != strings.HasPrefix(g.Resident, "Patient/"):
		return fault.New(fault.Unprocessable, "A proxy acts for a resident, named as Patient/…; no other role does. 代办人须指定居民，其他角色不可指定。").At("resident")
	case g.Role == gate.Proxy && (g.Until.IsZero() || g.Until.After(g.From.AddDate(proxyYears, 0, 0)) || strings.TrimSpace(g.Reason) == ""):
		return fault.New(fault.Unprocessable, "Who acts for a resident does so for a reason that is written down, and for %d year at most. 代办授权须写明原因，并在一年之内截止。", proxyYears).At("until", "reason")
	case !g.Until.IsZero() && !g.Until.After(g.From):
		return fault.New(fault.Unprocessable, "The grant ends before it begins. 截止时间早于开始时间。").At("until")
	}
	return nil
}

// Capacity is what an account can act as. Source names where it comes from, which also tells it from the others of the
// account: grant/…, PractitionerRole/… or Patient/….
type Capacity struct {
	Source      string    `json:"source"`
	Role        gate.Role `json:"role"`
	Institution string    `json:"institution,omitempty"`
	Resident    string    `json:"resident,omitempty"` // oneself, or for whom a proxy acts
	Until       time.Time `json:"until,omitzero"`

	types []schema.Type // of resources for which alone it is; nil: all
}

// of is who has the capacity, and for whom and where it counts.
func (c Capacity) of(person string) gate.Of {
	return gate.Of{Actor: person, Institution: c.Institution, Resident: refOf(c.Resident)}
}

// refOf reads Type/id; the zero Ref for anything else.
func refOf(text string) fhir.Ref {
	if r := fhir.ParseReference(text); r.Kind == fhir.ReferenceLocal {
		return r.Ref
	}
	return fhir.Ref{}
}

const (
	proxyYears = 1   // that somebody acts for a resident, until it is looked at again
	grantsMost = 200 // of one account
	postsMost  = 10  // roles of one person by posts at one institution
	postsRead  = "1000"

	entrustedMost = 3 // Consents by which one resident entrusts another with the record
)

// Capacities are all that an account can act as now, in a steady order: oneself first.
func (a *Accounts) Capacities(ctx context.Context, account *Account) (list []Capacity, err error) {
	now := a.Now()
	if err := account.Open(now); err != nil {
		return nil, err
	}
	if !account.Verified(now) {
		return nil, nil // nor does a proxy act who is nobody that is known
	}
	lives, err := a.lives(ctx, account.Person)
	if err != nil {
		return nil, err
	}
	if lives && strings.HasPrefix(account.Person, "Patient/") {
		list = append(list, Capacity{Source: account.Person, Role: gate.Resident, Resident: account.Person})
	}
	if lives {
		entrusted, err := a.entrusted(ctx, account.Person)
		if err != nil {
			return nil, err
		}
		list = append(list, entrusted...)
	}
	grants, err := a.grants(ctx, a.db, account.ID)
	if err != nil {
		return nil, err
	}
	for _, g := range grants {
		if g.Thing.Holds(now) {
			list = append(list, Capacity{Source: "grant/" + g.Item.ID, Role: g.Thing.Role, Institution: g.Thing.Institution, Resident: g.Thing.Resident, Until: g.Thing.Until})
		}
	}
	if !lives {
		return list, nil
	}
	posts, err := a.posts(ctx, account.Person, now)
	return append(list, posts...), err
}

// entrusted are those for whom a resident acts by their own wish: they have opened their record to that one.
func (a *Accounts) entrusted(ctx context.Context, person string) (list []Capacity, err error) {
	if !strings.HasPrefix(person, "Patient/") {
		return nil, nil
	}
	permits, err := a.record.Entrusted(ctx, refOf(person))
	if err != nil {
		return nil, err
	}
	times := map[string]int{} // by resident, so that nobody crowds out another
	for _, p := range permits {
		if times[p.Patient]++; times[p.Patient] > entrustedMost || len(list) == grantsMost {
			continue
		}
		c := Capacity{Source: p.Consent, Role: gate.Proxy, Resident: p.Patient, types: p.Types}
		if p.Until != store.ForEver {
			c.Until = p.Until
		}
		if p.Patient != person && !slices.ContainsFunc(list, func(o Capacity) bool { return o.Source == c.Source }) {
			list = append(list, c)
		}
	}
	return list, nil
}

// only is the layer of access by which a capacity is for some types alone, none if it is for all.
func (c Capacity) only() (layers [][]gate.Rule) {
	if c.types == nil {
		return nil
	}
	var rules []gate.Rule
	patient, _ := schema.TypeOf("Patient")
	for _, t := range slices.Concat(c.types, gate.PublicTypes(), []schema.Type{patient}) {
		rules = append(rules, gate.Rule{Type: t, May: gate.MayAll})
	}
	return [][]gate.Rule{rules}
}

// lives tells whether whom an account stands for counts in the record now.
func (a *Accounts) lives(ctx context.Context, person string) (bool, error) {
	if person == "" {
		return false, nil
	}
	v, err := a.record.Read(ctx, refOf(person))
	if c := fault.CodeOf(err); c == fault.NotFound || c == fault.Gone {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return false, fault.Wrap(err, "reading who an account stands for")
	}
	return lives(r.Root), nil
}

// capacity is the one of a source, now.
func (a *Accounts) capacity(ctx context.Context, account *Account, source string) (Capacity, error) {
	all, err := a.Capacities(ctx, account)
	if err != nil {
		return Capacity{}, err
	}
	if i := slices.IndexFunc(all, func(c Capacity) bool { return c.Source == source }); i >= 0 {
		return all[i], nil
	}
	return Capacity{}, fault.New(fault.Forbidden, "You cannot act so any more. Choose another role.")
}

func (a *Accounts) grants(ctx context.Context, r store.RegisterReader, account string) ([]kept[Grant], error) {
	list, err := all[Grant](r.Owned(ctx, kindGrant, account, "", grantsMost))
	for i := range list {
		list[i].Thing.ID = list[i].Item.ID
	}
	return list, err
}

// systemRole is the code system of roles that HL7's has no code for, and systemHL7 HL7's (practitioner-role).
const (
	systemRole = "urn:yitong:role"
	systemHL7  = "http://terminology.hl7.org/CodeSystem/practitioner-role"
)

var typeOrganization, _ = schema.TypeOf("Organization")

// posts are the roles that the PractitionerRoles of a person make. One that the person has written does not count: nobody
// appoints themself.
func (a *Accounts) posts(ctx context.Context, person string, now time.Time) (list []Capacity, err error) {
	if !strings.HasPrefix(person, "Practitioner/") {
		return nil, nil
	}
	t, _ := schema.TypeOf("PractitionerRole")
	asked, err := a.record.Request([]schema.Type{t}, []search.Pair{{Name: "practitioner", Value: person}, {Name: "active", Value: "true"}, {Name: "_count", Value: postsRead}}, gate.Wishes{})
	if err != nil {
		return nil, err
	}
	found, err := a.record.Search(ctx, asked, "posts", "")
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for _, v := range found.Matches {
		r, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return nil, fault.Wrap(err, "reading a post")
		}
		from, until, err := a.period(r.Root.Get("period"))
		organization := r.Root.Get("organization").Get("reference").Str()
		if err != nil || v.Author == person || now.Before(from) || !until.IsZero() && !now.Before(until) || refOf(organization).Type != typeOrganization {
			continue
		}
		for role := range rolesOf(r.Root) {
			if at[organization]++; at[organization] > postsMost {
				break
			}
			list = append(list, Capacity{Source: v.Ref.String() + "#" + string(role), Role: role, Institution: refOf(organization).String(), Until: until})
		}
	}
	slices.SortFunc(list, func(a, b Capacity) int { return strings.Compare(a.Source, b.Source) })
	return list, nil
}

// period reads a Period; zero where it is open.
func (a *Accounts) period(n fhir.Node) (from, until time.Time, err error) {
	if text := n.Get("start").Str(); text != "" {
		if from, _, err = fhir.ParsePeriod(text, a.config.Zone); err != nil {
			return from, until, err
		}
	}
	if text := n.Get("end").Str(); text != "" {
		_, until, err = fhir.ParsePeriod(text, a.config.Zone)
	}
	return from, until, err
}

// rolesOf are the clinical roles that a PractitionerRole's codes name.
func rolesOf(n fhir.Node) map[gate.Role]bool {
	roles := map[gate.Role]bool{}
	for code := n.Get("code").First(); code.Exists(); code = code.Next() {
		for c := code.Get("coding").First(); c.Exists(); c = c.Next() {
			system, role := c.Get("system").Str(), gate.Role(c.Get("code").Str())
			if (system == systemHL7 || system == systemRole) && role.Clinical() {
				roles[role] = true
			}
		}
	}
	return roles
}
