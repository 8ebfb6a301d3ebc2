import { declare } from "../../words";

export const words = declare({
  title: ["我该看哪个科", "Where should I go?"],
  why: ["选一个最困扰您的症状，回答几个问题，就知道该去哪里、多快去。这里不做诊断，回答不会保存。", "Choose what troubles you most and answer some questions: you learn where to go, and how soon. This is no diagnosis, and your answers are not kept."],
  danger: ["情况危急时不要在这里等，请直接拨打", "In danger, do not wait here: call"],
  find: ["查找症状（可输入拼音首字母）", "Find a complaint"],
  noneFits: ["没有找到这个症状", "No complaint fits"],
  noneFitsWhy: ["换个说法试试，或选“说不清楚、其他”。", "Try other words, or choose “Something else”."],
  back: ["上一步", "Back"],
  again: ["重新开始", "Start again"],
  about: ["先说说就诊人", "Who is it about?"],
  years: ["年龄（周岁）", "Age in years"],
  months: ["再加几个月（3 岁以下）", "And months (below 3 years)"],
  sex: ["性别", "Sex"],
  male: ["男", "Male"],
  female: ["女", "Female"],
  pregnant: ["现在怀孕，或可能怀孕吗？", "Pregnant now, or possibly so?"],
  pregnantYes: ["是，或不确定", "Yes, or not sure"],
  pregnantNo: ["没有", "No"],
  goOn: ["下一步", "Go on"],
  first: ["现在有下面任何一种情况吗？", "Is any of these so now?"],
  firstWhy: ["有，或者拿不准，请点选那一项。", "Tap what is so, also if you are not sure."],
  noneOfThese: ["以上都没有", "None of these"],
  progress: ["还有 {0} 个问题", "{0} more questions"],
  oneMore: ["最后一个问题", "The last question"],
  isIt: ["有这种情况吗？", "Is this so?"],
  yes: ["有", "Yes"],
  no: ["没有", "No"],
  unsure: ["不确定", "Not sure"],
  call: ["拨打 120", "Call 120"],
  because: ["因为您提到：", "Because you said:"],
  careAt: ["去哪里", "Where"],
  see: ["可以看这些科室", "Departments that fit"],
  seeNear: ["附近的急诊", "Emergency departments near you"],
  rules: ["依据的规则", "By which rules"],
  rule: ["规则", "Rule"],
  row: ["版本与行", "Edition and row"],
  value: ["内容", "Value"],
  source: ["来源", "Source"],
  notice: ["本结果按公布的规则给出，不是诊断。情况变重请立即拨打 120 或去急诊。", "This follows published rules and is no diagnosis. If it gets worse, call 120 or go to an emergency department at once."],
});

/** How soon, as a heading. */
export const urgencies = declare({
  call: ["请立即拨打 120", "Call 120 now"],
  emergency: ["请现在就去医院急诊", "Go to an emergency department now"],
  today: ["请今天就诊", "Be seen today"],
  soon: ["请在几天内就诊", "Be seen within some days"],
  community: ["可以择期就诊", "Be seen when it suits you"],
});

/** What to do. */
export const advice = declare({
  call: ["不要自己开车或走去医院。打开门等救护车，让身边的人陪着；120 会告诉您等待时怎么做。", "Do not drive or walk there yourself. Open the door, let somebody stay with you, and do what 120 tells you while you wait."],
  emergency: ["请家人陪同，不要自己开车。带上身份证、医保凭证和正在吃的药。路上变重就打 120。", "Let somebody take you. Bring your identity document, insurance card and medicines. If it gets worse on the way, call 120."],
  today: ["今天预约或直接到医院挂号；约不到号时请去急诊或附近的社区卫生服务中心。", "Book for today or go to the window; if nothing is free, go to an emergency department or a community health centre."],
  soon: ["请预约最近几天的号。等待期间变重，请改去急诊。", "Book within the next days. If it gets worse meanwhile, go to an emergency department."],
  community: ["不着急，可以先看家庭医生或社区卫生服务中心，需要时由他们转诊。", "There is no hurry. Begin with your family doctor or a community health centre; they refer you where it is needed."],
});

/** The levels of care. */
export const cares = declare({
  call: ["120 急救", "Ambulance"],
  emergency: ["医院急诊科", "The emergency department of a hospital"],
  hospital: ["二级或三级医院门诊", "A hospital of level 2 or 3"],
  community: ["社区卫生服务中心或乡镇卫生院首诊", "A community or township health centre first"],
});
