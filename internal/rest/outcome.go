package rest

import (
	"encoding/json"
	"net/http"

	"yitong/internal/fault"
)

// statusOf gives every code of a refusal its HTTP status. A code that is missing here is a 500.
var statusOf = map[fault.Code]int{
	fault.Malformed:        http.StatusBadRequest,
	fault.TooLarge:         http.StatusRequestEntityTooLarge,
	fault.Unprocessable:    http.StatusUnprocessableEntity,
	fault.NotFound:         http.StatusNotFound,
	fault.Gone:             http.StatusGone,
	fault.Conflict:         http.StatusConflict,
	fault.Precondition:     http.StatusPreconditionFailed,
	fault.NotSupported:     http.StatusNotImplemented,
	fault.NotAllowed:       http.StatusMethodNotAllowed,
	fault.NotAcceptable:    http.StatusNotAcceptable,
	fault.UnsupportedMedia: http.StatusUnsupportedMediaType,
	fault.Forbidden:        http.StatusForbidden,
	fault.Unavailable:      http.StatusServiceUnavailable,
}

func status(f *fault.Error) int {
	if code, ok := statusOf[f.Code]; ok {
		return code
	}
	return http.StatusInternalServerError
}

type outcome struct {
	ResourceType string  `json:"resourceType"`
	Issue        []issue `json:"issue"`
}

type issue struct {
	Severity    string   `json:"severity"`
	Code        string   `json:"code"`
	Diagnostics string   `json:"diagnostics"`
	Expression  []string `json:"expression,omitempty"`
}

// outcomeOf is the OperationOutcome that tells of a refusal. Of an unexpected error it tells only by which request id
// the log knows it.
func outcomeOf(f *fault.Error, requestID string) []byte {
	one := issue{"error", f.IssueType(), f.Message, f.Expression}
	if status(f) == http.StatusInternalServerError {
		one = issue{"fatal", "exception", "Something unexpected went wrong here. Tell the operator this request id: " + requestID, nil}
	}
	return outcomeText(one)
}

func outcomeText(one issue) []byte {
	text, err := json.Marshal(outcome{"OperationOutcome", []issue{one}})
	if err != nil {
		panic(err) // strings always marshal
	}
	return text
}
