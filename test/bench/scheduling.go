package bench

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/gate/trail"
	"yitong/internal/module"
	"yitong/internal/notice"
	"yitong/internal/rule"
	"yitong/internal/store"
	"yitong/modules/scheduling"
)

const (
	clinicsOpen  = 1_000
	clinicDays   = 14 // ahead that a clinic opens
	clinicPlaces = 10 // of each half hour from 8:00 to 12:00
	bookers      = 8_000
	finders      = 4
)

// runScheduling measures how many places are booked in a second and how long that takes, in a rush on one clinic after the other and over
// 1000 clinics, beside the bare race for places of the store, which writes a row for each place and nothing else, and beside what a booking
// has to write, with nothing looked at or chosen; and how soon somebody finds a time among a million places.
func runScheduling(ctx context.Context, o Options, report Report) error {
	return onEach(ctx, o.Databases, func(name, url string, db store.DB) error {
		return schedulingOn(ctx, name, url, db, o.Each, report)
	})
}

func schedulingOn(ctx context.Context, name, url string, db store.DB, each time.Duration, report Report) error {
	b, err := newSchedulingBench(ctx, db)
	if err != nil {
		return err
	}
	if err := b.fill(); err != nil {
		return fmt.Errorf("filling: %w", err)
	}
	if err := tidy(ctx, url); err != nil {
		return err
	}
	var bare rush
	if err := bare.run(ctx, each, throughStore(db)); err != nil {
		return err
	}
	report.add(name+".scheduling.bare", float64(bare.won.Load())/bare.took.Seconds(), "per second", 0)
	for _, clinics := range []int{1, clinicsOpen} {
		if err := b.rush(fmt.Sprintf("%s.scheduling.%d", name, clinics), clinics, each, float64(bare.won.Load())/bare.took.Seconds(), report); err != nil {
			return err
		}
	}
	if err := b.written(name, each, float64(bare.won.Load())/bare.took.Seconds(), report); err != nil {
		return err
	}
	return b.finds(name, each, report)
}

// schedulingBench is a hospital with many clinics, and residents who book.
type schedulingBench struct {
	ctx     context.Context
	gate    *gate.Gate
	desk    scheduling.Desk
	ops     map[string]module.Operation
	clinics []string // Schedule/…
	days    []string
	next    atomic.Int64 // resident
}

func newSchedulingBench(ctx context.Context, db store.DB) (*schedulingBench, error) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return nil, err
	}
	book, err := rule.NewBook(zone, append(scheduling.Tables(), rule.WorkdayTable.Table()))
	if err != nil {
		return nil, err
	}
	b := &schedulingBench{ctx: ctx, ops: map[string]module.Operation{}}
	b.desk = scheduling.Desk{Book: func() *rule.Book { return book }, Zone: zone}
	for _, op := range scheduling.Descriptor(b.desk).Operations {
		b.ops[strings.TrimPrefix(op.Definition(), "urn:yitong:operation:")] = op
	}
	b.gate = gate.New(db, gate.Config{Zone: zone, References: true, Owned: append(scheduling.Owned(), notice.Owned()...), Trail: trail.NewRecorder(db)})
	for d := range clinicDays - 1 {
		b.days = append(b.days, time.Now().In(zone).AddDate(0, 0, d+1).Format("20060102"))
	}
	return b, nil
}

