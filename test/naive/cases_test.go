package naive

import "fmt"

// group is a few resources and what searches for them find.
type group struct {
	name      string
	resources []string
	cases     []sharp
}

// sharp is a search, with values as they are meant, before they are escaped for a URL, and what it finds: ids, in this
// order after ">", or "refused".
type sharp struct{ search, want string }

// Resources of the tables, as short as they can be.

func patient(id, rest string) string {
	return fmt.Sprintf(`{"resourceType":"Patient","id":%q%s}`, id, more(rest))
}

func observation(id, rest string) string {
	return fmt.Sprintf(`{"resourceType":"Observation","id":%q,"status":"final","code":{"text":"x"}%s}`, id, more(rest))
}

func resource(typ, id, rest string) string {
	return fmt.Sprintf(`{"resourceType":%q,"id":%q%s}`, typ, id, more(rest))
}

func more(rest string) string {
	if rest == "" {
		return ""
	}
	return "," + rest
}

func on(id, date string) string { return observation(id, fmt.Sprintf(`"effectiveDateTime":%q`, date)) }

func during(id, period string) string { return observation(id, `"effectivePeriod":{`+period+`}`) }

// dates are the examples of R4, 3.1.1.4.5 and 3.1.1.4.6, and what becomes of them at the edges. The zone is +08:00.
var dates = group{"dates",
	[]string{
		on("day", "2013-01-14"), on("midnight", "2013-01-14T00:00:00+08:00"), on("ten", "2013-01-14T10:00:00+08:00"),
		on("next", "2013-01-15T00:00:00+08:00"), on("utc", "2013-01-14T17:00:00Z"), on("month", "2013-01"), on("year", "2013"),
		observation("none", ""), observation("absent", `"_effectiveDateTime":{"extension":[{"url":"http://example.org/a","valueCode":"unknown"}]}`),
		on("half", "2014-05-05T12:00:00.5+08:00"), on("micro", "2014-05-05T12:00:00.123456+08:00"),
		on("nano", "2014-05-05T12:00:00.1234569+08:00"),
		observation("now", `"effectiveInstant":"2014-05-05T04:00:01.000Z"`),
	},
	[]sharp{
		{"Observation?date=2013-01-14", "day midnight ten"},
		{"Observation?date=eq2013-01-14", "day midnight ten"},
		{"Observation?date=ne2013-01-14", "next utc month year none absent half micro nano now"},
		{"Observation?date=2013-01-15", "next utc"},
		{"Observation?date=2013-01", "day midnight ten next utc month"},
		{"Observation?date=2013", "day midnight ten next utc month year"},
		{"Observation?date=lt2013-01-14T10:00+08:00", "day midnight month year"},
		{"Observation?date=gt2013-01-14T10:00:00+08:00", "day next utc month year half micro nano now"},
		{"Observation?date=gt2013-01-14", "next utc month year half micro nano now"},
		{"Observation?date=ge2013-01-14", "day midnight ten next utc month year half micro nano now"},
		{"Observation?date=le2013-01-14", "day midnight ten month year"},
		{"Observation?date=lt2013-01-14", "month year"},
		{"Observation?date=sa2013-01-14", "next utc half micro nano now"},
		{"Observation?date=eb2013-01-15", "day midnight ten"},
		{"Observation?date=sa2013", "half micro nano now"},
		{"Observation?date=eb2014", "day midnight ten next utc month year"},
		{"Observation?date=2013-01-14T00:00:00+08:00", "midnight"},
		{"Observation?date=2013-01-14T00:00+08:00", "midnight"},
		{"Observation?date=2013-01-13T16:00:00Z", "midnight"},
		{"Observation?date=2013-01-14T10:00:00", "ten"},
		{"Observation?date=2014-05-05T12:00:00+08:00", "half micro nano"},
		{"Observation?date=2014-05-05T12:00:00.5+08:00", "half"},
		{"Observation?date=2014-05-05T12:00:00.1+08:00", "micro nano"},
		{"Observation?date=2014-05-05T12:00:00.123456+08:00", "micro nano"},
		{"Observation?date=2014-05-05T12:00:01+08:00", "now"},
		{"Observation?date=2013-01-14,2014-05-05", "day midnight ten half micro nano now"},
		{"Observation?date=ge2013-01-14&date=lt2013-01-15", "day midnight ten month year"},
		{"Observation?date=ge2013-01-14&date=eb2013-01-15", "day midnight ten"},
		{"Observation?date=ne2013,2013-01-14", "day midnight ten none absent half micro nano now"},
		{"Observation?date:missing=true", "none absent"},
		{"Observation?date:missing=false&date=2014", "half micro nano now"},
		{"Observation?date=ap2013-06", "day midnight ten next utc month year half micro nano now"},
		{"Observation?date=ap2090", ""},
		{"Observation?date=2013-02-30", "refused"}, {"Observation?date=xx2013", "refused"}, {"Observation?date=13-01-14", "refused"},
		{"Observation?date=2013-1-14", "refused"}, {"Observation?date=", "refused"}, {"Observation?date=2013,", "refused"},
		{"Observation?date=2013-01-14T10", "refused"}, {"Observation?date=eqgt2013", "refused"}, {"Observation?date=GT2013", "refused"},
	},
}

