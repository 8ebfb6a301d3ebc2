package faults

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"yitong/internal/account"
	"yitong/internal/app"
	"yitong/internal/cases"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/module"
	"yitong/internal/notice"
	"yitong/internal/rule"
	"yitong/internal/rule/publish"
	"yitong/internal/store"
	"yitong/modules/scheduling"
)

// office is the record from inside, while no server works on it: what stands there before the rush is written by it, and what is there
// behind it is read.
type office struct {
	*testing.T
	db   store.DB
	gate *gate.Gate
	desk scheduling.Desk
	ops  map[string]module.Operation // of booking, by their ids
	late time.Duration               // by which its clock is behind; below 0 it is ahead
	key  string                      // of the platform, a file
	sent sync.Map                    // codes, by phones
}

const hospital = "Organization/h"

var codeSent = regexp.MustCompile(`[0-9]{6}`)

func newOffice(t *testing.T, db, key string) *office {
	t.Helper()
	o := &office{T: t, ops: map[string]module.Operation{}, key: key}
	var err error
	o.db, err = app.Database{DB: db}.Open(t.Context())
	o.must(err)
	zone, err := time.LoadLocation("Asia/Shanghai")
	o.must(err)
	o.gate = gate.New(o.db, gate.Config{
		Zone: zone, References: true, Owned: slices.Concat(scheduling.Owned(), notice.Owned(), publish.Owned()),
		Now: func() time.Time { return time.Now().Add(-o.late) },
	})
	tables := append(scheduling.Tables(), rule.WorkdayTable.Table())
	rules := publish.NewDesk(zone, tables)
	live, err := publish.NewLive(t.Context(), rules, o.whole())
	o.must(err)
	o.desk = scheduling.Desk{Book: live.Book, Zone: zone}
	for _, op := range scheduling.Descriptor(o.desk).Operations {
		o.ops[strings.TrimPrefix(op.Definition(), "urn:yitong:operation:")] = op
	}
	return o
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

func (o *office) close() { o.must(o.db.Close()) }

func (o *office) whole() *gate.Session { return o.gate.Session(gate.Actor{Access: gate.Whole()}) }

// as is a session of somebody in a role.
func (o *office) as(role gate.Role, name, institution string) *gate.Session {
	a := gate.Actor{Reference: name, Role: role, Institution: institution}
	if role == gate.Resident {
		a.Resident = fhir.ParseReference(name).Ref
	}
	a.Access = policy.Standard().Access(role, gate.Of{Actor: name, Institution: institution, Resident: a.Resident})
	return o.gate.Session(a)
}

// call calls an operation with what is given as Parameters.
func (o *office) call(s *gate.Session, id, on, given string) (any, error) {
	o.Helper()
	tree, err := fhir.Parse([]byte(`{"resourceType":"Parameters"` + given + `}`))
	o.must(err)
	op := o.ops[id]
	in, err := op.In.Read(tree.Root())
	o.must(err)
	ref := fhir.ParseReference(on).Ref
	if on == "" {
		ref.Type = op.Types[0]
	}
	return op.Do(o.Context(), &module.Call{Session: s, Ref: ref}, in)
}

// put writes resources.
func (o *office) put(texts ...string) {
	o.Helper()
	for some := range slices.Chunk(texts, 500) {
		var ops []gate.Op
		for _, text := range some {
			r, err := fhir.ParseResource([]byte(text))
			o.must(err)
			ops = append(ops, gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r})
		}
		_, err := o.whole().Apply(o.Context(), ops, nil)
		o.must(err)
	}
}

// hurry has places held for a minute instead of a quarter of an hour, what comes back rest for one at most, and what comes for somebody who
// waits be theirs for five, by night too.
func (o *office) hurry() {
	o.Helper()
	o.says(scheduling.HoldLasts.Table(), minutes(holds))
	o.says(scheduling.ReturnedRest.Table(), minutes(rests))
	o.says(scheduling.OfferLasts.Table(), minutes(offers))
	o.says(scheduling.QuietFrom.Table(), "24:00")
	o.says(scheduling.QuietTo.Table(), "00:00")
}

func minutes(d time.Duration) string { return strconv.Itoa(int(d.Minutes())) }

// says has a rule say something else.
func (o *office) says(t *rule.Table, value string) {
	o.Helper()
	lines, err := t.ReadCSV(fmt.Sprintf("region,from,to,value,source\n,2026-01-01,,%s,test\n", value))
	o.must(err)
	desk := publish.NewDesk(time.UTC, []*rule.Table{t})
	drafts, err := desk.Draft(o.Context(), o.as(gate.Operator, "Practitioner/operator", ""), publish.Proposal{Version: rule.Version{Table: t.Name, From: "2026-01-01", Lines: lines}, Note: "test"})
	o.must(err)
	_, err = desk.Publish(o.Context(), o.as(gate.Regulator, "Practitioner/regulator", ""), drafts[0].ID)
	o.must(err)
}

