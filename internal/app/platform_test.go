package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/app"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/platform"
	"yitong/internal/store"
	"yitong/internal/worker"
	"yitong/test/pgcluster"
)

// TestPlatformIsForOperators: by the policy nobody else may call any of the operations.
func TestPlatformIsForOperators(t *testing.T) {
	t.Parallel()
	for _, o := range platform.Module(nil).Operations {
		for _, role := range gate.Roles() {
			if got := slices.Contains(policy.Standard().Allowed(o.Name), role); got != (role == gate.Operator) {
				t.Errorf("%s may call %s: %t", role, o.Name, got)
			}
		}
	}
}

// TestPlatformForOperators: on each database an operator is told how the parts do, of jobs, settings and messages, runs a dead job again,
// and reads no secret; a doctor is refused all of it.
func TestPlatformForOperators(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]func(*testing.T, *app.Serve){
		"sqlite": func(*testing.T, *app.Serve) {},
		"postgres": func(t *testing.T, s *app.Serve) {
			u, err := url.Parse(pgcluster.Shared(t))
			if err != nil {
				t.Fatal(err)
			}
			u.User = url.UserPassword(u.User.Username(), "hush")
			s.DB, s.KeyFile, s.TrailLog = u.String(), filepath.Join(t.TempDir(), "key"), filepath.Join(t.TempDir(), "trail")
			if err := app.NewKey(s.KeyFile); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := settings(t)
			at(t, &s)
			s.SMS.SMS, s.Origins = "https://gateway.example/send?key=hush", map[string]platform.Origin{"sms": platform.ByEnvironment}
			died(t, s)
			s.Auth, s.Addr = "required", freeAddress(t)
			token := signedIn(t, s, "operator")
			site, _ := serve(t, s)
			ask := asking(t, site, token)
			health := ask(200, "GET", "$platform-health", "")
			for _, part := range []string{"database", "clock", "feed", "cursor-notice", "cursor-subscriptions", "servers", "jobs", "trail", "notices", "subscriptions", "archive", "program", "certificate"} {
				if !strings.Contains(health, `{"name":"name","valueString":"`+part+`"}`) {
					t.Errorf("nothing is told of %s: %s", part, health)
				}
			}
			if strings.Contains(health, "没有测到") || !strings.Contains(health, "有作业多次失败") || !strings.Contains(health, `{"name":"state","valueCode":"warn"}`) {
				t.Errorf("it does not tell of the dead job alone: %s", health)
			}
			dead := ask(200, "GET", "$platform-jobs?state=dead&kind=test.hopeless", "")
			var list struct {
				Parameter []struct {
					Name string
					Part []struct{ Name, ValueString string }
				}
			}
			if err := json.Unmarshal([]byte(dead), &list); err != nil || len(list.Parameter) < 2 || !strings.Contains(dead, "no such number +…") || strings.Contains(dead, "13900000003") {
				t.Fatalf("%v: %s", err, dead)
			}
			number := `{"resourceType":"Parameters","parameter":[{"name":"number","valueString":"` + list.Parameter[0].Part[0].ValueString + `"}]}`
			if got := ask(200, "POST", "$platform-job-again", number); !strings.Contains(got, `"valueBoolean":true`) {
				t.Errorf("it was not put back: %s", got)
			}
			if got := ask(200, "POST", "$platform-job-again", number); strings.Contains(got, `"valueBoolean":true`) {
				t.Errorf("it was put back twice: %s", got)
			}
			if got := ask(200, "GET", "$platform-jobs?state=dead", ""); strings.Contains(got, `{"name":"job"`) {
				t.Errorf("it is dead still: %s", got)
			}
			ask(404, "POST", "$platform-job-again", strings.Replace(number, list.Parameter[0].Part[0].ValueString, "123456789", 1))
			ask(405, "GET", "$platform-job-again?number=1", "")
			told := ask(200, "GET", "$platform-settings", "")
			if strings.Contains(told, "hush") || !strings.Contains(told, `{"name":"secret","valueBoolean":true},{"name":"set","valueBoolean":true},{"name":"from","valueCode":"environment"}`) || !strings.Contains(told, s.Addr) {
				t.Errorf("the settings are %s", told)
			}
			if got := ask(200, "GET", "$platform-outbox", ""); !strings.Contains(got, `"Parameters"`) {
				t.Errorf("the outbox is %s", got)
			}
		})
	}
	t.Run("a doctor", func(t *testing.T) {
		t.Parallel()
		s := settings(t)
		s.Auth, s.Addr = "required", freeAddress(t)
		token := signedIn(t, s, "doctor")
		site, _ := serve(t, s)
		ask := asking(t, site, token)
		for _, o := range platform.Module(nil).Operations {
			ask(403, "POST", "$"+o.Name, `{"resourceType":"Parameters","parameter":[{"name":"number","valueString":"1"}]}`)
		}
	})
}