// periods have open sides, and Timings.
var periods = group{"periods",
	[]string{
		during("whole", `"start":"2013-01-14","end":"2013-03-14"`), during("onwards", `"start":"2013-01-21"`),
		during("later", `"start":"2013-03-15"`), during("until", `"end":"2013-01-21"`),
		observation("timing", `"effectiveTiming":{"event":["2013-03-10","2013-03-02"]}`),
		observation("bounds", `"effectiveTiming":{"repeat":{"boundsPeriod":{"start":"2013-03-01"}}}`),
		observation("daily", `"effectiveTiming":{"repeat":{"frequency":1,"period":1,"periodUnit":"d"}}`),
	},
	[]sharp{
		{"Observation?date=2013", "whole timing"},
		{"Observation?date=2013-03", "timing"},
		{"Observation?date=ge2013-03-14", "onwards later bounds"},
		{"Observation?date=le2013-03-14", "whole onwards until timing bounds"},
		{"Observation?date=sa2013-03-14", "later"},
		{"Observation?date=eb2013-03-14", "until timing"},
		{"Observation?date=sa2013-03-01", "later timing"},
		{"Observation?date=eb2013-03-15", "whole until timing"},
		{"Observation?date=gt2013-03-14", "onwards later bounds"},
		{"Observation?date=gt2013-03-13", "whole onwards later bounds"},
		{"Observation?date=lt2013-01-14", "until"},
		{"Observation?date=ne2013", "onwards later until bounds daily"},
		{"Observation?date:missing=true", "daily"},
	},
}

func risk(id, probability string) string {
	return fmt.Sprintf(`{"resourceType":"RiskAssessment","id":%q,"status":"final","subject":{"display":"x"},"prediction":[{"probabilityDecimal":%s}]}`, id, probability)
}

// numeric has the examples of R4, 3.1.1.4.7, and the edges of the ranges that they imply.
var numeric = group{"numbers",
	[]string{
		risk("49", "49.9"), risk("50", "50"), risk("99", "99"), risk("99.5", "99.5"), risk("99.994", "99.994"),
		risk("99.995", "99.995"), risk("100", "100"), risk("1e2", "1E+2"), risk("100.004", "100.0040"),
		risk("100.005", "100.005"), risk("100.5", "100.5"), risk("149", "149.9"), risk("150", "150"),
		risk("minus", "-100"), risk("zero", "0"), resource("RiskAssessment", "none", ""),
		resource("RiskAssessment", "range", `"prediction":[{"probabilityRange":{"low":{"value":1000},"high":{"value":1010}}}]`),
	},
	[]sharp{
		{"RiskAssessment?probability=100", "99.5 99.994 99.995 100 1e2 100.004 100.005"},
		{"RiskAssessment?probability=100.00", "99.995 100 1e2 100.004"},
		{"RiskAssessment?probability=1e2", "50 99 99.5 99.994 99.995 100 1e2 100.004 100.005 100.5 149"},
		{"RiskAssessment?probability=1.0e2", "99 99.5 99.994 99.995 100 1e2 100.004 100.005 100.5"},
		{"RiskAssessment?probability=-100", "minus"},
		{"RiskAssessment?probability=-99.6", ""},
		{"RiskAssessment?probability=0", "zero"},
		{"RiskAssessment?probability=lt100", "49 50 99 99.5 99.994 99.995 minus zero"},
		{"RiskAssessment?probability=le100", "49 50 99 99.5 99.994 99.995 100 1e2 100.004 100.005 minus zero"},
		{"RiskAssessment?probability=gt100", "100.004 100.005 100.5 149 150 range"},
		{"RiskAssessment?probability=ge100", "99.5 99.994 99.995 100 1e2 100.004 100.005 100.5 149 150 range"},
		{"RiskAssessment?probability=ne100", "49 50 99 100.5 149 150 minus zero none range"},
		{"RiskAssessment?probability=sa100", "100.004 100.005 100.5 149 150 range"},
		{"RiskAssessment?probability=eb100", "49 50 99 99.5 99.994 99.995 minus zero"},
		{"RiskAssessment?probability=ap100", "99 99.5 99.994 99.995 100 1e2 100.004 100.005 100.5"},
		{"RiskAssessment?probability=ap140", "149 150"}, {"RiskAssessment?probability=1.0e3", "range"},
		{"RiskAssessment?probability=1005", ""}, {"RiskAssessment?probability=ge1005", "range"}, {"RiskAssessment?probability=sa999", "range"},
		{"RiskAssessment?probability=gt100&probability=lt101", "100.004 100.005 100.5"},
		{"RiskAssessment?probability=0,150", "zero 149 150"},
		{"RiskAssessment?probability:missing=true", "none"},
		{"RiskAssessment?probability=x", "refused"}, {"RiskAssessment?probability=1,", "refused"},
		{"RiskAssessment?probability=1.", "refused"}, {"RiskAssessment?probability=0x1", "refused"},
		{"RiskAssessment?probability=1/2", "refused"},
	},
}

