package rule_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/rule"
)

// TestTry: each past case is decided again by the draft, and what comes out otherwise is told with both rows.
func TestTry(t *testing.T) {
	t.Parallel()
	r := slots("440000,,,1,30,a", "440000,,,2,20,b")
	b := book(t, []*rule.Table{r.Table()})
	used := func(subject, region, date, level string) rule.Case {
		row, err := b.Find("slot.length", region, on(date), level)
		if err != nil {
			t.Fatal(err)
		}
		return rule.Case{Subject: subject, Use: row.Used(region, on(date), level)}
	}
	bare := rule.Case{Subject: "bare", Use: rule.Use{Ref: "slot.length@2026-01/1"}}
	gone := used("gone", "440106", "2026-05-01", "1")
	gone.Ref = "slot.length@2020-01/1"
	cases := []rule.Case{
		used("before", "440106", "2026-03-31", "1"), used("otherwise", "440106", "2026-04-01", "1"), used("same value",
			"440106", "2026-04-01", "2"),
		bare, gone, {Subject: "another rule", Use: rule.Use{Ref: "x@1/1", At: on("2026-05-01")}},
		{Subject: "a gap", Use: rule.Use{Ref: "slot.length@2026-01/1", Region: "450000", At: on("2026-05-01"),
			Keys: []string{"1"}}},
	}
	draft := rule.Version{Table: "slot.length", Name: "2026-03", From: "2026-04-01",
		Lines: lines(t, r.Table(), "440000,,,1,15,c", "440000,,,2,20,d")}
	d, err := rule.Try(t.Context(), b, draft, slices.Values(cases))
	if err != nil {
		t.Fatal(err)
	}
	if d.Cases != 5 || d.Same != 2 || d.Left != 1 || d.Unlike() != 3 || len(d.Some) != 3 {
		t.Fatalf("%+v", d)
	}
	for i, want := range []string{"otherwise", "gone", "a gap"} {
		if d.Some[i].Subject != want {
			t.Errorf("%s, want %s", d.Some[i].Subject, want)
		}
	}
	if one := d.Some[0]; one.Old.Ref() != "slot.length@2026-01/1" || one.New.Ref() != "slot.length@2026-03/1" ||
		one.New.Duration().Minutes() != 15 {
		t.Errorf("%+v", one)
	}
	if d.Some[1].Old != nil || d.Some[1].New == nil {
		t.Errorf("a row that is not there: %+v", d.Some[1])
	}
	if one := d.Some[2]; one.New != nil || !strings.Contains(fault.From(one.Why).Message, "450000") {
		t.Errorf("a gap: %+v", one)
	}
	if _, err := b.Row("slot.length@2026-03/1"); err == nil {
		t.Error("the book has the draft")
	}
	draft.Lines[0].Value = "1"
	if _, err := rule.Try(t.Context(), b, draft, slices.Values(cases)); fault.CodeOf(err) != fault.Unprocessable {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	draft.Lines[0].Value = "15"
	if _, err := rule.Try(ctx, b, draft, slices.Values(cases)); fault.CodeOf(err) != fault.Unavailable {
		t.Error(err)
	}
}
