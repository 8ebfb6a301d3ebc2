package app_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yitong/internal/app"
	"yitong/internal/fault"
	"yitong/internal/gate/policy"
	"yitong/internal/process"
)

// TestModulesAreDecided: a policy that leaves an operation of a module open is refused before anything is opened.
func TestModulesAreDecided(t *testing.T) {
	t.Parallel()
	if _, err := app.Policy(""); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../gate/policy/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "policy.yaml")
	before, pharmacist, _ := strings.Cut(string(text), "\n  pharmacist:")
	decided := regexp.MustCompile(`emergency-uses: \w+,\s*`).FindString(pharmacist)
	without := before + "\n  pharmacist:" + strings.Replace(pharmacist, decided, "", 1)
	if err := os.WriteFile(file, []byte(without), 0o600); err != nil {
		t.Fatal(err)
	}
	s := settings(t)
	s.Policy = file
	_, err = app.New(t.Context(), s)
	if f := fault.From(err); f.Code != fault.Malformed || !strings.Contains(f.Message, "emergency-uses") || !strings.Contains(f.Message, "pharmacist") {
		t.Error(err)
	}
	if _, err := os.Stat(strings.TrimPrefix(s.DB, "sqlite:")); !os.IsNotExist(err) {
		t.Error("the record was opened")
	}
}

// TestReferenceOfModules: every module has a page, and every process.
func TestReferenceOfModules(t *testing.T) {
	t.Parallel()
	pages, err := app.Reference(policy.Standard())
	if err != nil {
		t.Fatal(err)
	}
	all, err := app.Modules()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all.Modules() {
		if pages["modules/"+d.Name+".md"] == "" {
			t.Errorf("the module %s has no page", d.Name)
		}
	}
	for _, d := range process.All(all.Processes()...) {
		if pages["processes/"+d.Code+".md"] == "" {
			t.Errorf("the process %s has no page", d.Code)
		}
	}
}

// TestOperationsAreDecided: the policy decides about every operation and process that there is, and about no other.
func TestOperationsAreDecided(t *testing.T) {
	t.Parallel()
	all, err := app.Modules()
	if err != nil {
		t.Fatal(err)
	}
	if there, decided := all.Permissions(), policy.Standard().Operations(); !slices.Equal(there, decided) {
		t.Errorf("there are %q, the policy decides about %q", there, decided)
	}
	var there []string
	for _, p := range process.All(all.Processes()...) {
		there = append(there, p.Code)
	}
	slices.Sort(there)
	if decided := policy.Standard().Processes(); !slices.Equal(there, decided) {
		t.Errorf("there are the processes %q, the policy decides about %q", there, decided)
	}
}
