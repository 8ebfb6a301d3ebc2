package auth

import (
	"net/http"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// PathProxies tells residents, in the browser app, who may act for them by what an institution has entered (GET).
const PathProxies = "/auth/proxies"

// proxy is somebody who may act for the resident who asks.
type proxy struct {
	Called string    `json:"called"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
}

// proxies answers at [PathProxies] who acts for themself, and nobody else.
func (v *visit) proxies() error {
	if v.r.Method != http.MethodGet && v.r.Method != http.MethodHead {
		v.w.Header().Set("Allow", "GET, HEAD")
		return fault.New(fault.NotAllowed, "Who may act for one is read by GET.")
	}
	if v.signed == nil || v.signed.Session.Stage != account.Whole {
		return fault.New(fault.Unknown, "Nobody is signed in.")
	}
	p, err := v.accounts.Acting(v.r.Context(), v.signed)
	if err != nil {
		return err
	}
	if p.Role != gate.Resident {
		return fault.New(fault.Forbidden, "Who may act for somebody is told to that one alone.")
	}
	granted, err := v.accounts.Granted(v.r.Context(), fhir.ParseReference(p.Resident).Ref)
	if err != nil {
		return err
	}
	told := struct {
		Proxies []proxy `json:"proxies"`
	}{[]proxy{}}
	for _, g := range granted {
		told.Proxies = append(told.Proxies, proxy{g.Called, g.Grant.From, g.Grant.Until, g.Grant.Reason})
	}
	return v.answer(told)
}
