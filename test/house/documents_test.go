package house

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestDocumentsAreTrue: what the threat model and the ASVS table name is there, and the table is whole.
func TestDocumentsAreTrue(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := readTree(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{threatModel, asvsTable} {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		d := documentOf(name, string(text))
		if n := strings.Count(string(text), ".Test"); n < 50 {
			t.Errorf("%s names only %d tests", name, n)
		}
		found := namesAreThere(d, tree, os.DirFS(root))
		if name == asvsTable {
			found = append(found, requirementsAreWhole(d)...)
		}
		for _, c := range found {
			t.Error(c)
		}
	}
}

func documentOf(name, text string) document {
	return document{name, strings.Split(strings.TrimSuffix(text, "\n"), "\n")}
}

// TestNamesAreThere shows documents that name what is there, and what is not.
func TestNamesAreThere(t *testing.T) {
	t.Parallel()
	tree := source{
		"internal/account/a_test.go":   "package account_test\n\nfunc TestLockOut() {}\n\nfunc FuzzName() {}\n",
		"internal/account/b_test.go":   "package account_test\n\ntype w int\n\nfunc (w) TestOfAType() {}\n",
		"internal/account/account.go":  "// Package account is.\npackage account\n\nfunc TestNone() {}\n",
		"internal/old/account/b.go":    "package account\n",
		"internal/fhir/fhir_test.go":   "package fhir\n\nfunc TestParse() {}\n",
		"internal/account/smart/s.go":  "package smart\n",
		"internal/myaccount/m_test.go": "package myaccount\n\nfunc TestMine() {}\n",
	}.parse(t)
	files := fstest.MapFS{
		"internal/account/account.go": {}, "docs/asvs.md": {}, "docs/adr/0001.md": {}, "CONTRIBUTING.md": {}, "go.sum": {},
	}
	for text, want := range map[string]string{
		"`account.TestLockOut` `account/smart.go`":                        "",
		"`internal/account.TestLockOut` and `account.FuzzName`":           "",
		"`fhir.TestParse` in `internal/account/account.go` and `go.sum`":  "",
		"[x](asvs.md#v1), [y](adr/0001.md), [z](../CONTRIBUTING.md)":      "",
		"[elsewhere](https://example.cn/x.md), `--addr :443`, `Device/x`": "",
		"no name: account.TestNever, `TestNever(t)`":                      "",
		"`account.TestNever`":                  "there is no test account.TestNever",
		"`account.TestNone`":                   "there is no test account.TestNone",
		"`account.TestOfAType`":                "there is no test account.TestOfAType",
		"`count.TestLockOut`":                  "there is no test count.TestLockOut",
		"`account.TestMine`":                   "there is no test account.TestMine",
		"`fhir.TestLockOut`":                   "there is no test fhir.TestLockOut",
		"`other/account.TestLockOut`":          "there is no test other/account.TestLockOut",
		"x `account.TestLockOut`, `TestParse`": "TestParse needs its package in front",
		"`internal/account/gone.go`":           "there is no internal/account/gone.go",
		"[x](gone.md)":                         "the link to gone.md leads nowhere",
		"[x](gone.md#part)":                    "the link to gone.md leads nowhere",
	} {
		got := namesAreThere(documentOf("docs/x.md", "first line\n"+text), tree, files)
		switch {
		case want == "":
			if len(got) > 0 {
				t.Errorf("%s: %q", text, got)
			}
		case len(got) != 1 || !strings.HasPrefix(got[0].String(), "docs/x.md:2: "+want):
			t.Errorf("%s: got %q, want one complaint with %q", text, got, want)
		}
	}
}

// TestRequirementsAreWhole changes one row of a table that is whole.
func TestRequirementsAreWhole(t *testing.T) {
	t.Parallel()
	ids := requirements()
	if n := len(ids); n != 259 {
		t.Errorf("levels 1 and 2 have %d requirements, want 259", n)
	}
	if sorted := slices.Sorted(slices.Values(ids)); len(slices.Compact(sorted)) != len(ids) {
		t.Error("a number stands twice in the list")
	}
	for name, c := range map[string]struct{ row, want string }{
		"whole":            {"| 2.2.1 | few attempts | holds | `x.TestY` |", ""},
		"not yet":          {"| 2.2.1 | few attempts | not yet | |", ""},
		"missing":          {"", "2.2.1 is missing"},
		"twice":            {"| 2.2.1 | few | holds | x |\n| 2.2.1 | few | holds | x |", "2.2.1 stands here twice"},
		"another state":    {"| 2.2.1 | few attempts | perhaps | x |", `2.2.1 is "perhaps"`},
		"without a reason": {"| 2.2.1 | few attempts | holds | |", "2.2.1 holds, but nothing says why"},
		"a no for nothing": {"| 2.2.1 | few attempts | no |  |", "2.2.1 no, but nothing says why"},
		"wordy":            {"| 2.2.1 | " + strings.Repeat("word ", 13) + "| holds | x |", "2.2.1 has 13 words"},
		"wordless":         {"| 2.2.1 | | holds | x |", "2.2.1 has 0 words"},
		"of level 3":       {"| 2.2.1 | few | holds | x |\n| 2.2.4 | phishing | holds | x |", "2.2.4 is no requirement"},
		"of five cells":    {"| 2.2.1 | few | holds | x |\n| 2.2.1 | few | holds | x | y |", "a row has four cells"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := []string{"# Table", "", "| | asks for | | by |", "|---|---|---|---|"}
			for _, id := range ids {
				if id != "2.2.1" {
					lines = append(lines, "| "+id+" | something | holds | x |")
				}
			}
			got := requirementsAreWhole(documentOf("x.md", strings.Join(append(lines, c.row), "\n")))
			switch {
			case c.want == "":
				if len(got) > 0 {
					t.Errorf("%q", got)
				}
			case len(got) != 1 || !strings.Contains(got[0].String(), c.want):
				t.Errorf("got %q, want one complaint with %q", got, c.want)
			}
		})
	}
}
