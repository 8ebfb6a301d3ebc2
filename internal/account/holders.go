package account

import (
	"context"
	"iter"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// Holder is an account with one of the capacities that it has now.
type Holder struct {
	Account  Account
	Capacity Capacity
}

// Holders are at most so many accounts that can act in a role at an institution now, or at any for "", by a grant or by a post. Both are
// found by the institution and the role: what others have is not looked at.
func (a *Accounts) Holders(ctx context.Context, institution string, role gate.Role, most int) ([]Holder, error) {
	posted, err := a.posted(ctx, role, institution)
	if err != nil {
		return nil, err
	}
	ids := chained(a.granted(ctx, role, institution), a.standingFor(ctx, posted))
	return a.holding(ctx, ids, most, func(h Holder) bool {
		return h.Capacity.Role == role && (institution == "" || h.Capacity.Institution == institution)
	})
}

// Proxies are at most so many accounts that can act for a resident now: by a grant, or by the resident's own Consent.
func (a *Accounts) Proxies(ctx context.Context, resident fhir.Ref, most int) ([]Holder, error) {
	names, err := a.record.Names(ctx, resident)
	if err != nil {
		return nil, err
	}
	entrusted, err := a.entrustedBy(ctx, names[0])
	if err != nil {
		return nil, err
	}
	ids := []iter.Seq2[string, error]{a.standingFor(ctx, entrusted)}
	for _, name := range names {
		ids = append(ids, a.granted(ctx, gate.Proxy, name.String()))
	}
	return a.holding(ctx, chained(ids...), most, func(h Holder) bool {
		return h.Capacity.Role == gate.Proxy && slices.Contains(names, refOf(h.Capacity.Resident))
	})
}

// Persons are the accounts of those who stand in the record by some names, such as Patient/…, and have a capacity that is meant.
func (a *Accounts) Persons(ctx context.Context, names []string, meant func(Holder) bool) ([]Holder, error) {
	return a.holding(ctx, a.standingFor(ctx, names), len(names), meant)
}

// Holds is an account with the first of its capacities now that is meant; is tells whether there is one.
func (a *Accounts) Holds(ctx context.Context, id string, meant func(Holder) bool) (h Holder, is bool, err error) {
	k, err := a.account(ctx, a.db, id)
	if fault.CodeOf(err) == fault.NotFound {
		return h, false, nil
	}
	if err != nil {
		return h, false, err
	}
	can, err := a.Capacities(ctx, &k.Thing)
	if fault.CodeOf(err) == fault.Forbidden { // it is closed, or has run out
		return h, false, nil
	}
	if err != nil {
		return h, false, err
	}
	for _, c := range can {
		if h := (Holder{k.Thing, c}); meant(h) {
			return h, true, nil
		}
	}
	return h, false, nil
}

// Principal is a holder as the gate would know them, who is not there: see [Accounts.Standing].
func (a *Accounts) Principal(h Holder) *Principal { return a.inCapacity(&h.Account, h.Capacity) }

// holding are the accounts among some that have a capacity which is meant, each once.
func (a *Accounts) holding(ctx context.Context, ids iter.Seq2[string, error], most int, meant func(Holder) bool) (list []Holder, err error) {
	seen := map[string]bool{}
	for id, err := range ids {
		if err != nil {
			return nil, err
		}
		if seen[id] {
			continue
		}
		seen[id] = true
		if len(list) >= most {
			break
		}
		h, is, err := a.Holds(ctx, id, meant)
		if err != nil {
			return nil, err
		}
		if is {
			list = append(list, h)
		}
	}
	return list, nil
}

func chained(all ...iter.Seq2[string, error]) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, one := range all {
			for id, err := range one {
				if !yield(id, err) {
					return
				}
			}
		}
	}
}

// grantee is what stands in the register beside a grant, by the role and what it is for.
type grantee struct {
	Account string `json:"account"`
}

// ownerOf is the owner of the rows of those who have a role at an institution, or act for a resident.
func ownerOf(role gate.Role, at string) string { return string(role) + " " + at }

// enterHolder enters the rows of a grant, which stay until the grant is over: by the role and what it is for, and by the role alone. It
// tells false if they are there.
func enterHolder(tx store.Tx, g *Grant) (is bool, err error) {
	for kind, owner := range map[string]string{kindHolder: ownerOf(g.Role, g.Institution+g.Resident), kindAnywhere: string(g.Role)} {
		i := store.Item{Kind: kind, ID: g.ID, Author: g.Account, Owner: owner, Until: g.Until}
		if is, err = write(tx, i, grantee{g.Account}, false); err != nil {
			return false, err
		}
	}
	return is, nil
}

