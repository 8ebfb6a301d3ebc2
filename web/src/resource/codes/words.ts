import { declare, type Text } from "../../words";

/** Names of codes that come without one: of statuses and of HL7's small lists. */
export const codes: Record<string, Text> = declare({
  "emergency-review": ["紧急访问复核", "Review of emergency access"], justified: ["成立", "Justified"], unjustified: ["不成立", "Not justified"],
  final: ["最终结果", "Final"], amended: ["已修订", "Amended"], corrected: ["已更正", "Corrected"], preliminary: ["初步结果", "Preliminary"], registered: ["已登记", "Registered"],
  partial: ["部分结果", "Partial"], cancelled: ["已取消", "Cancelled"], "entered-in-error": ["录入错误", "Entered in error"], unknown: ["未知", "Unknown"],
  active: ["有效", "Active"], inactive: ["已停用", "Inactive"], recurrence: ["复发", "Recurrence"], relapse: ["复燃", "Relapse"], remission: ["缓解", "Remission"], resolved: ["已愈", "Resolved"],
  confirmed: ["已确诊", "Confirmed"], unconfirmed: ["未确诊", "Unconfirmed"], provisional: ["疑似", "Provisional"], differential: ["待鉴别", "Differential"], refuted: ["已排除", "Refuted"],
  planned: ["已计划", "Planned"], arrived: ["已到达", "Arrived"], triaged: ["已分诊", "Triaged"], "in-progress": ["进行中", "In progress"], onleave: ["暂离", "On leave"],
  finished: ["已结束", "Finished"], completed: ["已完成", "Completed"], "not-done": ["未进行", "Not done"], stopped: ["已停止", "Stopped"], "on-hold": ["暂停", "On hold"],
  draft: ["草稿", "Draft"], proposed: ["已提议", "Proposed"], rejected: ["已拒绝", "Rejected"], requested: ["已申请", "Requested"], accepted: ["已受理", "Accepted"],
  ready: ["待办", "Ready"], failed: ["未成功", "Failed"], received: ["已收到", "Received"], preparation: ["准备中", "In preparation"], suspended: ["已中止", "Suspended"],
  male: ["男", "Male"], female: ["女", "Female"], other: ["其他", "Other"], order: ["医嘱", "Order"], plan: ["计划", "Plan"], proposal: ["建议", "Proposal"],
  routine: ["常规", "Routine"], urgent: ["紧急", "Urgent"], asap: ["尽快", "As soon as possible"], stat: ["立即", "At once"],
  laboratory: ["检验", "Laboratory"], "vital-signs": ["生命体征", "Vital signs"], imaging: ["影像", "Imaging"], survey: ["问卷", "Survey"], exam: ["体格检查", "Exam"],
  "social-history": ["个人史", "Social history"], procedure: ["操作", "Procedure"], therapy: ["治疗", "Therapy"], activity: ["活动", "Activity"],
  "problem-list-item": ["健康问题", "Problem"], "encounter-diagnosis": ["就诊诊断", "Diagnosis of a visit"],
  AMB: ["门诊", "Outpatient"], EMER: ["急诊", "Emergency"], IMP: ["住院", "Inpatient"], ACUTE: ["急性住院", "Acute inpatient"], HH: ["家庭医疗", "At home"], VR: ["线上", "Virtual"], OBSENC: ["留观", "Observation"],
  food: ["食物", "Food"], medication: ["药物", "Medication"], environment: ["环境", "Environment"], biologic: ["生物制品", "Biologic"], allergy: ["过敏", "Allergy"], intolerance: ["不耐受", "Intolerance"],
  low: ["低危", "Low risk"], high: ["高危", "High risk"], "unable-to-assess": ["无法评估", "Cannot be assessed"], mild: ["轻度", "Mild"], moderate: ["中度", "Moderate"], severe: ["重度", "Severe"],
  doctor: ["医师", "Doctor"], nurse: ["护士", "Nurse"], pharmacist: ["药师", "Pharmacist"], usual: ["常用", "Usual"], official: ["正式", "Official"], temp: ["临时", "Temporary"], old: ["曾用", "Old"],
  home: ["家庭", "Home"], work: ["工作", "Work"], mobile: ["手机", "Mobile"], phone: ["电话", "Phone"], email: ["电子邮箱", "E-mail"], fax: ["传真", "Fax"], sms: ["短信", "SMS"], replaces: ["取代", "Replaces"],
  "replaced-by": ["被取代", "Replaced by"], refer: ["主档案", "Main record"], seealso: ["另见", "See also"], permit: ["允许", "Permit"], deny: ["不允许", "Deny"],
  "patient-privacy": ["隐私授权", "Privacy consent"], adr: ["预先医疗指示", "Advance directive"], research: ["科研授权", "Research consent"],
  treatment: ["诊疗授权", "Treatment consent"], notification: ["通知", "Notice"], task: ["待办事项", "Task"], true: ["是", "Yes"], false: ["否", "No"],
});

/** What a result means, by HL7's codes (v3-ObservationInterpretation); the sign is read with it. */
export const interpretations: Record<string, Text> = declare({
  N: ["正常", "Normal"], A: ["异常", "Abnormal"], AA: ["危急", "Critical"], H: ["↑ 偏高", "↑ High"], HH: ["↑↑ 危急偏高", "↑↑ Critically high"], HU: ["↑ 明显偏高", "↑ Very high"],
  L: ["↓ 偏低", "↓ Low"], LL: ["↓↓ 危急偏低", "↓↓ Critically low"], LU: ["↓ 明显偏低", "↓ Very low"], POS: ["阳性", "Positive"], NEG: ["阴性", "Negative"],
  R: ["耐药", "Resistant"], S: ["敏感", "Susceptible"], I: ["中介", "Intermediate"], IND: ["不确定", "Indeterminate"],
});

/** What systems of codes and numbers are called, where their address says little. */
export const systems: Record<string, Text> = declare({
  "http://loinc.org": ["LOINC", "LOINC"],
  "http://snomed.info/sct": ["SNOMED CT", "SNOMED CT"],
  "http://unitsofmeasure.org": ["UCUM", "UCUM"],
  "http://hl7.org/fhir/sid/icd-10": ["ICD-10", "ICD-10"],
  "http://hl7.org/fhir/sid/icd-10-cn": ["ICD-10 国家临床版", "ICD-10 (China)"],
  "http://www.nlm.nih.gov/research/umls/rxnorm": ["RxNorm", "RxNorm"],
  "http://hl7.org/fhir/sid/cvx": ["CVX", "CVX"],
  "urn:oid:2.16.156.10011.1.2": ["居民健康档案编号", "Health record number"],
  "urn:oid:2.16.156.10011.1.3": ["居民身份证号", "Identity number"],
  "urn:oid:2.16.156.10011.1.5": ["统一社会信用代码", "Unified social credit code"],
  "urn:oid:2.16.156.10011.1.19": ["医疗保险卡号", "Insurance card"],
});
