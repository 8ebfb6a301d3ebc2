package load_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yitong/internal/app/load"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/export"
	"yitong/internal/gate/policy"
	"yitong/internal/store"
)

// person is a session of somebody in a role at an institution.
func (r *record) person(reference, institution string, role gate.Role, client string) *gate.Session {
	access := policy.Standard().Access(role, gate.Of{Actor: reference, Institution: institution})
	return r.gate.Session(gate.Actor{Reference: reference, Institution: institution, Role: role, Client: client, Access: access})
}

// asked is a request for Observations of somebody who works for Organization/a.
func (r *record) asked(t *testing.T, d *export.Desk, client string) fhir.Ref {
	t.Helper()
	said := map[string][]string{"type": {"Observation"}, "purpose": {"统计"}, "recipient": {"统计处"}, "pia": {"1"}}
	made, err := d.Ask(t.Context(), r.person("Practitioner/x", "Organization/a", gate.Office, client), said, nil)
	if err != nil {
		t.Fatal(err)
	}
	return made.Version.Ref
}

func observations(custodian string, n int) string {
	var lines strings.Builder
	for i := range n {
		fmt.Fprintf(&lines, `{"resourceType":"Observation","id":"%s-%d","status":"final","code":{"text":"x"},`+
			`"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/%[1]s"}}]}}`+"\n", custodian, i)
	}
	return lines.String()
}

// TestApproved: what a request lets out is written and counted, once; before it is approved nothing is.
func TestApproved(t *testing.T) {
	eachDatabase(t, func(t *testing.T, kind string) {
		r := newRecord(t, kind, true)
		r.load(t, folder(t, map[string]string{
			"organizations.ndjson": "{\"resourceType\":\"Organization\",\"id\":\"a\"}\n{\"resourceType\":\"Organization\",\"id\":\"b\"}\n",
		}))
		r.load(t, folder(t, map[string]string{"mine.ndjson": observations("a", 230), "others.ndjson": observations("b", 20)}))
		d := export.New(r.gate, policy.Standard().Export(), time.UTC)
		task := r.asked(t, d, "")
		dir := filepath.Join(t.TempDir(), "export")
		write := func(request string) (map[string]int, error) {
			return load.Approved(t.Context(), r.db, policy.Standard(), request, "Asia/Shanghai", dir, false)
		}
		for request, want := range map[string]fault.Code{
			"": fault.Malformed, "Patient/x": fault.Malformed, "Task/none": fault.NotFound, task.String(): fault.Conflict,
			r.asked(t, d, "app").String(): fault.Forbidden,
		} {
			if _, err := write(request); fault.CodeOf(err) != want {
				t.Errorf("%q: %v, want %s", request, err, want)
			}
		}
		if _, err := d.Decide(t.Context(), r.person("Practitioner/y", "Organization/b", gate.Regulator, ""), task, export.Decision{Approve: true}); err != nil {
			t.Fatal(err)
		}
		counts, err := write(task.String())
		if err != nil || !maps.Equal(counts, map[string]int{"Observation": 230}) {
			t.Fatalf("exported %v, %v", counts, err)
		}
		text, err := os.ReadFile(filepath.Join(dir, "Observation.ndjson"))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		if len(lines) != 230 || strings.Contains(string(text), `"b-`) {
			t.Errorf("%d lines", len(lines))
		}
		_, mark, _ := strings.Cut(lines[7], `"system":"urn:yitong:export","code":"`)
		mark, _, _ = strings.Cut(mark, `"`)
		trace, err := d.Trace(t.Context(), r.person("Practitioner/y", "Organization/b", gate.Regulator, ""), mark)
		if err != nil || trace.Task != task || trace.Requester != "Practitioner/x" || strings.Count(string(text), mark) != 230 {
			t.Errorf("%q leads to %+v, %v", mark, trace, err)
		}
		v, err := r.db.Head(t.Context(), task)
		if err != nil || v.Author != "Device/export" || !strings.Contains(string(v.Body.Bytes), `"completed"`) || !strings.Contains(string(v.Body.Bytes), `"valueUnsignedInt":230`) {
			t.Errorf("noted by %s: %s, %v", v.Author, v.Body.Bytes, err)
		}
		dir = filepath.Join(t.TempDir(), "again")
		if _, err := write(task.String()); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("again: %v", err)
		}
	})
}

// TestApprovedIntoUsedFolder: what cannot be written has not counted.
func TestApprovedIntoUsedFolder(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "sqlite", true)
	r.load(t, folder(t, map[string]string{"a.ndjson": `{"resourceType":"Organization","id":"a"}`}))
	d := export.New(r.gate, policy.Standard().Export(), time.UTC)
	task := r.asked(t, d, "")
	if _, err := d.Decide(t.Context(), r.person("Practitioner/y", "Organization/b", gate.Regulator, ""), task, export.Decision{Approve: true}); err != nil {
		t.Fatal(err)
	}
	used := folder(t, map[string]string{"Observation.ndjson": "old"})
	if _, err := load.Approved(t.Context(), r.db, policy.Standard(), task.String(), "UTC", used, false); fault.CodeOf(err) != fault.Conflict || !strings.Contains(err.Error(), "--replace") {
		t.Errorf("into a used folder: %v", err)
	}
	if counts, err := load.Approved(t.Context(), r.db, policy.Standard(), task.String(), "UTC", t.TempDir(), false); err != nil || len(counts) != 0 {
		t.Errorf("into an empty one: %v, %v", counts, err)
	}
}

// TestWhole: a record without accounts is a trial's, and is copied; one with an account or a client is not.
func TestWhole(t *testing.T) {
	for _, item := range []string{"account", "client"} {
		t.Run(item, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, kind string) {
				r := newRecord(t, kind, true)
				r.load(t, folder(t, map[string]string{"a.ndjson": many(3, "a")}))
				if counts, err := load.Whole(t.Context(), r.db, t.TempDir(), false); err != nil || counts["Basic"] != 3 {
					t.Fatalf("a trial's: %v, %v", counts, err)
				}
				err := r.db.Write(t.Context(), store.Work{Puts: 1, Do: func(tx store.Tx, _ store.Found) error {
					_, err := tx.Enter(store.Item{Kind: item, ID: "x", Number: 1, Until: store.ForEver, Body: []byte("{}")}, false)
					return err
				}})
				if err != nil {
					t.Fatal(err)
				}
				dir := filepath.Join(t.TempDir(), "export")
				if _, err := load.Whole(t.Context(), r.db, dir, false); fault.CodeOf(err) != fault.Forbidden || !strings.Contains(err.Error(), "--request") {
					t.Errorf("with an %s: %v", item, err)
				}
				if _, err := os.Stat(dir); !os.IsNotExist(err) {
					t.Errorf("the folder is there: %v", err)
				}
			})
		})
	}
}
