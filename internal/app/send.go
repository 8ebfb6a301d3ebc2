package app

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/rest"
)

// loadKeys is how long the record remembers what a load into its database has stored. A server that is loaded into from
// outside keeps its own time, a day.
const loadKeys = 30 * 24 * time.Hour

// Local sends Bundles to the record of this process. It implements load.Sender.
type Local struct {
	Rest      *rest.Server
	Custodian string // the institution that answers for what names none, such as Organization/…; "" for none
}

// Send implements load.Sender.
func (l Local) Send(ctx context.Context, bundle []byte, key string) ([]byte, bool, error) {
	actor := gate.Actor{
		Reference: "Device/import", As: l.Custodian, Institution: l.Custodian, // with another custodian, the same bundle is another one
		Process: gate.Everything, Access: gate.Whole(),
	}
	return l.Rest.Transact(ctx, actor, bundle, key, loadKeys)
}

// Remote sends Bundles to another server's FHIR base. It implements load.Sender.
type Remote struct {
	Base   string
	Token  string // "" for a server without accounts
	Client *http.Client
}

// Send implements load.Sender.
func (r Remote) Send(ctx context.Context, bundle []byte, key string) ([]byte, bool, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(r.Base, "/"), bytes.NewReader(bundle))
	if err != nil {
		return nil, false, fault.New(fault.Malformed, "%q is not the address of a FHIR base.", r.Base).Because(err)
	}
	req.Header.Set("Content-Type", "application/fhir+json")
	req.Header.Set("Idempotency-Key", key)
	if r.Token != "" {
		req.Header.Set("Authorization", "Bearer "+r.Token)
	}
	answer, err := r.Client.Do(req)
	if err != nil {
		return nil, false, fault.New(fault.Unavailable, "The server cannot be reached.").Because(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, fhir.MaxBytes))
	if err != nil {
		return nil, false, fault.New(fault.Unavailable, "The answer broke off.").Because(err)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, false, refusal(answer.StatusCode, text)
	}
	return text, answer.Header.Get("Idempotent-Replayed") == "true", nil
}

// refusals are the statuses that are no fault of what was sent.
var refusals = map[int]fault.Code{
	http.StatusUnauthorized: fault.Forbidden, http.StatusForbidden: fault.Forbidden, http.StatusNotFound: fault.NotFound,
	http.StatusMethodNotAllowed: fault.NotAllowed, http.StatusTooManyRequests: fault.Unavailable,
}

// refusal reads an OperationOutcome.
func refusal(status int, text []byte) error {
	code, known := refusals[status]
	switch {
	case known:
	case status >= http.StatusInternalServerError:
		code = fault.Unavailable
	default:
		code = fault.Unprocessable
	}
	f := fault.New(code, "The server answered with status %d.", status)
	tree, err := fhir.Parse(text)
	if err != nil {
		return f
	}
	issue := tree.Root().Get("issue").Item(0)
	if said := issue.Get("diagnostics").Str(); said != "" {
		f.Message = said
	}
	for x := issue.Get("expression").First(); x.Exists(); x = x.Next() {
		f.Expression = append(f.Expression, x.Str())
	}
	for i := tree.Root().Get("issue").First(); i.Exists() && issue.Get("details").Exists(); i = i.Next() { // of a validation
		f.Issues = append(f.Issues, fault.Issue{
			Severity: i.Get("severity").Str(), Type: i.Get("code").Str(), English: i.Get("diagnostics").Str(), Chinese: i.Get("diagnostics").Str(),
			Rule: i.Get("details").Get("coding").Item(0).Get("code").Str(), Expression: i.Get("expression").Item(0).Str(),
		})
	}
	return f
}
