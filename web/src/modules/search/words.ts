import { declare, type Text } from "../../words";

export const words = declare({
  title: ["检索", "Search"],
  type: ["资源类型", "Type"],
  add: ["添加条件", "Add a criterion"],
  remove: ["删除条件 {0}", "Remove criterion {0}"],
  parameter: ["条件", "Parameter"],
  how: ["方式", "How"],
  value: ["值", "Value"],
  query: ["检索式（可直接修改）", "The query, to edit as text"],
  run: ["检索", "Search"],
  none: ["没有符合条件的记录", "Nothing was found"],
  noneWhy: ["放宽条件再试；他院的记录需在条件中指明居民。", "Ask for less; what other institutions keep needs a criterion that names the resident."],
  more: ["更多", "More"],
  what: ["内容", "What"],
  result: ["结果", "Value"],
  when: ["时间", "When"],
  status: ["状态", "Status"],
  id: ["编号", "Id"],
  changed: ["更新时间", "Changed"],
  equal: ["等于", "is"],
});

/** What kinds of parameters take, told beside the value. */
export const kinds: Record<string, Text> = declare({
  token: ["代码，可写 系统|代码", "a code, or system|code"],
  string: ["文字的开头部分", "how the text begins"],
  date: ["日期，如 2026-05 或 2026-05-06", "a date, such as 2026-05 or 2026-05-06"],
  reference: ["引用，如 Patient/编号", "a reference, such as Patient/id"],
  quantity: ["数值，可写 数值||单位", "a number, or number||unit"],
  number: ["数值", "a number"],
  uri: ["完整地址", "the whole address"],
  composite: ["各部分以 $ 连接", "parts, joined by $"],
  special: ["经度纬度，如 36.1|120.3|5|km", "a place, such as 36.1|120.3|5|km"],
});

/** Modifiers and prefixes in words. */
export const ways: Record<string, Text> = declare({
  ":exact": ["完全相同", "exactly"], ":contains": ["包含", "contains"], ":text": ["名称开头为", "its name begins with"], ":not": ["不是", "is not"], ":missing": ["缺少（true/false）", "is missing (true/false)"],
  ":identifier": ["按编号", "by identifier"], eq: ["等于", "is"], ne: ["不等于", "is not"], gt: ["晚于／大于", "after, more than"], lt: ["早于／小于", "before, less than"],
  ge: ["不早于／不小于", "from, at least"], le: ["不晚于／不大于", "until, at most"], sa: ["开始晚于", "starts after"], eb: ["结束早于", "ends before"], ap: ["大约", "about"],
});

/** What common parameters are for. */
export const parameters: Record<string, Text> = declare({
  _id: ["记录编号", "id"], _lastUpdated: ["更新时间", "when it was changed"], _profile: ["遵循规范", "profile"], _security: ["安全标签", "security label"], _tag: ["标签", "tag"], _source: ["来源", "source"],
  "-custodian": ["保管机构", "who keeps it"], active: ["是否在用", "in use"], address: ["地址", "address"], agent: ["参与者", "agent"], author: ["作者", "author"], authoredon: ["开立时间", "written"],
  "based-on": ["依据的申请", "based on"], birthdate: ["出生日期", "date of birth"], category: ["类别", "category"], class: ["就诊类型", "class"], "clinical-status": ["临床状态", "clinical status"], code: ["项目代码", "what it is"],
  "code-value-quantity": ["项目与数值", "code and value"], context: ["就诊", "context"], date: ["日期", "date"], email: ["电子邮箱", "e-mail"], encounter: ["就诊", "visit"], entity: ["涉及内容", "entity"], family: ["姓", "family name"],
  focus: ["对象", "focus"], gender: ["性别", "sex"], given: ["名", "given name"], identifier: ["编号", "identifier"], intent: ["意图", "intent"], location: ["地点", "place"], medication: ["药品", "medicine"], name: ["姓名或名称", "name"],
  "onset-date": ["起始日期", "since"], organization: ["机构", "institution"], owner: ["办理人", "owner"], patient: ["居民", "resident"], performer: ["执行者", "performer"], period: ["期间", "period"], phone: ["电话", "phone"], phonetic: ["拼音", "pinyin"],
  practitioner: ["医务人员", "practitioner"], recipient: ["接收人", "recipient"], recorded: ["记录时间", "recorded"], requester: ["申请人", "requester"], role: ["角色", "role"], severity: ["严重程度", "severity"], specialty: ["专科", "specialty"],
  status: ["状态", "status"], subject: ["居民或对象", "whom it is about"], target: ["对象", "target"], type: ["类型", "type"], "value-concept": ["结果（代码）", "value, coded"], "value-quantity": ["结果（数值）", "value, measured"], "value-string": ["结果（文字）", "value, in words"],
  "vaccine-code": ["疫苗", "vaccine"], "verification-status": ["核实状态", "verification"], _sort: ["排序，如 -date", "order, such as -date"], _include: ["同时带出引用的记录", "with what it refers to"], _count: ["每页条数", "how many a page"],
});
