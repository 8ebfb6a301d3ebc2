package region

import "time"

// season is how often an illness comes in each month, from January on, relative to the others.
type season [12]int

var (
	always = season{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}
	colds  = season{16, 12, 10, 7, 5, 4, 4, 4, 6, 8, 11, 13}
	flu    = season{28, 14, 9, 3, 2, 2, 3, 2, 1, 2, 8, 26}
	summer = season{4, 4, 5, 7, 10, 14, 16, 15, 11, 7, 4, 3}
	pollen = season{2, 3, 9, 14, 10, 4, 3, 9, 18, 12, 4, 2}
	spring = season{2, 3, 6, 13, 20, 20, 14, 7, 6, 5, 3, 1}
)

// illness is one that brings people to a doctor and goes by.
type illness struct {
	code       coding
	weight     int // how often it comes, relative to the others
	from, to   int // ages
	season     season
	feverish   bool
	women      bool
	days       int // that it takes
	drugs      []drug
	department coding
}

var illnesses = []illness{
	{disorder("J06.9", "急性上呼吸道感染"), 32, 0, 120, colds, true, false, 7, []drug{paracetamol}, medicine},
	{disorder("J20.9", "急性支气管炎"), 12, 0, 120, colds, true, false, 12, []drug{amoxicillin}, respiratory},
	{influenza, 7, 1, 120, flu, true, false, 7, []drug{oseltamivir}, medicine},
	{disorder("K29.7", "胃炎"), 14, 16, 120, always, false, false, 30, []drug{omeprazole}, digestive},
	{disorder("M54.5", "下背痛"), 12, 25, 120, always, false, false, 21, []drug{ibuprofen}, orthopaedics},
	{disorder("K52.9", "非感染性胃肠炎和结肠炎"), 9, 0, 120, summer, false, false, 5, []drug{smectite}, digestive},
	{disorder("M17.9", "膝关节病"), 10, 50, 120, colds, false, false, 60, []drug{ibuprofen}, orthopaedics},
	{disorder("J30.4", "变应性鼻炎"), 8, 5, 60, pollen, false, false, 30, []drug{loratadine}, medicine},
	{disorder("L30.9", "皮炎"), 6, 0, 120, summer, false, false, 14, []drug{loratadine}, medicine},
	{disorder("N39.0", "泌尿道感染"), 7, 20, 120, summer, false, true, 10, []drug{levofloxacin}, medicine},
	{disorder("B08.4", "手足口病"), 14, 1, 5, spring, true, false, 9, nil, medicine},
	{disorder("H66.9", "中耳炎"), 4, 1, 12, colds, true, false, 10, nil, medicine},
}

var (
	influenza      = disorder("J11.1", "流感伴有其他呼吸道表现，病毒未标明")
	influenzaFound = disorder("J10.1", "流感伴有其他呼吸道表现，流感病毒被标明")
)

// illnessPercent is how many illnesses of a hundred people of an age bring them to a doctor in a year.
func illnessPercent(age int) int {
	switch {
	case age < 6:
		return 120
	case age < 18:
		return 45
	case age < 45:
		return 32
	case age < 65:
		return 42
	}
	return 68
}

// illnesses writes the passing illnesses.
func (h *history) illnesses() {
	h.years(func(day time.Time) {
		percent := illnessPercent(h.age(day))
		for ; percent > 0; percent -= 50 {
			if h.r.chance(min(percent, 50)) {
				h.illness(day)
			}
		}
	})
}

// illness draws one of those that people of the age get in the year about a day, and when in the year it comes.
func (h *history) illness(about time.Time) {
	age := h.age(about)
	weights := make([]int, len(illnesses))
	for i, x := range illnesses {
		if age >= x.from && age <= x.to && (!x.women || !h.p.male) {
			weights[i] = x.weight
		}
	}
	x := &illnesses[h.r.weighted(weights)]
	month := time.Month(1 + h.r.weighted(x.season[:]))
	day := time.Date(about.Year(), month, h.r.between(1, 28), 0, 0, 0, 0, china)
	if h.within(day) && h.p.months(day) >= 4 && h.age(day) >= x.from {
		h.ill(x, day)
	}
}

func (h *history) ill(x *illness, day time.Time) {
	age, at := h.age(day), h.opening(day)
	where := []string{h.p.centre(), h.lead(), tcmHospital}[h.r.weighted([]int{58, 32, 10})]
	by := h.doctor(where, x.department)
	if where == h.p.centre() {
		by = h.family()
	} else if age < 14 && where != tcmHospital {
		by = h.doctor(where, paediatrics)
	}
	condition, code := h.id("Condition"), x.code
	if x.code == influenza && h.r.chance(70) {
		code = influenzaFound
	}
	v := h.see(encounter{class: ambulatory, kind: "门诊", at: at, place: where, by: by, reason: code, diagnose: "Condition/" + condition})
	from := laterOf(at.AddDate(0, 0, -h.r.between(1, 3)), h.p.birth)
	h.condition(diagnosed{id: condition, code: code, from: from, to: at.AddDate(0, 0, x.days), recorded: at, visit: v, by: by})
	if x.feverish {
		h.measure(v, temperature, h.r.between(368, 389))
	} else if age >= 18 && h.r.chance(40) {
		h.pulse(v)
	}
	switch {
	case x.code == influenza:
		h.find(v, influenzaA, code == influenzaFound)
	case x.feverish && h.r.chance(25):
		h.measure(v, leucocytes.of(h.p, v.at), max(h.r.around(88, 26), 18))
		h.measure(v, *protein, max(h.r.around(14, 9), 1))
	}
	h.remedy(v, x, age, "Condition/"+condition)
}

// remedy prescribes; children get their own medicines, by weight, and none that are for grown people.
func (h *history) remedy(v visit, x *illness, age int, condition string) {
	if age >= 14 {
		for _, d := range x.drugs {
			h.prescribe(v, d, condition, min(x.days, 7))
		}
		return
	}
	if x.feverish {
		_, weight := h.size(v.at)
		h.prescribe(v, syrup(weight), condition, 3)
	}
}

// The wave of COVID-19 that came to everybody when the measures against it ended (乙类乙管 from 2023-01-08).
var (
	waveFrom = time.Date(2022, 12, 10, 0, 0, 0, 0, china)
	covid    = illness{disorder("U07.1", "COVID-19，病毒被识别"), 0, 0, 120, always, true, false, 10, []drug{ibuprofen}, respiratory}
)

const (
	waveDays    = 40
	wavePercent = 28 // of people who saw a doctor for it
)

func (h *history) pandemic() {
	if day := waveFrom.AddDate(0, 0, h.r.IntN(waveDays)); h.r.chance(wavePercent) && h.within(day) && h.p.months(day) >= 4 {
		h.ill(&covid, day)
	}
}
