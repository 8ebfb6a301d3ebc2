package region

import (
	"fmt"

	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/r4"
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
	smectite     = drug{atc("A07BC05", "蒙脱石"), "蒙脱石散 3g", "3", "g", 3, false}
)

// syrup is paracetamol for a child of so many hundreds of grams, 10 mg for each kg.
func syrup(weight int) drug {
	return drug{paracetamol.code, "对乙酰氨基酚口服混悬液 100mL:3.2g", fmt.Sprint(max(40, weight/10*10)), "mg", 3, false}
}

// prescribe writes a prescription for so many days; nobody who is allergic to penicillins gets one.
func (h *history) prescribe(v visit, d drug, condition, status string, days int) {
	if d.penicillin && h.allergy != nil && h.allergy.penicillin {
		d, days = azithromycin, 3
	}
	m := r4.NewMedicationRequest()
	m.SetID(h.id("MedicationRequest"))
	answer(m.Resource, h.custodian(v), profiles.MedicationRequest)
	m.SetStatus(status)
	m.SetIntent("order")
	m.MedicationCodeableConcept().SetText(d.product)
	d.code.as(m.MedicationCodeableConcept())
	m.Subject().SetReference(h.patient())
	m.Encounter().SetReference(v.ref)
	m.SetAuthoredOn(dateTime(v.at))
	v.by.named.in(m.Requester())
	m.ReasonReference().Add().SetReference(condition)
	dose := m.DosageInstruction().Add()
	dose.SetText(fmt.Sprintf("口服，每次%s%s，每日%d次", d.amount, d.unit, d.times))
	each := dose.Timing().Repeat()
	each.SetFrequency(d.times)
	each.SetPeriod("1")
	each.SetPeriodUnit("d")
	quantity{d.amount, d.unit, d.unit}.in(dose.DoseAndRate().Add().DoseQuantity())
	quantity{fmt.Sprint(days), "天", "d"}.in(m.DispenseRequest().ExpectedSupplyDuration())
	h.b.put(m.Resource)
}