func measured(id, value string) string { return observation(id, value) }

func amountOf(id, value, rest string) string {
	return measured(id, fmt.Sprintf(`"valueQuantity":{"value":%s%s}`, value, more(rest)))
}

func ucumOf(id, value, code string) string {
	return amountOf(id, value, fmt.Sprintf(`"system":"http://unitsofmeasure.org","code":%q,"unit":%q`, code, code))
}

const inUCUM = "|http://unitsofmeasure.org|"

// amountsOf has the examples of R4, 3.1.1.4.11, units, comparators, Ranges and samples.
var amountsOf = group{"quantities",
	[]string{
		ucumOf("mg", "5.4", "mg"), ucumOf("ug", "5400", "ug"), ucumOf("g", "0.0054", "g"), ucumOf("low", "5.35", "mg"),
		ucumOf("high", "5.45", "mg"), ucumOf("kg", "5.4", "kg"),
		amountOf("bare", "5.4", ""), amountOf("unit", "5.4", `"unit":"mg"`),
		amountOf("other", "5.4", `"system":"http://example.org/units","code":"mg"`),
		amountOf("unknown", "5.4", `"system":"http://unitsofmeasure.org","code":"[arb'U]"`),
		ucumOf("cel", "37.0", "Cel"), ucumOf("degF", "98.6", "[degF]"), ucumOf("mmHg", "120", "mm[Hg]"), ucumOf("kPa", "16.0", "kPa"),
		amountOf("below", "5", `"comparator":"<","unit":"L"`), amountOf("above", "5", `"comparator":">","unit":"L"`),
		measured("samples", `"valueSampledData":{"origin":{"value":10,"unit":"mV"},"period":1,"dimensions":1,"factor":0.5,"data":"4 -4 E 0 8"}`),
		measured("text", `"valueString":"5.4"`),
		measured("noValue", `"valueQuantity":{"unit":"mg"}`),
	},
	[]sharp{
		{"Observation?value-quantity=5.4", "mg kg bare unit other unknown low"},
		{"Observation?value-quantity=5.40", "mg kg bare unit other unknown"},
		{"Observation?value-quantity=5.4||mg", "mg unit other low"},
		{"Observation?value-quantity=5.4|http://example.org/units|mg", "other"},
		{"Observation?value-quantity=5.4" + inUCUM + "mg", "mg ug g low"},
		{"Observation?value-quantity=5.40" + inUCUM + "mg", "mg ug g"},
		{"Observation?value-quantity=5.40e-3" + inUCUM + "g", "mg ug g"},
		{"Observation?value-quantity=5.4" + inUCUM + "kg", "kg"},
		{"Observation?value-quantity=gt5.4" + inUCUM + "mg", "high kg"},
		{"Observation?value-quantity=ge5.4" + inUCUM + "mg", "mg ug g low high kg"},
		{"Observation?value-quantity=lt5.4" + inUCUM + "mg", "low"},
		{"Observation?value-quantity=le5.4" + inUCUM + "mg", "mg ug g low"},
		{"Observation?value-quantity=sa5400" + inUCUM + "ug", "high kg"},
		{"Observation?value-quantity=eb5400" + inUCUM + "ug", "low"},
		{"Observation?value-quantity=ap5.9" + inUCUM + "mg", "mg ug g low high"},
		{"Observation?value-quantity=5.4" + inUCUM + "[arb'U]", "unknown"},
		{"Observation?value-quantity=37.0" + inUCUM + "Cel", "cel degF"},
		{"Observation?value-quantity=98.60" + inUCUM + "[degF]", "cel degF"},
		{"Observation?value-quantity=gt310" + inUCUM + "K", "cel degF"},
		{"Observation?value-quantity=16.0" + inUCUM + "kPa", "mmHg kPa"},
		{"Observation?value-quantity=120.0" + inUCUM + "mm[Hg]", "mmHg kPa"},
		{"Observation?value-quantity=120.00" + inUCUM + "mm[Hg]", "mmHg"},
		{"Observation?value-quantity=4||L", ""},
		{"Observation?value-quantity=lt4||L", "below"},
		{"Observation?value-quantity=gt4||L", "below above"},
		{"Observation?value-quantity=gt6||L", "above"},
		{"Observation?value-quantity=lt6||L", "below above"},
		{"Observation?value-quantity=sa4||L", "above"},
		{"Observation?value-quantity=eb6||L", "below"},
		{"Observation?value-quantity=ap5||L", "below above"},
		{"Observation?value-quantity=ap9||L", "above"},
		{"Observation?value-quantity=ge8||mV", "samples"},
		{"Observation?value-quantity=sa7||mV", "samples"},
		{"Observation?value-quantity=eb14||mV", ""},
		{"Observation?value-quantity=eb15||mV", "samples"},
		{"Observation?value-quantity=11||mV", ""},
		{"Observation?value-quantity=1e1||mV", "samples"},
		{"Observation?value-quantity=ne5.4" + inUCUM + "mg", "high kg bare unit other unknown cel degF mmHg kPa below above samples text noValue"},
		{"Observation?value-quantity:missing=true", "text noValue"},
		{"Observation?value-quantity=5.4,37.0", "mg kg bare unit other unknown low cel"},
		{"Observation?value-quantity=x||mg", "refused"}, {"Observation?value-quantity=|http://unitsofmeasure.org|mg", "refused"},
	},
}