// fill writes the hospital, its clinics, whose segments are published by the service itself, and the residents.
func (b *schedulingBench) fill() error {
	whole := b.gate.Session(gate.Actor{Access: gate.Whole()})
	var ops []gate.Op
	put := func(format string, args ...any) error {
		if format != "" {
			r, err := fhir.ParseResource(fmt.Appendf(nil, format, args...))
			if err != nil {
				return err
			}
			ops = append(ops, gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r})
		}
		if format != "" && len(ops) < loadBatch {
			return nil
		}
		_, err := whole.Apply(b.ctx, ops, nil)
		ops = nil
		return err
	}
	if err := put(`{"resourceType":"Organization","id":"h","name":"市医院"}`); err != nil {
		return err
	}
	if err := put(`{"resourceType":"Practitioner","id":"a"}`); err != nil {
		return err
	}
	for i := range clinicsOpen {
		if err := put(`{"resourceType":"HealthcareService","id":"d%d","active":true,"name":"第%[1]d科","providedBy":{"reference":"Organization/h"}}`, i); err != nil {
			return err
		}
	}
	for i := range bookers {
		if err := put(`{"resourceType":"Patient","id":"p%d","name":[{"text":"居民%[1]d"}]}`, i); err != nil {
			return err
		}
	}
	if err := put(""); err != nil {
		return err
	}
	of := gate.Of{Actor: "Practitioner/a", Institution: "Organization/h"}
	administrator := gate.Actor{Reference: of.Actor, Role: gate.Administrator, Institution: of.Institution, Access: policy.Standard().Access(gate.Administrator, of)}
	b.clinics = make([]string, clinicsOpen)
	var n atomic.Int64
	_, err := drive(b.ctx, finders, time.Hour, func(int, int) (int, error) {
		i := int(n.Add(1)) - 1
		if i >= clinicsOpen {
			return 0, io.EOF
		}
		made, err := b.call(administrator, "open-clinic", fhir.Ref{}, fmt.Sprintf(`{"name":"department","valueReference":{"reference":"HealthcareService/d%d"}},{"name":"from","valueDate":"2026-01-01"},`+
			`{"name":"segment","valueInteger":30},{"name":"ahead","valueInteger":%d},{"name":"opens","valueString":"00:00"},{"name":"session","part":[{"name":"from","valueString":"08:00"},`+
			`{"name":"to","valueString":"12:00"},{"name":"capacity","valueInteger":%d},{"name":"onsite","valueInteger":0},{"name":"holidays","valueBoolean":true},`+
			`{"name":"day","valueCode":"mon"},{"name":"day","valueCode":"tue"},{"name":"day","valueCode":"wed"},{"name":"day","valueCode":"thu"},{"name":"day","valueCode":"fri"},{"name":"day","valueCode":"sat"},{"name":"day","valueCode":"sun"}]}`,
			i, clinicDays, clinicPlaces))
		if err == nil {
			b.clinics[i] = made.(gate.Result).Version.Ref.ID
		}
		return 1, err
	})
	return err
}

// call calls an operation as a request does, with what is given as Parameters.
func (b *schedulingBench) call(who gate.Actor, id string, on fhir.Ref, given string) (any, error) {
	op := b.ops[id]
	tree, err := fhir.Parse([]byte(`{"resourceType":"Parameters","parameter":[` + given + `]}`))
	if given == "" {
		tree, err = fhir.Parse([]byte(`{"resourceType":"Parameters"}`))
	}
	if err != nil {
		return nil, err
	}
	in, err := op.In.Read(tree.Root())
	if err != nil {
		return nil, err
	}
	if on.ID == "" {
		on.Type = op.Types[0]
	}
	s := b.gate.Session(who)
	s.Begin(gate.Doing{Do: "$" + op.Name, On: on.String()})
	out, err := op.Do(b.ctx, &module.Call{Session: s, Ref: on}, in)
	if left := s.Leave(b.ctx, err); left != nil {
		return nil, left
	}
	return out, err
}

// resident is one of those who book, by the platform's policy.
func (b *schedulingBench) resident() gate.Actor {
	ref := fhir.ParseReference(fmt.Sprintf("Patient/p%d", b.next.Add(1)%bookers)).Ref
	return gate.Actor{Reference: ref.String(), Role: gate.Resident, Resident: ref, Access: policy.Standard().Access(gate.Resident, gate.Of{Actor: ref.String(), Resident: ref})}
}

