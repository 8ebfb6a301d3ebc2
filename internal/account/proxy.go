package account

import (
	"context"
	"slices"

	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// Proxy is somebody who may act for a resident by a grant: an institution has written down why, and until when.
type Proxy struct {
	Called string
	Grant  Grant
}

// Granted are those who may act for a resident now by a grant, whose ends first. Whom the resident entrusts by a Consent is not told here:
// who names another one by the number of a document does not learn whose it is.
func (a *Accounts) Granted(ctx context.Context, resident fhir.Ref) (list []Proxy, err error) {
	names, err := a.record.Names(ctx, resident)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		for behind, more := "", true; more; {
			rows, err := all[grantee](a.db.Owned(ctx, kindHolder, ownerOf(gate.Proxy, name.String()), behind, rowsAtATime))
			if err != nil {
				return nil, err
			}
			for _, row := range rows {
				behind = row.Item.ID
				p, err := a.byGrant(ctx, behind)
				if err != nil {
					return nil, err
				}
				if p != nil {
					list = append(list, *p)
				}
			}
			more = len(rows) == rowsAtATime
		}
	}
	slices.SortStableFunc(list, func(p, q Proxy) int { return p.Grant.Until.Compare(q.Grant.Until) })
	return list, nil
}

// byGrant is who may act by a grant now; nil for nobody.
func (a *Accounts) byGrant(ctx context.Context, id string) (*Proxy, error) {
	k, err := read[Grant](a.db.Item(ctx, kindGrant, id))
	if err != nil || k == nil {
		return nil, err
	}
	h, is, err := a.Holds(ctx, k.Thing.Account, func(h Holder) bool { return h.Capacity.Source == "grant/"+id })
	if err != nil || !is {
		return nil, err
	}
	k.Thing.ID = id
	return &Proxy{h.Account.Called, k.Thing}, nil
}