// asking asks as who has a session's token, in Chinese.
func asking(t *testing.T, site, token string) func(want int, method, path, body string) string {
	return func(want int, method, path, body string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, site+"/fhir/"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", "yitong="+token)
		r.Header.Set("Accept-Language", "zh-CN")
		r.Header.Set("Content-Type", "application/fhir+json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != want {
			t.Fatalf("%s %s: %s %v: %s", method, path, answer.Status, err, text)
		}
		return string(text)
	}
}

// died leaves a job in the record that is not tried any more.
func died(t *testing.T, s app.Serve) {
	t.Helper()
	db, err := s.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	work, err := worker.New(t.Context(), db, worker.Config{Poll: 5 * time.Millisecond, Handlers: []worker.Handler{
		{Kind: "test.hopeless", Run: func(context.Context, worker.Task) error {
			return worker.Hopeless(errors.New("no such number +8613900000003"))
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	job, err := worker.NewJob("test.hopeless", "x")
	if err == nil {
		err = db.Write(t.Context(), store.Work{Do: func(tx store.Tx, _ store.Found) error { return tx.Enqueue([]store.Job{job}) }})
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- work.Run(ctx) }()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		list, err := work.Jobs().Dead(t.Context(), 1)
		if err != nil || time.Now().After(deadline) {
			t.Fatal("the job does not die", err)
		}
		if len(list) == 1 {
			break
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// TestSettingsAreTold: every setting of a server is told in both languages, by its default and where it came from; of addresses with a
// password, or with a query that may be one, it is known that they are secret.
func TestSettingsAreTold(t *testing.T) {
	t.Parallel()
	s := settings(t)
	s.Archiving.Archive = ""
	s.Drain = 15 * time.Second
	s.Origins = map[string]platform.Origin{"zone": platform.ByFile}
	all, err := s.Settings()
	if err != nil {
		t.Fatal(err)
	}
	find := func(name string) platform.Setting {
		i := slices.IndexFunc(all, func(one platform.Setting) bool { return one.Name == name })
		if i < 0 {
			t.Fatalf("there is no setting %s", name)
		}
		return all[i]
	}
	for _, one := range all {
		if !one.Help.Whole() {
			t.Errorf("%s is not told in both languages: add it to settingWords", one.Name)
		}
	}
	if one := find("drain"); one.Value != "15s" || one.Default != "15s" || one.From != platform.ByDefault || one.Variable != "YITONG_DRAIN" {
		t.Errorf("got %+v", one)
	}
	if one := find("zone"); one.Value != "Asia/Shanghai" || one.From != platform.ByFile {
		t.Errorf("got %+v", one)
	}
	if one := find("max-body"); one.Value != "1048576" || one.Default != "67108864" || one.From != platform.ByCommand {
		t.Errorf("got %+v", one)
	}
	if one := find(app.KeyVariable); !one.Secret || one.Value != "" {
		t.Errorf("got %+v", one)
	}
	for value, secret := range map[string]bool{
		"sqlite:/var/lib/yitong.db": false, "postgres://yitong@db/record?sslmode=verify-full": false, "postgres://yitong:hush@db/record": true,
		"https://hush@gateway.example/": true, "HTTPS://gateway.example/?key=hush": true, "Postgres://yitong:hush@db/record": true,
		"postgres://db/record?password=hush": true, "postgres://db/record?sslpassword=hush": true, "postgres://db/%zz": true,
	} {
		s.DB = value
		if all, err = s.Settings(); err != nil || find("db").Secret != secret {
			t.Errorf("%s: %+v %v", value, find("db"), err)
		}
	}
}
