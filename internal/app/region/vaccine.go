package region

import (
	"fmt"
	"time"

	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/r4"
)

// vaccine is one of the national programme, with ATC code. gap is the least number of days between two doses.
type vaccine struct {
	code  coding
	gap   int
	site  string
	route string
}

var (
	hepatitisB   = &vaccine{atc("J07BC01", "重组乙型肝炎疫苗"), 60, "右上臂三角肌", "肌内注射"}
	bcg          = &vaccine{atc("J07AN01", "皮内注射用卡介苗"), 0, "左上臂三角肌", "皮内注射"}
	polio        = &vaccine{atc("J07BF03", "脊髓灰质炎灭活疫苗"), 28, "左上臂三角肌", "肌内注射"}
	polioOral    = &vaccine{atc("J07BF04", "二价脊髓灰质炎减毒活疫苗"), 28, "", "口服"}
	pertussis    = &vaccine{atc("J07AJ52", "吸附无细胞百白破联合疫苗"), 28, "左上臂三角肌", "肌内注射"}
	diphtheria   = &vaccine{atc("J07AM51", "吸附白喉破伤风联合疫苗"), 28, "左上臂三角肌", "肌内注射"}
	measles      = &vaccine{atc("J07BD52", "麻疹腮腺炎风疹联合减毒活疫苗"), 28, "右上臂三角肌下缘", "皮下注射"}
	encephalitis = &vaccine{atc("J07BA03", "乙型脑炎减毒活疫苗"), 28, "左上臂三角肌下缘", "皮下注射"}
	meningitisA  = &vaccine{atc("J07AH01", "A群脑膜炎球菌多糖疫苗"), 92, "左上臂三角肌下缘", "皮下注射"}
	meningitisAC = &vaccine{atc("J07AH03", "A群C群脑膜炎球菌多糖疫苗"), 365, "左上臂三角肌下缘", "皮下注射"}
	hepatitisA   = &vaccine{atc("J07BC02", "甲型肝炎灭活疫苗"), 180, "右上臂三角肌", "肌内注射"}
	papilloma    = &vaccine{atc("J07BM02", "双价人乳头瘤病毒疫苗"), 150, "左上臂三角肌", "肌内注射"}
	flushot      = &vaccine{atc("J07BB02", "流感病毒裂解疫苗"), 0, "左上臂三角肌", "肌内注射"}
	pneumococcus = &vaccine{atc("J07AL01", "23价肺炎球菌多糖疫苗"), 0, "左上臂三角肌", "肌内注射"}
	coronavirus  = &vaccine{atc("J07BN03", "新型冠状病毒灭活疫苗"), 21, "左上臂三角肌", "肌内注射"}
)

// dose is one that is due at an age. Some are due for one sex, or only to those who were born or come for it within a
// time: the programme changed.
type dose struct {
	months     int
	vaccine    *vaccine
	number     int
	girls      bool
	bornFrom   string // the first day of birth, "" for all
	bornBefore string // the day after the last one, "" for all
	givenFrom  string // the day of the programme's change
}

// The programme of 2021 with the changes of 2025 (国家免疫规划疫苗儿童免疫程序). Four doses against pertussis move from 3, 4, 5, 18
// months to 2, 4, 6, 18 for those who are not two months old when the change comes, and the six-year-olds get a fifth in
// the place of DT; girls of 13 get two doses against papilloma viruses.
const (
	movedFor     = "2024-11-01" // and later births
	fifthFor     = "2019-01-01"
	papillomaFor = "2011-11-10"
	papillomaOn  = "2025-11-10" // and later days
)

var programme = []dose{
	{0, hepatitisB, 1, false, "", "", ""}, {0, bcg, 1, false, "", "", ""}, {1, hepatitisB, 2, false, "", "", ""},
	{2, polio, 1, false, "", "", ""}, {2, pertussis, 1, false, movedFor, "", ""}, {3, polio, 2, false, "", "", ""},
	{3, pertussis, 1, false, "", movedFor, ""}, {4, polioOral, 3, false, "", "", ""}, {4, pertussis, 2, false, "", "", ""},
	{5, pertussis, 3, false, "", movedFor, ""}, {6, pertussis, 3, false, movedFor, "", ""}, {6, hepatitisB, 3, false, "", "", ""},
	{6, meningitisA, 1, false, "", "", ""}, {8, measles, 1, false, "", "", ""}, {8, encephalitis, 1, false, "", "", ""},
	{9, meningitisA, 2, false, "", "", ""}, {18, pertussis, 4, false, "", "", ""}, {18, measles, 2, false, "", "", ""},
	{18, hepatitisA, 1, false, "", "", ""}, {24, encephalitis, 2, false, "", "", ""}, {24, hepatitisA, 2, false, "", "", ""},
	{36, meningitisAC, 1, false, "", "", ""}, {48, polioOral, 4, false, "", "", ""}, {72, pertussis, 5, false, fifthFor, "", ""},
	{72, diphtheria, 1, false, "", fifthFor, ""}, {72, meningitisAC, 2, false, "", "", ""},
	{156, papilloma, 1, true, papillomaFor, "", papillomaOn}, {162, papilloma, 2, true, papillomaFor, "", papillomaOn},
}

func (d *dose) due(p *person) bool {
	born := date(p.birth)
	return (d.bornFrom == "" || born >= d.bornFrom) && (d.bornBefore == "" || born < d.bornBefore) && (!d.girls || !p.male)
}

// vaccinations writes the doses: those of the national programme of who is under age today, since birth, and what is offered to
// others.
func (h *history) vaccinations() {
	if h.age(h.until) < 18 {
		h.programme()
	}
	h.eachAutumn()
	h.pneumonia()
	h.epidemic()
}

