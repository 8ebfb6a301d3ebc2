package region

import (
	"encoding/json"
	"fmt"
	"strconv"

	"yitong/internal/fhir/profiles"
)

// drug is a generic drug as it is usually prescribed.
type drug struct {
	code       coding // ATC and generic name
	product    string
	amount     string // a dose
	unit       string // of the dose; its UCUM code is the same
	times      int    // a day
	penicillin bool
}

var (
	amlodipine   = drug{atc("C08CA01", "氨氯地平"), "苯磺酸氨氯地平片 5mg", "5", "mg", 1, false}
	enalapril    = drug{atc("C09AA02", "依那普利"), "马来酸依那普利片 10mg", "10", "mg", 1, false}
	valsartan    = drug{atc("C09CA03", "缬沙坦"), "缬沙坦胶囊 80mg", "80", "mg", 1, false}
	metoprolol   = drug{atc("C07AB02", "美托洛尔"), "酒石酸美托洛尔片 25mg", "25", "mg", 2, false}
	metformin    = drug{atc("A10BA02", "二甲双胍"), "盐酸二甲双胍片 0.5g", "0.5", "g", 2, false}
	glimepiride  = drug{atc("A10BB12", "格列美脲"), "格列美脲片 2mg", "2", "mg", 1, false}
	acarbose     = drug{atc("A10BF01", "阿卡波糖"), "阿卡波糖片 50mg", "50", "mg", 3, false}
	atorvastatin = drug{atc("C10AA05", "阿托伐他汀"), "阿托伐他汀钙片 20mg", "20", "mg", 1, false}
	aspirin      = drug{atc("B01AC06", "阿司匹林"), "阿司匹林肠溶片 100mg", "100", "mg", 1, false}
	omeprazole   = drug{atc("A02BC01", "奥美拉唑"), "奥美拉唑肠溶胶囊 20mg", "20", "mg", 1, false}
	ibuprofen    = drug{atc("M01AE01", "布洛芬"), "布洛芬缓释胶囊 0.3g", "0.3", "g", 2, false}
	paracetamol  = drug{atc("N02BE01", "对乙酰氨基酚"), "对乙酰氨基酚片 0.5g", "0.5", "g", 3, false}
	amoxicillin  = drug{atc("J01CA04", "阿莫西林"), "阿莫西林胶囊 0.25g", "0.5", "g", 3, true}
	azithromycin = drug{atc("J01FA10", "阿奇霉素"), "阿奇霉素片 0.25g", "0.5", "g", 1, false}
	levofloxacin = drug{atc("J01MA12", "左氧氟沙星"), "盐酸左氧氟沙星片 0.5g", "0.5", "g", 1, false}
	loratadine   = drug{atc("R06AX13", "氯雷他定"), "氯雷他定片 10mg", "10", "mg", 1, false}
	nitrate      = drug{atc("C01DA14", "单硝酸异山梨酯"), "单硝酸异山梨酯缓释片 40mg", "40", "mg", 1, false}
	sertraline   = drug{atc("N06AB06", "舍曲林"), "盐酸舍曲林片 50mg", "50", "mg", 1, false}
	risperidone  = drug{atc("N05AX08", "利培酮"), "利培酮片 1mg", "2", "mg", 1, false}
	febuxostat   = drug{atc("M04AA03", "非布司他"), "非布司他片 40mg", "40", "mg", 1, false}
	entecavir    = drug{atc("J05AF10", "恩替卡韦"), "恩替卡韦片 0.5mg", "0.5", "mg", 1, false}
	antiviral    = drug{atc("J05AR27", "拉米夫定替诺福韦多替拉韦"), "多替拉韦拉米夫定替诺福韦片", "300", "mg", 1, false}
	letrozole    = drug{atc("L02BG04", "来曲唑"), "来曲唑片 2.5mg", "2.5", "mg", 1, false}
	theophylline = drug{atc("R03DA04", "茶碱"), "茶碱缓释片 0.1g", "0.1", "g", 2, false}
	oseltamivir  = drug{atc("J05AH02", "奥司他韦"), "磷酸奥司他韦胶囊 75mg", "75", "mg", 2, false}
	folate       = drug{atc("B03BB01", "叶酸"), "叶酸片 0.4mg", "0.4", "mg", 1, false}
	smectite     = drug{atc("A07BC05", "蒙脱石"), "蒙脱石散 3g", "3", "g", 3, false}
)

// syrup is paracetamol for a child of so many hundreds of grams, 10 mg for each kg.
func syrup(weight int) drug {
	return drug{paracetamol.code, "对乙酰氨基酚口服混悬液 100mL:3.2g", fmt.Sprint(max(40, weight/10*10)), "mg", 3, false}
}

// prescribe writes a prescription for so many days; nobody who is allergic to penicillins gets one. It is active while it lasts.
func (h *history) prescribe(v visit, d drug, condition string, days int) {
	if d.penicillin && h.allergy != nil && h.allergy.penicillin {
		d, days = azithromycin, 3
	}
	status := "completed"
	switch lasts := v.at.AddDate(0, 0, days).After(h.until); {
	case lasts && h.p.death.IsZero():
		status = "active"
	case lasts:
		status = "stopped"
	}
	m := prescription{
		ResourceType: "MedicationRequest", ID: h.id("MedicationRequest"), Meta: answering(h.custodian(v), profiles.MedicationRequest),
		Status: status, Intent: "order", Medication: concepts{[]concept{concept(d.code)}, d.product}, Subject: refer(h.patient(v.place)),
		Encounter: refer(v.ref), AuthoredOn: dateTime(v.at), Requester: v.by.named, Because: []named{refer(condition)},
		Dosage:   []dosage{{Text: fmt.Sprintf("口服，每次%s%s，每日%d次", d.amount, d.unit, d.times)}},
		Dispense: supply{amount{json.Number(strconv.Itoa(days)), "天", unitSystem, "d"}},
	}
	m.Dosage[0].Dose = []doseText{{amount{json.Number(d.amount), d.unit, unitSystem, d.unit}}}
	each := &m.Dosage[0].Timing.Repeat
	each.Frequency, each.Period, each.Unit = d.times, "1", "d"
	h.b.add(m.ResourceType, m.ID, m)
}