// ages are Ranges and other kinds of quantity.
var ages = group{"ranges and ages",
	[]string{
		resource("Condition", "age", `"onsetAge":{"value":50,"system":"http://unitsofmeasure.org","code":"a"}`),
		resource("Condition", "months", `"onsetAge":{"value":600,"system":"http://unitsofmeasure.org","code":"mo"}`),
		resource("Condition", "range", `"onsetRange":{"low":{"value":46,"unit":"years","system":"http://unitsofmeasure.org","code":"a"},"high":{"value":54,"unit":"years","system":"http://unitsofmeasure.org","code":"a"}}`),
		resource("Condition", "from", `"onsetRange":{"low":{"value":55,"system":"http://unitsofmeasure.org","code":"a"}}`),
		resource("Condition", "to", `"onsetRange":{"high":{"value":45,"system":"http://unitsofmeasure.org","code":"a"}}`),
		resource("Condition", "date", `"onsetDateTime":"1980"`),
	},
	[]sharp{
		{"Condition?onset-age=50" + inUCUM + "a", "age months"},
		{"Condition?onset-age=600" + inUCUM + "mo", "age months"},
		{"Condition?onset-age=5e1", "age range"},
		{"Condition?onset-age=5e1" + inUCUM + "a", "age months range"},
		{"Condition?onset-age=gt50" + inUCUM + "a", "range from"},
		{"Condition?onset-age=lt50" + inUCUM + "a", "range to"},
		{"Condition?onset-age=sa39" + inUCUM + "a", "age months range from"},
		{"Condition?onset-age=eb46" + inUCUM + "a", "to"},
		{"Condition?onset-age=ap44" + inUCUM + "a", "range to"},
		{"Condition?onset-age=50||years", ""},
		{"Condition?onset-age=gt50||years", "range"},
		{"Condition?onset-age:missing=true", "date"},
		{"Condition?onset-date=1980", "date"},
	},
}
