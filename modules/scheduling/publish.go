package scheduling

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/rule"
)

// Platform is who publishes segments, and gives back what was held too long.
var Platform = gate.Actor{Reference: "Device/scheduling", Process: Process, Access: gate.Whole()}

const (
	clinicsMost  = 100_000 // of a region
	segmentsMost = 2_000   // of a day of a clinic, and of what is published in one transaction
	early        = 1       // days before they open that segments are published, so that they are seen
)

// regionOf is where an institution is, by whose rules it goes.
func regionOf(organization fhir.Resource, usual string) string {
	if where := rule.Where(organization); where != "" {
		return where
	}
	return usual
}

// Publish publishes the segments of all clinics that are to be seen by now and are not there, and says how many.
func (d Desk) Publish(ctx context.Context, s *gate.Session) (n int, err error) {
	var clinics []fhir.Resource
	all, err := cases.Each(ctx, s, typeSchedule, clinicsMost, []search.Pair{{Name: "_tag", Value: System + "|" + tagClinic}, {Name: "active", Value: "true"}}, func(r fhir.Resource) bool {
		clinics = append(clinics, r)
		return true
	})
	if err == nil && !all {
		err = fault.New(fault.Internal, "there are more than %d clinics", clinicsMost)
	}
	for _, r := range clinics {
		made, wrong := d.publish(ctx, s, r)
		if n += made; wrong != nil { // the others take place all the same
			err = errors.Join(err, wrong)
		}
	}
	return n, err
}

// publish publishes those of one clinic.
func (d Desk) publish(ctx context.Context, s *gate.Session, r fhir.Resource) (n int, err error) {
	in, names, is, err := clinicOf(r)
	if err != nil || !is {
		return 0, err
	}
	h := home{names: names}
	h.institution, _ = r.Extended(gate.Custodian)
	if err := d.rules(ctx, s, &h); err != nil {
		return 0, err
	}
	clinic := fhir.Ref{Type: r.Type, ID: r.ID}
	now := s.Now().In(d.Zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, d.Zone)
	there := map[string]bool{}
	_, err = cases.Each(ctx, s, typeSlot, 100*segmentsMost, []search.Pair{
		{Name: "schedule", Value: clinic.String()}, {Name: "start", Value: "ge" + today.Format(time.RFC3339)},
	}, func(slot fhir.Resource) bool {
		there[slot.ID] = true
		return true
	})
	for ahead := 0; ahead <= in.Ahead+in.early() && err == nil; ahead++ {
		day := today.AddDate(0, 0, ahead)
		var segments []segment
		if segments, err = d.segments(ctx, s, clinic, in, h, day); err != nil {
			break
		}
		segments = slices.DeleteFunc(segments, func(g segment) bool { return there[g.ref.ID] || !now.Before(g.End) })
		ops, err := d.announce(ctx, s, in, h, segments)
		if err != nil {
			return n, err
		}
		for _, g := range segments {
			slot, err := g.resource()
			if err != nil {
				return n, err
			}
			ops = append(ops, gate.Op{Kind: gate.Update, Type: typeSlot, ID: g.ref.ID, IfAbsent: true, Resource: slot})
		}
		if len(ops) == 0 {
			continue
		}
		if _, err = s.Apply(ctx, ops, nil); fault.CodeOf(err) == fault.Precondition { // another server was quicker
			err = nil
		} else if err == nil {
			n += len(ops)
		}
	}
	return n, err
}

// segments are those of a day of a clinic, parted by the rules of that day.
func (d Desk) segments(ctx context.Context, s *gate.Session, clinic fhir.Ref, in Clinic, h home, day time.Time) (all []segment, err error) {
	if date := day.Format(time.DateOnly); date < string(in.From) || in.To != nil && date > string(*in.To) {
		return nil, nil
	}
	organization, err := d.read(ctx, s, h.institution)
	if err != nil {
		return nil, err
	}
	region := regionOf(organization, d.Region)
	calendar, err := d.Book().Calendar(region)
	if err != nil {
		return nil, err
	}
	falls, _, err := FallsBack.Find(d.Book(), region, day)
	if err != nil {
		return nil, err
	}
	weekday := Weekday(weekdays[day.Weekday()].Code)
	holiday := calendar.Holiday(day, d.Zone)
	opens, _ := clockOf(in.Opens, "") // the pattern was checked when it was given
	for _, one := range in.Sessions {
		if !slices.Contains(one.Days, weekday) || holiday && (one.Holidays == nil || !*one.Holidays) {
			continue
		}
		from, _ := clockOf(one.From, "")
		until, _ := clockOf(one.To, "")
		extra := 0
		if one.Extra != nil {
			extra = *one.Extra
		}
		pools, ok := Part(one.Capacity, one.Onsite, extra, h.share)
		if !ok {
			return nil, fault.New(fault.Unprocessable, "%s leaves too few places for referrals on %s; change its pattern. 预留转诊号源不足。", clinic, day.Format(time.DateOnly))
		}
		if pools, ok = pools.Keep(one.kept()); !ok {
			return nil, fault.New(fault.Unprocessable, "%s keeps all of the public's places for channels on %s; change its pattern. 渠道预留超过公众号源。", clinic, day.Format(time.DateOnly))
		}
		long := time.Duration(in.Segment) * time.Minute
		for at := from; at+long <= until; at += long {
			g := segment{
				Segment: Segment{
					Start: onClock(day, at), End: onClock(day, at).Add(long), Opens: onClock(day.AddDate(0, 0, -in.Ahead), opens),
					Falls: onClock(day.AddDate(0, 0, -1), time.Duration(falls)), Pools: pools,
				},
				clinic: clinic.String(), institution: h.institution, department: string(in.Department), names: h.names,
			}
			if g.Start.Hour() != int(at/time.Hour) {
				continue // clocks that are put forward do not show that time
			}
			g.ref = fhir.Ref{Type: typeSlot, ID: slotPrefix + clinic.ID + "-" + strings.ReplaceAll(g.Start.Format("20060102-1504"), "-", "")}
			if in.Doctor != nil {
				g.doctor = string(*in.Doctor)
			}
			if in.Price != nil {
				g.price = string(*in.Price)
			}
			if in.Kind != nil {
				g.kind = *in.Kind
			}
			if in.Insurance != nil {
				g.insurance = *in.Insurance
			}
			if all = append(all, g); len(all) > segmentsMost {
				return nil, fault.New(fault.Unprocessable, "A day of a clinic has at most %d segments.", segmentsMost)
			}
		}
	}
	return all, nil
}

// onClock is the instant at which the clocks of a day's zone show a time of that day.
func onClock(day time.Time, at time.Duration) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), int(at/time.Hour), int(at%time.Hour/time.Minute), 0, 0, day.Location())
}
