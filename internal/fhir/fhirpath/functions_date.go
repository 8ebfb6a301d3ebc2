package fhirpath

// Functions that take dates and times apart (FHIRPath STU, 5.9).

// partOf is a function that gives one part of a date or time, empty where it is not stated.
func partOf(least precision, part func(v *Value, p precision) int64) func(m *machine, c *call, in span) error {
	return func(m *machine, c *call, in span) error {
		v, ok, err := m.dateOrTime(c, in)
		if err != nil || !ok || v.prec < least || v.kind == kindTime && least < precisionHour {
			return err
		}
		return m.push(Value{kind: kindInteger, num: part(&v, least)})
	}
}

func (m *machine) dateOrTime(c *call, in span) (v Value, ok bool, err error) {
	v, ok, err = m.one(in, c.what)
	if err == nil && ok && !isDate(v.kind) && v.kind != kindTime {
		return v, false, errType(c.what, "a date or time", &m.items[in.from])
	}
	return v, ok, err
}

func datePart(v *Value, p precision) int64 {
	c := civilOf(v.num / day)
	switch p {
	case precisionYear:
		return int64(c.year)
	case precisionMonth:
		return int64(c.month)
	}
	return int64(c.day)
}

func timePart(v *Value, p precision) int64 {
	switch p {
	case precisionHour:
		return v.num % day / hour
	case precisionMinute:
		return v.num % hour / minute
	}
	return v.num % minute / second
}

func millisecondPart(v *Value, _ precision) int64 { return v.num % second / (second / 1000) }

// fnTimezoneOffsetOf is in hours.
func fnTimezoneOffsetOf(m *machine, c *call, in span) error {
	v, ok, err := m.dateOrTime(c, in)
	if err != nil || !ok || !v.zoned {
		return err
	}
	d, _ := decimal{digits: int64(v.offset)}.quo(decimal{digits: 60})
	return m.push(d.value(kindDecimal))
}

func fnDateOf(m *machine, c *call, in span) error {
	v, ok, err := m.dateOrTime(c, in)
	if err != nil || !ok || v.kind == kindTime {
		return err
	}
	v, _ = toDate(&v, kindDate)
	return m.push(v)
}

func fnTimeOf(m *machine, c *call, in span) error {
	v, ok, err := m.dateOrTime(c, in)
	if err != nil || !ok || v.prec < precisionHour {
		return err
	}
	return m.push(Value{kind: kindTime, prec: v.prec, scale: v.scale, num: v.num % day})
}
