package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"yitong/internal/fault"
)

func TestErrors(t *testing.T) {
	t.Parallel()
	base := fault.New(fault.NotFound, "There is no %s.", "Patient/1")
	at := base.At("Patient.id").WithIssue("value").Because(io.EOF)
	if len(base.Expression) != 0 || base.Issue != "" || base.Err != nil {
		t.Errorf("the copy changed the original: %+v", base)
	}
	if at.IssueType() != "value" || base.IssueType() != "not-found" {
		t.Errorf("issue types %q, %q", at.IssueType(), base.IssueType())
	}
	if want := "not-found: There is no Patient/1. at Patient.id: EOF"; at.Error() != want {
		t.Errorf("got %q, want %q", at.Error(), want)
	}
	wrapped := fmt.Errorf("while reading: %w", at)
	if fault.From(wrapped) != at || !errors.Is(wrapped, io.EOF) || fault.CodeOf(wrapped) != fault.NotFound {
		t.Error("a wrapped fault is not found again")
	}
}

// TestInChinese: what is said in both languages is one issue, of the error's own kind and place.
func TestInChinese(t *testing.T) {
	t.Parallel()
	base := fault.New(fault.NotFound, "There is no rule %s.", "x").WithIssue("value").At("Task.code")
	got := base.InChinese("没有规则 %s。", "x")
	want := fault.Issue{Severity: "error", Type: "value", English: "There is no rule x.", Chinese: "没有规则 x。", Expression: "Task.code"}
	if len(base.Issues) != 0 || len(got.Issues) != 1 || got.Issues[0] != want || got.Message != base.Message {
		t.Errorf("%+v", got)
	}
}

// TestUnknownErrorsAreInternal holds that nothing of an error that nobody expected is taken for a message to show.
func TestUnknownErrorsAreInternal(t *testing.T) {
	t.Parallel()
	f := fault.From(errors.New("secret"))
	if f.Code != fault.Internal || f.Message == "secret" || f.IssueType() != "exception" {
		t.Errorf("got %+v", f)
	}
	if fault.CodeOf(nil) != "" || fault.CodeOf(io.EOF) != fault.Internal {
		t.Error("codes of nil and of another error")
	}
}
