package validate

import (
	"cmp"
	"fmt"
	"slices"

	"yitong/internal/fhir"
)

// Severity is how bad an issue is (http://hl7.org/fhir/issue-severity).
type Severity string

// The severities.
const (
	Error       Severity = "error"       // a rule that must be kept is broken
	Warning     Severity = "warning"     // a rule that should be kept is broken, or one that must be cannot be checked here
	Information Severity = "information" // worth knowing
)

// Issue is one thing that is wrong, at one place.
type Issue struct {
	Severity Severity
	Code     string    // FHIR issue type (http://hl7.org/fhir/issue-type)
	Rule     string    // which rule: the key of an invariant, such as obs-6, or one of this package's, such as cardinality
	Profile  string    // the canonical of the definition that states the rule; "" for rules of JSON and of types
	At       fhir.Node // the value at fault; for something missing, what it is missing in
	English  string    // what is wrong and what to do
	Chinese  string    // the same in Chinese
}

// Place is the FHIRPath of the place.
func (i Issue) Place() string { return i.At.Path() }

// Text is the sentence in the language of a tag (BCP 47): Chinese for zh and its regions, else English.
func (i Issue) Text(language string) string {
	if len(language) >= 2 && language[:2] == "zh" {
		return i.Chinese
	}
	return i.English
}

// message is a sentence in two languages with places for the same arguments.
type message struct{ en, zh string }

// found is a breach, before the walk knows of which definition.
type found struct {
	severity Severity
	code     string
	rule     string
	text     message
}

// report notes an issue. Errors have room of their own, so that warnings never hide them.
func (w *walk) report(at fhir.Node, f found, args ...any) {
	if f.severity != Error && (w.options.Errors || w.quiet) {
		return
	}
	count := &w.warnings
	if f.severity == Error {
		count = &w.errors
	}
	*count++
	if w.quiet || *count > MostIssues+1 {
		return
	}
	if *count > MostIssues {
		w.issues = append(w.issues, Issue{Severity: f.severity, Code: "informational", Rule: "too-many", At: w.root,
			English: fmt.Sprintf("There are more than %d issues of this severity; mend those that are told first.", MostIssues),
			Chinese: fmt.Sprintf("此级别的问题超过 %d 个，请先改正已列出的。", MostIssues)})
		return
	}
	w.issues = append(w.issues, Issue{
		Severity: f.severity, Code: f.code, Rule: f.rule, Profile: w.profile, At: at,
		English: fmt.Sprintf(f.text.en, args...), Chinese: fmt.Sprintf(f.text.zh, args...),
	})
}

// sorted is what was found, in the order of the text, each once although several profiles may say it.
func (w *walk) sorted() []Issue {
	if len(w.issues) < 2 {
		return w.issues
	}
	start := func(i Issue) int { at, _ := i.At.Span(); return at }
	slices.SortStableFunc(w.issues, func(a, b Issue) int {
		return cmp.Or(cmp.Compare(start(a), start(b)), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.English, b.English))
	})
	return slices.CompactFunc(w.issues, func(a, b Issue) bool {
		return a.At == b.At && a.Rule == b.Rule && a.English == b.English
	})
}