// strikeHolder takes out the rows of a grant.
func strikeHolder(tx store.Tx, id string) error {
	for _, kind := range []string{kindHolder, kindAnywhere} {
		if _, err := tx.Strike(kind, id); err != nil {
			return err
		}
	}
	return nil
}

const (
	rowsAtATime = 500 // that are read
	rowsInOne   = 50  // that are entered in one transaction
)

// granted are the accounts to which a role was given, at an institution or for a resident; "" for any.
func (a *Accounts) granted(ctx context.Context, role gate.Role, at string) iter.Seq2[string, error] {
	kind, owner := kindHolder, ownerOf(role, at)
	if at == "" {
		kind, owner = kindAnywhere, string(role)
	}
	return func(yield func(string, error) bool) {
		for behind := ""; ; {
			rows, err := all[grantee](a.db.Owned(ctx, kind, owner, behind, rowsAtATime))
			if err != nil {
				yield("", err)
				return
			}
			for _, row := range rows {
				if behind = row.Item.ID; !yield(row.Thing.Account, nil) {
					return
				}
			}
			if len(rows) < rowsAtATime {
				return
			}
		}
	}
}

// posted are those who have a post of a role at an institution; "" for any.
func (a *Accounts) posted(ctx context.Context, role gate.Role, institution string) (people []string, err error) {
	t, _ := schema.TypeOf("PractitionerRole")
	pairs := []search.Pair{{Name: "role", Value: string(role)}, {Name: "active", Value: "true"}, {Name: "_count", Value: postsRead}}
	if institution != "" {
		pairs = append(pairs, search.Pair{Name: "organization", Value: institution})
	}
	asked, err := a.record.Request([]schema.Type{t}, pairs, gate.Wishes{})
	if err != nil {
		return nil, err
	}
	found, err := a.record.Search(ctx, asked, "posts", "")
	if err != nil {
		return nil, err
	}
	for _, v := range found.Matches {
		post, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return nil, fault.Wrap(err, "reading a post")
		}
		people = append(people, post.Root.Get("practitioner").Get("reference").Str())
	}
	return people, nil
}

// entrustedBy are the names of those to whom a resident has opened the record.
func (a *Accounts) entrustedBy(ctx context.Context, resident fhir.Ref) (people []string, err error) {
	permits, err := a.record.Entrusting(ctx, resident)
	if err != nil {
		return nil, err
	}
	for _, p := range permits {
		names, err := a.record.Names(ctx, refOf(p.Grantee))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			people = append(people, name.String())
		}
	}
	return people, nil
}

// standingFor are the accounts of people of the record who have one.
func (a *Accounts) standingFor(ctx context.Context, people []string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, person := range people {
			switch k, err := a.named(ctx, a.db, "person:"+person); {
			case err != nil:
				yield("", err)
				return
			case k != nil && !yield(k.Thing.ID, nil):
				return
			}
		}
	}
}

// holdersOfOld enters the rows of grants that were given before there were any, a part at a time; of those that stand already it only
// looks whether they do.
func (a *Accounts) holdersOfOld(ctx context.Context) error {
	for behind := ""; ; {
		grants, err := all[Grant](a.db.Owned(ctx, kindGrant, "*", behind, rowsAtATime))
		if err != nil || len(grants) == 0 {
			return err
		}
		rows, err := a.db.Owned(ctx, kindHolder, "*", behind, rowsAtATime)
		if err != nil {
			return err
		}
		there := map[string]bool{}
		for _, row := range rows {
			there[row.ID] = true
		}
		behind = grants[len(grants)-1].Item.ID
		lacking := slices.DeleteFunc(grants, func(k kept[Grant]) bool { return there[k.Item.ID] || a.over(&k.Thing) })
		for part := range slices.Chunk(lacking, rowsInOne) {
			if err := a.enterLacking(ctx, part); err != nil {
				return err
			}
		}
	}
}

// over tells whether a grant holds no more, nor will.
func (a *Accounts) over(g *Grant) bool {
	return g.Ended || !g.Until.IsZero() && !a.Now().Before(g.Until)
}

// enterLacking enters the rows of grants that still stand.
func (a *Accounts) enterLacking(ctx context.Context, lacking []kept[Grant]) error {
	return a.writing(ctx, func(tx store.Tx) error {
		for _, one := range lacking {
			now, err := read[Grant](tx.Item(ctx, kindGrant, one.Item.ID))
			if err != nil {
				return err
			}
			if now == nil || a.over(&now.Thing) {
				continue
			}
			now.Thing.ID = one.Item.ID
			if _, err := enterHolder(tx, &now.Thing); err != nil { // false: another server was quicker
				return err
			}
		}
		return nil
	})
}
