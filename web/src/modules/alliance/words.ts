import { declare } from "../../words";

export const words = declare({
  title: ["医联体", "Alliances"],
  why: ["医联体成员之间按协议双向转诊：只能转往协议中有接收科室的机构。", "Institutions of an alliance refer patients to each other by agreement: to departments that take referrals by it."],
  which: ["选择医联体", "Alliance"],
  none: ["还没有医联体协议", "There are no agreements yet"],
  noneWhy: ["牵头医院的协议由平台运维登记，之后由牵头医院的管理处维护。", "Operators register the hospital that leads; its office keeps the others."],
  noNew: ["仅牵头医院的管理处可以维护协议。", "Only the office of the hospital that leads keeps agreements."],
  lead: ["牵头医院", "Lead hospital"],
  members: ["成员单位", "Members"],
  partners: ["合作医院", "Partners"],
  agreements: ["协议", "Agreements"],
  institution: ["机构", "Institution"],
  part: ["角色", "Part"],
  level: ["等级", "Level"],
  taking: ["接收科室", "Departments"],
  departments: ["接收转诊的科室", "Departments that take referrals"],
  count: ["{0} 个科室", "{0}"],
  perDay: ["{0}（每日 {1} 人）", "{0} ({1} a day)"],
  perDayTitle: ["每日可接收转诊数", "Referrals a day"],
  perDayWhy: [
    "各科室每日可接收的转诊人数，显示在转诊看板和协议中，供安排时参考；超出时不会拒收。",
    "How many referrals each department takes a day. Boards and agreements show it, so that times are set by it; more are not refused.",
  ],
  ownDepartments: ["本机构科室", "Departments of your institution"],
  department: ["科室", "Department"],
  noDepartment: ["没有这个科室，或者它已停用。", "There is no such department, or it is no longer active."],
  departmentQuicker: ["他人刚刚修改了这个科室，您的修改没有保存。请刷新后再改。", "Somebody else has just changed it, and your change is not saved. Read it anew, then change it."],
  takes: ["接收转诊", "Takes referrals"],
  agreed: ["按协议接收", "By agreement"],
  notAgreed: ["未约定", "Not agreed"],
  mostPerDay: ["每日可接收人数", "Referrals a day"],
  mostPerDayHelp: ["填写 0 至 9999 的整数；不填表示不说明。", "A whole number from 0 to 9999. Left out, the department does not say."],
  unsaid: ["未说明", "Not said"],
  changePerDay: ["修改{0}的每日可接收人数", "Change how many referrals a day {0} takes"],
  backToDepartments: ["返回科室列表", "Back to the departments"],
  green: ["绿色通道", "Green channel"],
  period: ["协议期限", "Agreed for"],
  from: ["{0} 起", "from {0}"],
  until: ["至 {0}", "to {0}"],
  always: ["长期", "for good"],
  state: ["状态", "State"],
  actions: ["操作", "Actions"],
  add: ["新增协议", "New agreement"],
  change: ["修改", "Change"],
  changeOf: ["修改与{0}的协议", "Change the agreement with {0}"],
  end: ["终止", "End"],
  endOf: ["终止与{0}的协议", "End the agreement with {0}"],
  endAsked: ["终止与{0}的协议？", "End the agreement with {0}?"],
  endWhat: [
    "终止后，双方不能再按此协议发起转诊；正在办理的转诊不受影响。协议记录会保留，如需恢复请新增协议。",
    "From then on nobody refers patients by it; referrals under way go on. It stays on record. To take it up again, make a new one.",
  ],
  keep: ["保留协议", "Keep it"],
  ended: ["协议已终止", "The agreement has ended"],
  newTitle: ["新增医联体协议", "New agreement"],
  save: ["保存", "Save"],
  saved: ["已保存", "Saved"],
  cancel: ["取消", "Cancel"],
  back: ["返回医联体", "Back to the alliance"],
  missing: ["没有这份协议，或者它已经终止。", "There is no such agreement, or it has ended."],
  start: ["生效日期", "From"],
  last: ["终止日期", "Until"],
  untilHelp: ["不填表示长期有效。", "Left out, it holds for good."],
  choose: ["请选择", "Choose"],
  noLevel: ["未定级", "None"],
  greenWhat: ["承担急危重症绿色通道接收", "Takes emergencies over by the green channel"],
  departmentsHelp: ["未选择科室的机构只能转出，不能接收转诊。", "An institution without any refers patients and takes none."],
  chooseFirst: ["请先选择机构。", "Choose the institution first."],
  noDepartments: ["该机构没有登记在用的科室，请联系其管理员登记。", "The institution has no active departments. Its administrator registers them."],
  wrong: ["有 {0} 处需要修改", "To be mended: {0}"],
  quicker: ["他人刚刚修改了这份协议，您的修改没有保存。请刷新后再改。", "Somebody else has just changed it, and your change is not saved. Read it anew, then change it."],
});

/** What is wrong with what is chosen, at the field. */
export const wrongs = declare({
  institution: ["请选择机构", "Choose an institution"],
  start: ["请填写生效日期", "Say from when on it holds"],
  end: ["终止日期不能早于生效日期", "It cannot end before it begins"],
});

/** The parts that an institution takes in an alliance (urn:yitong:codesystem:alliance-role). */
export const parts = declare({
  lead: ["牵头医院", "Lead hospital"],
  member: ["成员单位", "Member"],
  partner: ["合作医院", "Partner hospital"],
});

/** Levels of hospitals (urn:yitong:codesystem:hospital-level). */
export const levels = declare({
  "3A": ["三级甲等", "Tertiary, grade A"],
  "3B": ["三级乙等", "Tertiary, grade B"],
  "3C": ["三级丙等", "Tertiary, grade C"],
  "2A": ["二级甲等", "Secondary, grade A"],
  "2B": ["二级乙等", "Secondary, grade B"],
  "2C": ["二级丙等", "Secondary, grade C"],
  "1A": ["一级甲等", "Primary, grade A"],
  "1B": ["一级乙等", "Primary, grade B"],
  "1C": ["一级丙等", "Primary, grade C"],
});

/** How an agreement stands on a day. */
export const states = declare({
  holds: ["生效中", "In force"],
  later: ["未生效", "Not yet"],
  past: ["已到期", "Expired"],
  ended: ["已终止", "Ended"],
});
