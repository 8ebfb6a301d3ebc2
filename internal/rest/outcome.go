package rest

import (
	"encoding/json"
	"net/http"

	"golang.org/x/text/language"

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
	fault.Unknown:          http.StatusUnauthorized,
	fault.Forbidden:        http.StatusForbidden,
	fault.TooOften:         http.StatusTooManyRequests,
	fault.Unavailable:      http.StatusServiceUnavailable,
}

// Status is the HTTP status of a refusal.
func Status(f *fault.Error) int {
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
	Details     *details `json:"details,omitempty"`
	Diagnostics string   `json:"diagnostics"`
	Expression  []string `json:"expression,omitempty"`
}

// details say which rule an issue is about.
type details struct {
	Coding []ruleCode `json:"coding"`
}

type ruleCode struct {
	System string `json:"system"`
	Code   string `json:"code"`
}

// systemRule is the code system of the rules that resources are validated by: keys of invariants, and names of our own.
const systemRule = "urn:yitong:rule"

// outcomeOf is the OperationOutcome that tells of a refusal. Of an unexpected error it tells only by which request id
// the log knows it.
func (r *request) outcomeOf(f *fault.Error) []byte {
	switch {
	case Status(f) == http.StatusInternalServerError:
		return outcomeText(issue{Severity: "fatal", Code: "exception", Diagnostics: "Something unexpected went wrong here. Tell the operator this request id: " + r.requestID})
	case len(f.Issues) > 0:
		return outcomeText(r.issues(f.Issues)...)
	default:
		return outcomeText(issue{Severity: "error", Code: f.IssueType(), Diagnostics: f.Message, Expression: f.Expression})
	}
}

// issues are those that were found, in the language that the client prefers.
func (r *request) issues(found []fault.Issue) (issues []issue) {
	chinese := r.chinese()
	for _, i := range found {
		one := issue{Severity: i.Severity, Code: i.Type, Diagnostics: i.English}
		if i.Expression != "" {
			one.Expression = []string{i.Expression}
		}
		if chinese {
			one.Diagnostics = i.Chinese
		}
		if i.Rule != "" {
			one.Details = &details{[]ruleCode{{systemRule, i.Rule}}}
		}
		issues = append(issues, one)
	}
	return issues
}

// languages are those in which issues are told; the first is the one for everybody else.
var languages = language.NewMatcher([]language.Tag{language.English, language.Chinese})

// chinese tells whether the client would rather read Chinese (RFC 9110, 12.5.4).
func (r *request) chinese() bool {
	tags, _, err := language.ParseAcceptLanguage(r.header.Get("Accept-Language"))
	if err != nil {
		return false
	}
	_, i, _ := languages.Match(tags...)
	return i == 1
}

func outcomeText(issues ...issue) []byte {
	text, err := json.Marshal(outcome{"OperationOutcome", issues})
	if err != nil {
		panic(err) // strings always marshal
	}
	return text
}