// openClinic opens one of so many places each half hour, every day, and gives its segments of two days, on which everybody may still change
// their mind by themselves.
func (o *office) openClinic(each int) (slots []string) {
	o.Helper()
	o.put(`{"resourceType":"Organization","id":"h","name":"市医院"}`, `{"resourceType":"Practitioner","id":"a"}`,
		`{"resourceType":"HealthcareService","id":"d","active":true,"name":"内科","providedBy":{"reference":"Organization/h"}}`)
	days := ""
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		days += fmt.Sprintf(`,{"name":"day","valueCode":%q}`, day)
	}
	made, err := o.call(o.as(gate.Administrator, "Practitioner/a", hospital), "open-clinic", "", fmt.Sprintf(`,"parameter":[
		{"name":"department","valueReference":{"reference":"HealthcareService/d"}},{"name":"from","valueDate":"2026-01-01"},{"name":"segment","valueInteger":30},
		{"name":"ahead","valueInteger":7},{"name":"opens","valueString":"00:00"},{"name":"session","part":[{"name":"from","valueString":"08:00"},{"name":"to","valueString":"10:30"},
		{"name":"capacity","valueInteger":%d},{"name":"onsite","valueInteger":0},{"name":"holidays","valueBoolean":true}%s]}]`, each, days))
	o.must(err)
	clinic := made.(gate.Result).Version.Ref.ID
	for _, ahead := range []int{2, 3} {
		day := o.gate.Session(gate.Actor{}).Now().In(o.zone()).AddDate(0, 0, ahead).Format("20060102")
		for _, at := range []string{"0800", "0830", "0900", "0930", "1000"} {
			slots = append(slots, "Slot/seg-"+clinic+"-"+day+at)
		}
	}
	return slots
}

func (o *office) zone() *time.Location {
	zone, err := time.LoadLocation("Asia/Shanghai")
	o.must(err)
	return zone
}

// Send implements [account.Sender].
func (o *office) Send(_ context.Context, phone, text string) error {
	o.sent.Store(phone, codeSent.FindString(text))
	return nil
}

// Verify implements [account.Verifier]: the number is that of the Patient.
func (o *office) Verify(_ context.Context, c account.Claim) (fhir.Ref, error) {
	return fhir.ParseReference("Patient/" + strings.ToLower(c.Number)).Ref, nil
}

// signIn makes residents, each with an account and a browser in which they have signed in: their sessions, by Patient.
func (o *office) signIn(many int) (sessions map[string]string) {
	o.Helper()
	var texts []string
	for i := range many {
		texts = append(texts, fmt.Sprintf(`{"resourceType":"Patient","id":"p%d","name":[{"text":"居民%[1]d"}]}`, i))
	}
	o.put(texts...)
	box, err := app.Key{KeyFile: o.key}.Box("")
	o.must(err)
	often := account.Rate{Burst: 1_000_000, Every: time.Microsecond}
	accounts, err := account.New(o.db, o.gate, account.Config{
		Box: box, Sender: o, Verifier: o, Rates: account.Rates{Sign: often, Account: often, Address: often, Send: often, SendMax: often, Verify: often},
	})
	o.must(err)
	o.must(accounts.Ready(o.Context()))
	sessions = map[string]string{}
	var mu sync.Mutex
	var all errgroup.Group
	all.SetLimit(64)
	for i := range many {
		all.Go(func() error {
			phone, who, from := fmt.Sprintf("+86139%08d", i), "p"+strconv.Itoa(i), account.From{}
			if err := accounts.SendCode(o.Context(), phone, from); err != nil {
				return err
			}
			code, _ := o.sent.Load(phone)
			token, err := accounts.SignInByCode(o.Context(), phone, code.(string), from)
			if err != nil {
				return err
			}
			s, err := accounts.Signed(o.Context(), token)
			if err != nil {
				return err
			}
			token, err = accounts.VerifyName(o.Context(), s, account.Claim{Name: who, System: "urn:number", Number: who}, from)
			mu.Lock()
			defer mu.Unlock()
			sessions["Patient/"+who] = token
			return err
		})
	}
	o.must(all.Wait())
	return sessions
}

// sleep has residents hold places who never come back. The last of them runs out so long from now; what half of them had rests for no longer
// than that.
func (o *office) sleep(begun time.Time, who, slots []string, last time.Duration) (all []told) {
	o.Helper()
	for i, name := range who {
		o.late = holds - last*time.Duration(i+1)/time.Duration(len(who))
		if i%2 == 0 {
			o.late += rests
		}
		asked := time.Now()
		made, err := o.call(o.as(gate.Resident, name, ""), "hold-place", slots[i%len(slots)], "")
		o.must(err)
		v := made.(gate.Result).Version
		a, err := given(begun, "hold", name, v.Body.Bytes)
		o.must(err)
		a.visit, a.asked, a.then = v.Ref.String(), since(begun, asked), since(begun, time.Now())
		all = append(all, a)
	}
	o.late = 0
	return all
}

