package region

import "strings"

// post is what a member of staff is there for.
type post struct {
	department coding // of 医疗机构诊疗科目名录; without a code where the catalogue has none
	title      string
	job        job
}

// job is the kind of licence that a post takes.
type job uint8

const (
	physician    job = iota
	tcmPhysician     // 中医类别
	publicHealth     // 公共卫生类别
	nurse
	pharmacist
	technician // 医技
	officer    // 机构管理处
)

// jobs are named as on the certificate, with the category that physicians' certificates number (10 临床, 30 公共卫生, 40 中医)
// and the role: HL7's, or the platform's own where HL7 has none.
var jobs = [...]struct {
	name, category string
	role           coding
}{
	physician:    {"执业医师(临床)", "10", hl7("practitioner-role", "doctor", "Doctor")},
	tcmPhysician: {"执业医师(中医)", "40", hl7("practitioner-role", "doctor", "Doctor")},
	publicHealth: {"执业医师(公共卫生)", "30", hl7("practitioner-role", "doctor", "Doctor")},
	nurse:        {"执业护士", "", hl7("practitioner-role", "nurse", "Nurse")},
	pharmacist:   {"药学专业技术资格", "", hl7("practitioner-role", "pharmacist", "Pharmacist")},
	technician:   {"卫生专业技术资格(医技)", "", coding{roleSystem, "technician", "医技"}},
	officer:      {"", "", coding{roleSystem, "office", "机构管理处"}},
}

// treats tells whether who holds such a post sees patients as a physician.
func (j job) treats() bool { return j <= publicHealth }

// youngest is the age from which people hold such a post. Everybody had the licence when the record begins, and nurses when they
// gave the first doses to those who are under age today.
func (p post) youngest() int {
	switch {
	case p.job == nurse:
		return 46
	case strings.HasPrefix(p.title, "主任"):
		return 48
	case strings.HasPrefix(p.title, "副主任"):
		return 42
	}
	return 38
}

// Departments, by 医疗机构诊疗科目名录; the last ones are of no medical subject.
var (
	prevention   = department("01", "预防保健科")
	general      = department("02", "全科医疗科")
	medicine     = department("03", "内科")
	respiratory  = department("03.01", "呼吸内科专业")
	digestive    = department("03.02", "消化内科专业")
	neurology    = department("03.03", "神经内科专业")
	cardiology   = department("03.04", "心血管内科专业")
	kidneys      = department("03.06", "肾病学专业")
	endocrine    = department("03.07", "内分泌专业")
	surgery      = department("04", "外科")
	orthopaedics = department("04.03", "骨科专业")
	obstetrics   = department("05", "妇产科")
	paediatrics  = department("07", "儿科")
	childHealth  = department("09", "儿童保健科")
	psychiatry   = department("15", "精神科")
	infections   = department("16", "传染科")
	oncology     = department("19", "肿瘤科")
	emergency    = department("20", "急诊医学科")
	rehabilitate = department("21", "康复医学科")
	laboratories = department("30", "医学检验科")
	imaging      = department("32", "医学影像科")
	chinese      = department("50", "中医科")
	dispensary   = coding{display: "药剂科"}
	governance   = coding{display: "机构管理处"}
)

var (
	tertiaryPosts = []post{
		{cardiology, "主任医师", physician}, {cardiology, "主治医师", physician}, {endocrine, "副主任医师", physician},
		{neurology, "副主任医师", physician}, {respiratory, "副主任医师", physician}, {digestive, "主治医师", physician},
		{kidneys, "主治医师", physician}, {medicine, "主治医师", physician}, {psychiatry, "主治医师", physician},
		{infections, "主治医师", physician}, {oncology, "副主任医师", physician}, {surgery, "主任医师", physician},
		{orthopaedics, "主治医师", physician}, {obstetrics, "副主任医师", physician}, {paediatrics, "副主任医师", physician},
		{emergency, "主治医师", physician}, {imaging, "主治医师", physician}, {medicine, "主管护师", nurse},
		{surgery, "护师", nurse}, {dispensary, "主管药师", pharmacist}, {laboratories, "主管技师", technician},
		{imaging, "技师", technician}, {governance, "管理人员", officer},
	}
	secondaryPosts = []post{
		{medicine, "副主任医师", physician}, {cardiology, "主治医师", physician}, {endocrine, "主治医师", physician},
		{surgery, "主治医师", physician}, {paediatrics, "主治医师", physician}, {emergency, "主治医师", physician},
		{medicine, "主管护师", nurse}, {dispensary, "药师", pharmacist}, {laboratories, "技师", technician}, {governance, "管理人员", officer},
	}
	tcmPosts = []post{
		{chinese, "主任中医师", tcmPhysician}, {chinese, "副主任中医师", tcmPhysician}, {chinese, "主治中医师", tcmPhysician},
		{rehabilitate, "主治中医师", tcmPhysician}, {medicine, "主治医师", physician}, {chinese, "护师", nurse},
		{dispensary, "主管药师", pharmacist}, {laboratories, "技师", technician}, {governance, "管理人员", officer},
	}
	maternityPosts = []post{
		{obstetrics, "副主任医师", physician}, {obstetrics, "主治医师", physician}, {obstetrics, "主管护师", nurse},
		{childHealth, "主治医师", physician}, {dispensary, "药师", pharmacist}, {laboratories, "技师", technician},
		{governance, "管理人员", officer},
	}
	cdcPosts = []post{{prevention, "主管医师", publicHealth}, {prevention, "医师", publicHealth}, {laboratories, "主管技师", technician}}

	// Two family doctors come first, then the nurse who vaccinates.
	centrePosts = []post{
		{general, "主治医师", physician}, {general, "主治医师", physician}, {prevention, "护师", nurse},
		{dispensary, "药师", pharmacist}, {laboratories, "技师", technician}, {governance, "管理人员", officer},
		{rehabilitate, "主治医师", physician},
	}
	partnerPosts = []post{
		{cardiology, "主任医师", physician}, {oncology, "主任医师", physician}, {governance, "管理人员", officer},
	}
	pharmacyPosts = []post{{dispensary, "执业药师", pharmacist}}
	platformPosts = []post{{general, "主治医师", physician}, {dispensary, "主管药师", pharmacist}, {governance, "管理人员", officer}}
)
