package export_test

import (
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate/export"
)

var (
	limits = export.Limits{Most: 1000, Lasts: 30 * 24 * time.Hour, Repetitions: 2}
	noon   = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
)

// FuzzRead: what is taken is within the limits, whatever is said, and what is not taken is refused with a reason.
func FuzzRead(f *testing.F) {
	f.Add("Patient", "Patient?gender=male", "x", "y", "true", "1", "2", "7", "2026-05-10")
	f.Add("Patient,Observation", "?", "x", "Organization/y", "", "", "2", "07", "2026")
	f.Add("*", "Patient?", " ", "\x00", "TRUE", "1", "2", "-7", "")
	f.Fuzz(func(t *testing.T, types, query, purpose, recipient, abroad, assessment, pia, most, until string) {
		said := map[string][]string{"type": {types}}
		for name, value := range map[string]string{
			"query": query, "purpose": purpose, "recipient": recipient, "abroad": abroad, "assessment": assessment, "pia": pia, "most": most, "until": until,
		} {
			if value != "" {
				said[name] = []string{value}
			}
		}
		a, err := export.Read(said, limits, noon, time.UTC)
		if err != nil {
			if c := fault.CodeOf(err); c != fault.Malformed && c != fault.Unprocessable || fault.From(err).Message == "" {
				t.Errorf("refused by %v", err)
			}
			return
		}
		if len(a.Parts) == 0 || strings.TrimSpace(a.Purpose) == "" || strings.TrimSpace(a.Recipient) == "" || a.PIA == "" || a.Abroad && a.Assessment == "" ||
			a.Most < 1 || a.Most > limits.Most || !a.Until.After(noon) || a.Until.After(noon.Add(limits.Lasts)) {
			t.Errorf("taken: %+v", a)
		}
	})
}

// TestLimits: limits that are none are refused.
func TestLimits(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*export.Limits){
		"nothing":            func(l *export.Limits) { l.Most = 0 },
		"everything":         func(l *export.Limits) { l.Most = 1 << 40 },
		"no time":            func(l *export.Limits) { l.Lasts = 0 },
		"time without end":   func(l *export.Limits) { l.Lasts = 1 << 60 },
		"never":              func(l *export.Limits) { l.Repetitions = 0 },
		"as often as wanted": func(l *export.Limits) { l.Repetitions = 1 << 40 },
	} {
		l := limits
		change(&l)
		if err := l.Check(); fault.CodeOf(err) != fault.Malformed {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := limits.Check(); err != nil {
		t.Error(err)
	}
}
