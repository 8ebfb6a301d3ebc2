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

// Publish publishes the segments of all clinics that are to be seen by now, of days that have none, and says how many. left is how many it
// has left out because their doctor is at another clinic then.
func (d Desk) Publish(ctx context.Context, s *gate.Session) (n, left int, err error) {
	type versioned struct {
		fhir.Resource
		version int64
	}
	var clinics []versioned
	all, err := cases.EachVersion(ctx, s, typeSchedule, clinicsMost, []search.Pair{{Name: "_tag", Value: System + "|" + tagClinic}, {Name: "active", Value: "true"}}, func(r fhir.Resource, version int64) bool {
		clinics = append(clinics, versioned{r, version})
		return true
	})
	if err == nil && !all {
		err = fault.New(fault.Internal, "there are more than %d clinics", clinicsMost)
	}
	for _, r := range clinics {
		made, out, wrong := d.publish(ctx, s, r.Resource, r.version)
		n, left, err = n+made, left+out, errors.Join(err, wrong) // the others take place all the same
	}
	return n, left, err
}

// publish publishes those of one clinic. A day that has any stays as it is: what is changed of it is changed by $move-clinic and $stop-clinic.
func (d Desk) publish(ctx context.Context, s *gate.Session, r fhir.Resource, version int64) (n, left int, err error) {
	in, names, is, err := clinicOf(r)
	if err != nil || !is {
		return 0, 0, err
	}
	h := home{names: names}
	h.institution, _ = r.Extended(gate.Custodian)
	if err := d.rules(ctx, s, &h); err != nil {
		return 0, 0, err
	}
	clinic, pauses := fhir.Ref{Type: r.Type, ID: r.ID}, pausesIn(r)
	now := s.Now().In(d.Zone)
	today := dayBegins(now)
	there := map[string]bool{} // days
	_, err = cases.Each(ctx, s, typeSlot, 100*segmentsMost, []search.Pair{
		{Name: "schedule", Value: clinic.String()}, {Name: "start", Value: "ge" + today.Format(time.RFC3339)},
	}, func(r fhir.Resource) bool {
		if g, is := segmentOf(r, 0, d.Zone); is {
			there[g.day()] = true
		}
		return true
	})
	for ahead := 0; ahead <= in.Ahead+in.early() && err == nil; ahead++ {
		day := today.AddDate(0, 0, ahead)
		if there[day.Format(time.DateOnly)] {
			continue
		}
		segments, wrong := d.segments(ctx, s, clinic, in, h, day)
		segments = slices.DeleteFunc(segments, func(g segment) bool { return !now.Before(g.End) })
		if err = wrong; err != nil || len(segments) == 0 {
			continue
		}
		for i := range segments {
			segments[i].Stopped = paused(pauses, segments[i].day())
		}
		stands := gate.Op{Kind: gate.Read, Type: typeSchedule, ID: clinic.ID, IfVersion: version} // what is stopped at this moment is read anew
		made, out, wrong := d.publishDay(ctx, s, in, h, segments, stands)
		n, left, err = n+made, left+out, wrong
	}
	return n, left, err
}

// publishDay publishes those of one day of a clinic, as long as that stands as it was read.
func (d Desk) publishDay(ctx context.Context, s *gate.Session, in Clinic, h home, segments []segment, stands gate.Op) (n, left int, err error) {
	var ops []gate.Op
	if !segments[0].Stopped {
		others, err := d.elsewhere(ctx, s, segments[0].doctor, segments[0].clinic, segments[0].Start)
		if err != nil {
			return 0, 0, err
		}
		all := len(segments)
		segments = slices.DeleteFunc(segments, func(g segment) bool { return g.meets(others) })
		if left = all - len(segments); len(segments) == 0 {
			return 0, left, nil
		}
		if ops, err = d.announce(ctx, s, in, h, segments); err != nil {
			return 0, left, err
		}
	}
	for _, g := range segments {
		slot, err := g.resource()
		if err != nil {
			return 0, left, err
		}
		ops = append(ops, gate.Op{Kind: gate.Update, Type: typeSlot, ID: g.ref.ID, IfAbsent: true, Resource: slot})
	}
	if _, err = s.Apply(ctx, append(ops, stands), nil); fault.CodeOf(err) == fault.Precondition { // another server was quicker
		return 0, left, nil
	}
	return len(segments), left, err
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
	if in.Makeup != nil && calendar.Makeup(day, d.Zone) {
		weekday = *in.Makeup
	}
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
