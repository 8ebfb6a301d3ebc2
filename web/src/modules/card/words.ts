import { declare } from "../../words";

export const words = declare({
  mine: ["我的证件", "My cards"],
  ofWhom: ["{0}的证件", "Cards of {0}"],
  why: ["就诊、取药、办事时，请向工作人员出示。", "Show them when you see a doctor, fetch medicine or have something done."],
  print: ["打印", "Print"],
  show: ["显示号码", "Show the number"],
  showOf: ["显示号码：{0}", "Show the number: {0}"],
  hide: ["隐藏号码", "Hide the number"],
  hideOf: ["隐藏号码：{0}", "Hide the number: {0}"],
  open: ["查看全部证件", "All my cards"],
  hidden: ["号码默认隐藏，显示一分钟后自动隐藏。", "Numbers are hidden; one that you show is hidden again after a minute."],
  none: ["档案里还没有证件", "There is no document on record"],
  noneWhy: ["请带有效证件到任一医疗机构的服务窗口登记。", "Take a valid document to the service window of any institution."],
  noCard: ["还没有居民健康卡", "No health card yet"],
  noCardHow: [
    "请本人带有效证件到任一医疗机构的服务窗口办理，家人可以代办；办好后，卡号会显示在这里。没有健康卡，凭上面的证件同样可以就诊。",
    "Take a valid document to the service window of any institution, or let your family do so. The number of the card then stands here. Without a card you are treated just the same, by one of the documents above.",
  ],
  facts: ["建档信息", "Who looks after the record"],
  institution: ["建档机构", "Institution"],
  phone: ["机构电话", "Its telephone"],
  doctor: ["家庭医生", "Family doctor"],
  noDoctor: ["尚未登记", "None on record"],
  wrong: ["信息有误，申请更正", "Ask for a correction"],
});

/** What documents are called, by their codes (WS 364.3 CV02.01.101, and kinds that regions have added). */
export const documents = declare({
  "01": ["居民身份证", "Identity card"],
  "02": ["居民户口簿", "Household register"],
  "03": ["护照", "Passport"],
  "031": ["中国护照", "Passport of China"],
  "032": ["外国护照", "Passport"],
  "04": ["军官证", "Officer's card"],
  "05": ["驾驶证", "Driving licence"],
  "06": ["港澳居民来往内地通行证", "Mainland travel permit of Hong Kong and Macao residents"],
  "07": ["台湾居民来往内地通行证", "Mainland travel permit of Taiwan residents"],
  "8": ["出生医学证明", "Birth certificate"],
  "99": ["其他有效证件", "Other document"],
  "109": ["居民健康卡", "Health card"],
  "110": ["居民健康档案", "Health record"],
  "111": ["出生医学证明", "Birth certificate"],
});