// programme writes the doses of the programme to this day. A child is late by some days, always the same, and doses that are due at
// one age are given on one day; so what must be apart stays apart.
func (h *history) programme() {
	late := h.r.between(0, 14)
	last := map[*vaccine]time.Time{}
	var day time.Time
	age := -1
	for i := range programme {
		d := &programme[i]
		if !d.due(h.p) {
			continue
		}
		if d.months != age {
			age = d.months
			day = laterOf(h.p.birth.AddDate(0, age, late), day.AddDate(0, 0, 28))
		}
		if age == 0 {
			day = h.p.birth.AddDate(0, 0, 1)
		}
		if before, ok := last[d.vaccine]; ok {
			day = laterOf(day, before.AddDate(0, 0, d.vaccine.gap))
		}
		if age > 0 && day.Weekday() == time.Sunday {
			day = day.AddDate(0, 0, 1)
		}
		if !day.Before(h.until) {
			return
		}
		if d.givenFrom != "" && date(day) < d.givenFrom {
			continue
		}
		last[d.vaccine] = day
		h.vaccinate(d, day)
	}
}

// fluPercent is how many of an age let themselves be vaccinated against influenza in a year.
func fluPercent(age int) int {
	switch {
	case age < 1:
		return 0
	case age < 6:
		return 26
	case age < 18:
		return 12
	case age < 60:
		return 3
	}
	return 30
}

// eachAutumn writes the doses against influenza, from September to December.
func (h *history) eachAutumn() {
	keen := h.r.chance(50) // the same people come again
	for year := h.since.Year(); year <= h.until.Year(); year++ {
		day := time.Date(year, time.September, 10, 0, 0, 0, 0, china).AddDate(0, 0, h.r.between(0, 90))
		percent := fluPercent(h.age(day)) * 3 / 2
		if !keen {
			percent /= 3
		}
		if h.r.chance(percent) && h.within(day) {
			h.inject(flushot, 1, weekday(day), h.p.centre())
		}
	}
}

// pneumonia writes the one dose against pneumococci that people from 60 on are offered.
func (h *history) pneumonia() {
	day := h.p.birth.AddDate(h.r.between(60, 72), 0, h.r.between(0, 364))
	if h.r.chance(38) && h.within(day) {
		h.inject(pneumococcus, 1, weekday(day), h.p.centre())
	}
}

// Vaccination against COVID-19 began with adults in the spring of 2021, came to those from 12 on in July and to those from 3 on in
// October, and to a third dose in the winter.
var epidemicFrom = []struct {
	age int
	day time.Time
}{
	{18, time.Date(2021, 4, 1, 0, 0, 0, 0, china)},
	{12, time.Date(2021, 7, 20, 0, 0, 0, 0, china)},
	{3, time.Date(2021, 10, 20, 0, 0, 0, 0, china)},
}

const (
	epidemicPercent = 90 // who got two doses
	thirdPercent    = 70 // of adults
)

func (h *history) epidemic() {
	wait, willing, third := h.r.between(0, 70), h.r.chance(epidemicPercent), h.r.chance(thirdPercent)
	for _, e := range epidemicFrom {
		if h.age(e.day) < e.age {
			continue
		}
		day := e.day.AddDate(0, 0, wait)
		for n, later := range []int{0, 24, 24 + 190} {
			if on := day.AddDate(0, 0, later); willing && h.within(on) && (n < 2 || third && h.age(on) >= 18) {
				h.inject(coronavirus, n+1, weekday(on), h.p.centre())
			}
		}
		return
	}
}

// weekday is a day itself, or the Saturday before a Sunday.
func weekday(day time.Time) time.Time {
	if day.Weekday() == time.Sunday {
		return day.AddDate(0, 0, -1)
	}
	return day
}

func (h *history) vaccinate(d *dose, day time.Time) {
	where := h.p.centre()
	if d.months == 0 {
		where = maternity
	}
	h.inject(d.vaccine, d.number, day, where)
}

// inject writes one dose.
func (h *history) inject(which *vaccine, number int, day time.Time, where string) {
	at := day.Add(time.Duration(h.r.between(8*60+10, 11*60)) * time.Minute)
	v := r4.NewImmunization()
	v.SetID(h.id("Immunization"))
	answer(v.Resource, h.custodian(visit{}), profiles.Immunization)
	h.trace(v.Extension().Add())
	v.SetStatus("completed")
	which.code.as(v.VaccineCode())
	v.Patient().SetReference(h.patient(""))
	v.SetOccurrenceDateTime(dateTime(at))
	v.SetPrimarySource(true)
	v.Location().SetReference("Location/" + where)
	v.Manufacturer().SetDisplay(maker)
	v.SetLotNumber(fmt.Sprintf("CL%d%02d%03d", at.Year(), at.Month(), h.r.between(1, 40)))
	v.SetExpirationDate(date(at.AddDate(0, 0, h.r.between(180, 600))))
	if which.site != "" {
		v.Site().SetText(which.site)
	}
	v.Route().SetText(which.route)
	h.g.staff[where][2].named.in(v.Performer().Add().Actor()) // the nurse
	v.ProtocolApplied().Add().SetDoseNumberPositiveInt(number)
	h.b.put(v.Resource)
}

// maker is the holder of all vaccines. There is no such company.
const maker = "澄岚生物制品公司（虚构）"

// trace writes the code of the package that was used: 20 digits as on real ones, but of a product that begins with 0,
// which none does.
func (h *history) trace(to r4.Extension) {
	to.SetURL(profiles.TraceCode)
	to.SetValueString(fmt.Sprintf("0%s%08d%05d", unassigned+"00", h.p.serial, h.numbers))
}