// rush lets many book at so many clinics at once, the next ones where these are full.
func (b *schedulingBench) rush(name string, clinics int, each time.Duration, bare float64, report Report) error {
	var booked, refused atomic.Int64
	full := int64(clinics * len(b.days) * 8 * clinicPlaces * 9 / 10) // when it gets hard to find one: that is no rush any more
	took, err := drive(b.ctx, rushPeople, each, func(int, int) (int, error) {
		first := int(booked.Load()/full) * clinics
		clinic := b.clinics[(first+rand.IntN(clinics))%clinicsOpen]
		half := rand.IntN(8)
		slot := fmt.Sprintf("Slot/seg-%s-%s%02d%02d", clinic, b.days[rand.IntN(len(b.days))], 8+half/2, half%2*30)
		_, err := b.call(b.resident(), "book-place", fhir.ParseReference(slot).Ref, "")
		switch code := fault.CodeOf(err); {
		case err == nil:
			booked.Add(1)
			return 1, nil
		case code == fault.Conflict || code == fault.Unprocessable: // full, or that person has had enough
			refused.Add(1)
			return 0, nil
		}
		return 0, err
	})
	if err != nil {
		return err
	}
	report.addTimes(name, took, 0)
	report.add(name, took.rate(), "per second", bare)
	report.add(name+".refused", float64(refused.Load()), "requests", 0)
	return nil
}

// written measures how many bookings can be written at all: an Appointment with its places, whose segment has not changed, and a notice.
func (b *schedulingBench) written(name string, each time.Duration, bare float64, report Report) error {
	who := b.resident()
	made, err := b.call(who, "book-place", fhir.ParseReference(fmt.Sprintf("Slot/seg-%s-%s0800", b.clinics[clinicsOpen-1], b.days[0])).Ref, "")
	if err != nil {
		return fmt.Errorf("booking what the others are like: %w", err)
	}
	like := made.(gate.Result).Version
	text := placeOf.ReplaceAllString(string(like.Body.Bytes), "${1}${2} of "+like.Ref.ID+`"`) // places that nobody else wants
	kinds, err := notice.NewRegistry(notice.Standard()...)
	if err != nil {
		return err
	}
	took, err := drive(b.ctx, rushPeople, each, func(int, int) (int, error) {
		id := uuid.NewString()
		visit, err := fhir.ParseResource([]byte(strings.ReplaceAll(text, like.Ref.ID, id)))
		if err != nil {
			return 0, err
		}
		note, err := notice.Resource(notice.Notice{
			Kind: kinds["care"], Recipients: []notice.Recipient{{Reference: who.Reference}}, Subject: who.Reference, About: []string{"Appointment/" + id}, Sender: "Organization/h", Sent: time.Now(),
			Title: bilingual.Text{Zh: "预约成功", En: "Your visit is booked"}, Text: bilingual.Text{Zh: "请按时到院报到。", En: "Please come in time and check in."},
		})
		if err != nil {
			return 0, err
		}
		_, err = b.gate.Session(scheduling.Platform).Apply(b.ctx, []gate.Op{
			{Kind: gate.Update, Type: visit.Type, ID: id, IfAbsent: true, Resource: visit}, {Kind: gate.Create, Type: note.Type, Resource: note, Process: notice.Process},
		}, nil)
		return 1, err
	})
	if err != nil {
		return err
	}
	report.addTimes(name+".scheduling.written", took, 0)
	report.add(name+".scheduling.written", took.rate(), "per second", bare)
	return nil
}

// placeOf is a place that a resource takes.
var placeOf = regexp.MustCompile(`("url":"place","valueString":")([^"]*)"`)

// finds measures how soon somebody sees the times of a department, and those of all.
func (b *schedulingBench) finds(name string, each time.Duration, report Report) error {
	for kind, given := range map[string]func() string{
		"department": func() string {
			return fmt.Sprintf(`{"name":"department","valueReference":{"reference":"HealthcareService/d%d"}}`, rand.IntN(clinicsOpen))
		},
		"near": func() string { // of 50 departments among all
			return fmt.Sprintf(`{"name":"language","valueString":"zh"},{"name":"latitude","valueDecimal":%.3f},{"name":"longitude","valueDecimal":114.0}`, 30+rand.Float64())
		},
		"day": func() string {
			day := b.days[rand.IntN(len(b.days))]
			return fmt.Sprintf(`{"name":"institution","valueReference":{"reference":"Organization/h"}},{"name":"from","valueDate":"%s-%s-%s"}`, day[:4], day[4:6], day[6:])
		},
	} {
		took, err := drive(b.ctx, finders, each, func(int, int) (int, error) {
			_, err := b.call(b.resident(), "find-segments", fhir.Ref{}, given())
			return 1, err
		})
		if err != nil {
			return err
		}
		report.addTimes(name+".scheduling.find."+kind, took, 0)
	}
	return nil
}
