package region

// Institutions by their ids.
const (
	Hospital = "yunxi-people-hospital"  // the county's general hospital
	Centre   = "yunxi-chengguan-centre" // the health centre that has the most residents
)

// The county. Nobody lives under this code; see the package comment.
const (
	countyCode = "429921"
	countyName = "云溪县"
	provinceOf = "42" // of certificates, which count by province
)

// town is a township with its health centre; codes of GB/T 10114: 100–199 towns (镇), 200–399 townships (乡).
type town struct{ code, name, centre string }

// village is a village unit: 001–099 residents' committees (社区), 101–199 villagers' committees (村). clinic is the id of
// its clinic, "" for those that go to the health centre.
type village struct {
	town               *town
	code, name, clinic string
	weight             int // how many live here, relative to the others
}

var (
	chengguan = &town{"100", "城关镇", Centre}
	liulin    = &town{"101", "柳林镇", "yunxi-liulin-centre"}
	shiqiao   = &town{"102", "石桥镇", "yunxi-shiqiao-centre"}
	chashan   = &town{"200", "茶山乡", "yunxi-chashan-centre"}
)

var villages = []village{
	{chengguan, "001", "东街社区", "", 16},
	{chengguan, "002", "西街社区", "", 12},
	{chengguan, "003", "河滨社区", "", 10},
	{chengguan, "101", "南庄村", "yunxi-nanzhuang-clinic", 8},
	{liulin, "001", "柳林社区", "", 9},
	{liulin, "101", "柳岸村", "yunxi-liuan-clinic", 9},
	{liulin, "102", "杨家湾村", "yunxi-yangjiawan-clinic", 7},
	{shiqiao, "101", "石桥村", "yunxi-shiqiao-clinic", 9},
	{shiqiao, "102", "上坪村", "yunxi-shangping-clinic", 6},
	{chashan, "101", "茶山村", "", 8},
	{chashan, "102", "云雾村", "yunxi-yunwu-clinic", 6},
}

// institution is one that treats or protects people. Its id is the same for all seeds.
type institution struct {
	id, name, kind string
	credit         string // first two characters of its credit code
	town           *town
	address        string
	longitude      string
	latitude       string
	partOf         string
	posts          []post
}

// post is what a member of staff is there for.
type post struct {
	department coding // 医疗机构诊疗科目名录
	title      string
	job        job
}

// job is the kind of licence that a post takes.
type job uint8

const (
	physician     job = iota
	tcmPhysician      // 中医类别
	publicHealth      // 公共卫生类别
	villageDoctor     // 乡村医生: a certificate of its own, no licence as a physician
	nurse
)

const (
	hospital    = Hospital
	tcmHospital = "yunxi-tcm-hospital"
	maternity   = "yunxi-maternal-child"
	disease     = "yunxi-cdc"
)

var institutions = []institution{
	{hospital, "云溪县人民医院", "县级综合医院", "12", chengguan, "人民路1号", "111.520000", "31.480000", "", hospitalPosts},
	{tcmHospital, "云溪县中医医院", "县级中医医院", "12", chengguan, "杏林路8号", "111.531000", "31.476000", "", tcmPosts},
	{maternity, "云溪县妇幼保健院", "妇幼保健院", "12", chengguan, "花园路15号", "111.526000", "31.485000", "", maternityPosts},
	{disease, "云溪县疾病预防控制中心", "疾病预防控制中心", "12", chengguan, "健康路3号", "111.515000", "31.483000", "", diseasePosts},
	{chengguan.centre, "城关镇卫生院", "乡镇卫生院", "12", chengguan, "东街66号", "111.535000", "31.482000", "", centrePosts},
	{liulin.centre, "柳林镇卫生院", "乡镇卫生院", "12", liulin, "柳林街20号", "111.612000", "31.431000", "", centrePosts},
	{shiqiao.centre, "石桥镇卫生院", "乡镇卫生院", "12", shiqiao, "石桥街9号", "111.437000", "31.402000", "", centrePosts},
	{chashan.centre, "茶山乡卫生院", "乡镇卫生院", "12", chashan, "茶山街5号", "111.398000", "31.566000", "", centrePosts},
	{"yunxi-nanzhuang-clinic", "南庄村卫生室", "村卫生室", "52", chengguan, "南庄村", "111.541000", "31.459000", chengguan.centre, clinicPosts},
	{"yunxi-liuan-clinic", "柳岸村卫生室", "村卫生室", "52", liulin, "柳岸村", "111.634000", "31.447000", liulin.centre, clinicPosts},
	{"yunxi-yangjiawan-clinic", "杨家湾村卫生室", "村卫生室", "52", liulin, "杨家湾村", "111.655000", "31.412000", liulin.centre, clinicPosts},
	{"yunxi-shiqiao-clinic", "石桥村卫生室", "村卫生室", "52", shiqiao, "石桥村", "111.421000", "31.395000", shiqiao.centre, clinicPosts},
	{"yunxi-shangping-clinic", "上坪村卫生室", "村卫生室", "52", shiqiao, "上坪村", "111.402000", "31.371000", shiqiao.centre, clinicPosts},
	{"yunxi-yunwu-clinic", "云雾村卫生室", "村卫生室", "52", chashan, "云雾村", "111.371000", "31.593000", chashan.centre, clinicPosts},
}

// Departments, by 医疗机构诊疗科目名录.
var (
	prevention     = department("01", "预防保健科")
	general        = department("02", "全科医疗科")
	medicine       = department("03", "内科")
	cardiology     = department("03.04", "心血管内科专业")
	endocrine      = department("03.07", "内分泌专业")
	neurology      = department("03.03", "神经内科专业")
	surgery        = department("04", "外科")
	obstetrics     = department("05", "妇产科")
	paediatrics    = department("07", "儿科")
	childHealth    = department("09", "儿童保健科")
	emergency      = department("20", "急诊医学科")
	chinese        = department("50", "中医科")
	rehabilitation = department("21", "康复医学科")
)

var (
	hospitalPosts = []post{
		{cardiology, "主任医师", physician}, {cardiology, "主治医师", physician}, {endocrine, "副主任医师", physician},
		{neurology, "副主任医师", physician}, {medicine, "主治医师", physician}, {medicine, "住院医师", physician},
		{surgery, "主任医师", physician}, {surgery, "主治医师", physician}, {paediatrics, "副主任医师", physician},
		{emergency, "主治医师", physician}, {medicine, "主管护师", nurse}, {surgery, "护师", nurse},
	}
	tcmPosts = []post{
		{chinese, "主任中医师", tcmPhysician}, {chinese, "副主任中医师", tcmPhysician}, {chinese, "主治中医师", tcmPhysician},
		{rehabilitation, "主治中医师", tcmPhysician}, {medicine, "主治医师", physician}, {chinese, "护师", nurse},
	}
	maternityPosts = []post{
		{obstetrics, "副主任医师", physician}, {childHealth, "主治医师", physician}, {obstetrics, "主管护师", nurse},
	}
	diseasePosts = []post{{prevention, "主管医师", publicHealth}, {prevention, "医师", publicHealth}}
	centrePosts  = []post{
		{general, "主治医师", physician}, {general, "助理全科医师", physician}, {prevention, "护师", nurse},
	}
	clinicPosts = []post{{general, "乡村医生", villageDoctor}}
)
