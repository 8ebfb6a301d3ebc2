package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/rule"
)

// TestRulesByHand goes the whole way: export, edit, import, try, publish.
func TestRulesByHand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var of rulesOf
	of.DB, of.Zone = "sqlite:"+filepath.Join(dir, "record.db"), "Asia/Shanghai"
	file, book := filepath.Join(dir, "workday.csv"), filepath.Join(dir, "all.xlsx")
	ctx := t.Context()
	run := func(command interface{ Run(context.Context) error }) {
		t.Helper()
		if err := command.Run(ctx); err != nil {
			t.Fatal(err)
		}
	}
	run(&exportRules{rulesOf: of, File: file, Table: []string{rule.WorkdayTable.Table().Name}})
	run(&exportRules{rulesOf: of, File: book})
	if err := (&exportRules{rulesOf: of, File: book}).Run(ctx); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a file that is there: %v", err)
	}
	run(&importRules{rulesOf: of, File: book, From: "2027-01-01"}) // nothing is new in it
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(text, ",2027-01-01,2027-01-04,no,某通知\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	run(&importRules{rulesOf: of, File: file, From: "2027-01-01", Note: "某通知"})
	var draft string
	look := func(want string, states ...string) {
		t.Helper()
		err := of.on(ctx, func(d rulesDesk) error {
			all, err := d.List(ctx, d.session, "")
			if err != nil {
				return err
			}
			if len(all) != len(states) {
				t.Fatalf("%d versions, want %v", len(all), states)
			}
			for i, v := range all {
				draft = v.ID
				if string(v.State) != states[i] {
					t.Errorf("%s is %s, want %s", v, v.State, states[i])
				}
			}
			row, err := d.book.Find("workday", "", time.Date(2027, 1, 1, 0, 0, 0, 0, d.book.Zone()))
			if (err == nil) != (want != "") || err == nil && row.Value() != want {
				t.Errorf("found %v, %v; want %q", row, err, want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	look("", "draft")
	run(&tryRules{rulesOf: of, Draft: draft, Most: 10})
	run(&publishRule{rulesOf: of, Draft: draft})
	look("no", "active")
	if err := (&publishRule{rulesOf: of, Draft: draft}).Run(ctx); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("published again: %v", err)
	}
	run(&listRules{of})
	run(&showRule{rulesOf: of, Name: "workday", Region: "440106"})
	run(&showRule{rulesOf: of, Name: "workday", At: "2027-01-01"})
	if err := (&showRule{rulesOf: of, Name: "workday", At: "2027-01-01",
		Known: "2020-01-01"}).Run(ctx); fault.CodeOf(err) != fault.Unprocessable {
		t.Errorf("as known before: %v", err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), ",no,", ",never,", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&importRules{rulesOf: of, File: file, From: "2027-01-01"}).Run(ctx); err == nil ||
		!strings.Contains(err.Error(), "row 2, column D (value)") {
		t.Errorf("a mistake: %v", err)
	}
	if err := os.WriteFile(file, []byte("region,from,to,value,source\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&importRules{rulesOf: of, File: file, From: "2028-01-01"}).Run(ctx); fault.CodeOf(err) != fault.Unprocessable {
		t.Errorf("a file without rows: %v", err)
	}
	look("no", "active")
	run(&importRules{rulesOf: of, File: file, From: "2028-01-01", Clear: true})
}