// given reads what an Appointment gives: its place, and how long.
func given(begun time.Time, do, who string, text []byte) (a told, err error) {
	r, err := fhir.ParseResource(text)
	if err != nil {
		return a, err
	}
	a = told{do: do, who: who, visit: "Appointment/" + r.ID, until: forGood}
	until := untilOf(r)
	if status := r.Root.Get("status").Str(); status != "cancelled" && status != "waitlist" {
		a.place = placeOf(r)
		if status == "pending" {
			a.until = since(begun, until)
		}
	}
	return a, nil
}

// untilOf is until when an Appointment has its place. The place itself stays taken for longer, while it rests.
func untilOf(r fhir.Resource) (until time.Time) {
	list, _ := gate.Reservations(r) // of what was stored they can be read
	for _, one := range list {
		if strings.HasPrefix(one.Scope, days) {
			until = one.Until
		}
	}
	return until
}

// placeOf is the place that an Appointment has or had last, "" where none has come.
func placeOf(r fhir.Resource) string {
	number := int64(0)
	for e := r.Root.Get("extension").First(); e.Exists(); e = e.Next() {
		if e.Get("url").Str() == "urn:yitong:place-number" {
			number, _ = e.Get("valueInteger").Int()
		}
	}
	if number == 0 {
		return ""
	}
	return fmt.Sprintf("%s#%d", strings.TrimPrefix(r.Root.Get("slot").First().Get("reference").Str(), "Slot/"), number)
}

// How scopes of places begin.
const (
	segments = "urn:yitong:clinic/segment/"
	days     = "urn:yitong:clinic/day/"
)

// outcome reads what is there behind all.
func (o *office) outcome(begun time.Time, slots []string, each int) outcome {
	o.Helper()
	out := outcome{holders: map[string]string{}, rests: map[string]resting{}, visits: map[string]visit{}}
	for _, slot := range slots {
		for n := range each {
			out.places = append(out.places, fmt.Sprintf("%s#%d", strings.TrimPrefix(slot, "Slot/"), n+1))
		}
	}
	now := time.Now().Add(-o.late)
	out.at = since(begun, now)
	rows := map[string]int64{}
	reserved, err := o.db.Reserved(o.Context())
	o.must(err)
	for _, r := range reserved {
		if of, is := strings.CutPrefix(r.Scope, segments); is && r.Until.After(now) {
			out.holders[of+"#"+r.Name], rows[of+"#"+r.Name] = r.Holder, since(begun, r.Until)
			if !slices.Contains(out.places, of+"#"+r.Name) {
				o.Errorf("%s has a place that there is not: %s of %s", r.Holder, r.Name, of)
			}
		}
	}
	notices := map[string]int{}
	o.each("Communication", func(r fhir.Resource) {
		for a := r.Root.Get("about").First(); a.Exists(); a = a.Next() {
			notices[a.Get("reference").Str()]++
		}
	})
	o.each("Appointment", func(r fhir.Resource) {
		name := "Appointment/" + r.ID
		v := visit{status: r.Root.Get("status").Str(), notices: notices[name]}
		v.day, _, _ = strings.Cut(r.Root.Get("start").Str(), "T")
		v.who = r.Root.Get("participant").First().Get("actor").Get("reference").Str()
		v.place, v.until = placeOf(r), forGood
		if v.status == "pending" {
			v.until = since(begun, untilOf(r))
		}
		out.visits[name] = v
	})
	// What somebody has given back, or held too long, stays theirs in the rows while it rests, and nobody has it.
	for place, holder := range out.holders {
		if v := out.visits[holder]; !v.live() || v.place != place || v.until <= out.at {
			delete(out.holders, place)
			out.rests[place] = resting{holder, rows[place]}
		}
	}
	return out
}

func (o *office) each(of string, do func(fhir.Resource)) {
	o.Helper()
	t, _ := schema.TypeOf(of)
	whole, err := cases.Each(o.Context(), o.whole(), t, 1_000_000, []search.Pair{}, func(r fhir.Resource) bool {
		do(r)
		return true
	})
	o.must(err)
	if !whole {
		o.Errorf("there are more of %s", of)
	}
}

// platformKey makes a key of the platform.
func platformKey(t *testing.T) string {
	t.Helper()
	key := filepath.Join(t.TempDir(), "platform.key")
	if err := app.NewKey(key); err != nil {
		t.Fatal(err)
	}
	return key
}
