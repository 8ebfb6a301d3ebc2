// Package fault is the one error type of the platform: a code that says what kind of refusal it is, a message
// that is safe to show to the caller and says what to mend, and the cause for the log.
//
// Modules choose codes; only package rest knows which HTTP status each one becomes. An error that is not a
// *fault.Error is a defect or a broken part: it is logged and shown as [Internal], without detail.
package fault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Code is the kind of a refusal.
type Code string

const (
	Internal         Code = "internal"          // a defect or a broken part; the message is never shown
	Malformed        Code = "malformed"         // the request cannot be read: JSON, ids, parameters
	TooLarge         Code = "too-large"         // over a stated limit
	Unprocessable    Code = "unprocessable"     // readable, but a rule forbids it: a reference to nothing
	NotFound         Code = "not-found"         // no such resource, version or address
	Gone             Code = "gone"              // the resource was deleted
	Conflict         Code = "conflict"          // the present state forbids it: others point here, somebody was quicker
	Precondition     Code = "precondition"      // If-Match, If-None-Match or a condition that names several resources
	NotSupported     Code = "not-supported"     // part of FHIR, not offered here
	NotAllowed       Code = "not-allowed"       // this address does not take this method
	NotAcceptable    Code = "not-acceptable"    // the caller accepts no format that is offered
	UnsupportedMedia Code = "unsupported-media" // the body is in a format that is not taken
	Unknown          Code = "unknown"           // nobody knows who the caller is: no sign-in, or one that has ended
	Forbidden        Code = "forbidden"         // the caller may not do this
	TooOften         Code = "too-often"         // it was tried too many times; Error.Wait says for how long to wait
	Unavailable      Code = "unavailable"       // a part is down or busy; trying again may help
)

// issueOf gives each code the FHIR issue type (http://hl7.org/fhir/issue-type, R4) that it has unless one is set.
var issueOf = map[Code]string{
	Internal: "exception", Malformed: "structure", TooLarge: "too-long", Unprocessable: "business-rule",
	NotFound: "not-found", Gone: "deleted", Conflict: "conflict", Precondition: "conflict",
	NotSupported: "not-supported", NotAllowed: "not-supported", NotAcceptable: "not-supported",
	UnsupportedMedia: "not-supported", Unknown: "login", TooOften: "throttled", Forbidden: "forbidden", Unavailable: "transient",
}

// Codes are all codes, sorted.
func Codes() []Code { return slices.Sorted(maps.Keys(issueOf)) }

// Error is a refusal.
type Error struct {
	Code       Code
	Message    string        // for the caller: what is wrong and what to mend; no personal data beyond what the caller sent
	Issue      string        // FHIR issue type; empty means the code's own
	Expression []string      // FHIRPath of the places at fault
	Issues     []Issue       // one by one what is wrong, where Message sums up
	Wait       time.Duration // after which trying again may help; 0 for not known
	Err        error         // the cause, for the log only
}

// Issue is one of several things that are wrong with what the caller sent, or worth knowing about it.
type Issue struct {
	Severity   string // error, warning or information (http://hl7.org/fhir/issue-severity)
	Type       string // FHIR issue type
	Rule       string // that is broken, such as obs-6; "" for none with a name
	English    string // what is wrong and what to mend
	Chinese    string // the same
	Expression string // FHIRPath of the place
}

// New makes an Error of the code with a formatted message.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes an [Internal] error of a cause that nobody expected, with a note of what was being done.
func Wrap(err error, doing string) *Error {
	return &Error{Code: Internal, Message: doing, Err: err}
}

// At returns a copy that names the places at fault.
func (e *Error) At(expression ...string) *Error {
	c := *e
	c.Expression = expression
	return &c
}

// WithIssue returns a copy with another FHIR issue type.
func (e *Error) WithIssue(issue string) *Error {
	c := *e
	c.Issue = issue
	return &c
}

// InChinese returns a copy that says it in Chinese too, to whom reads that.
func (e *Error) InChinese(format string, args ...any) *Error {
	c := *e
	c.Issues = []Issue{{Severity: "error", Type: e.IssueType(), English: e.Message, Chinese: fmt.Sprintf(format, args...)}}
	if len(e.Expression) > 0 {
		c.Issues[0].Expression = e.Expression[0]
	}
	return &c
}

// And returns a copy with the issues of another error too; a nil error has none.
func (e *Error) And(other *Error) *Error {
	if e == nil {
		return other
	}
	c := *e
	c.Issues = append(c.Issues[:len(c.Issues):len(c.Issues)], other.Issues...)
	return &c
}

// Because returns a copy that keeps the cause for the log.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// IssueType is the FHIR issue type of the error.
func (e *Error) IssueType() string {
	if e.Issue != "" {
		return e.Issue
	}
	return issueOf[e.Code]
}

func (e *Error) Error() string {
	s := string(e.Code) + ": " + e.Message
	for _, x := range e.Expression {
		s += " at " + x
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// CodeOf is the code of err: that of the first *Error in its chain, [Internal] for any other error, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	return From(err).Code
}

// From returns err as an *Error; one of another type becomes [Internal].
func From(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return Wrap(err, "unexpected error")
}
