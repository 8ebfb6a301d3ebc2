import { declare } from "../../words";

export const words = declare({
  title: ["紧急访问", "Emergency access"],
  why: [
    "抢救等紧急情形下，来不及取得居民授权时使用，可打开其他机构保管的健康档案。平时请通过就诊、转诊或居民授权查看。",
    "For emergencies, when there is no time to ask: opens a record that another institution keeps. Else a visit, a referral or consent does.",
  ],
  know: ["打开之前请知悉", "Before you open it"],
  knowLasts: [
    "档案向您本人开放 {0}，到时自动关闭；敏感内容同样可见。",
    "The record is open to you alone for {0} and closes by itself. Sensitive content is open, too.",
  ],
  knowTold: ["居民会立即收到通知，写明您的姓名、机构、时间和理由。", "The resident is told at once: your name, your institution, the time and your reason."],
  knowReview: [
    "本机构须在 {0}内复核。理由不成立的，访问立即终止，并记录在案。",
    "Your institution reviews it within {0}. If it was not justified it ends at once, and that stays on record.",
  ],
  knowMost: ["同时最多打开 {0} 份档案。", "At most {0} records are open to you at a time."],
  whose: ["打开谁的档案", "Whose record"],
  chosen: ["已指定的居民（记录编号尾号 {0}）", "The resident that you came from (record …{0})"],
  other: ["改为按证件号码", "Somebody else, by a number"],
  document: ["证件", "Document"],
  number: ["证件号码", "Number of the document"],
  numberHelp: ["请核对证件原件后完整填写。号码不会出现在地址栏。", "Whole, as it stands on the document. It does not stand in the address."],
  numberWrong: ["身份证号码有误，请核对", "This is no number of an identity card; check it"],
  reason: ["理由", "Reason"],
  reasonHelp: [
    "写明病情和为什么需要立即查看，{0} 至 {1} 个字。居民会看到这段话。",
    "What has happened and why you need the record now, {0} to {1} characters. The resident reads it.",
  ],
  reasonShort: ["请至少写 {0} 个字", "Write at least {0} characters"],
  reasonLong: ["最多 {0} 个字，请缩短", "At most {0} characters; make it shorter"],
  reasonEmpty: ["请用一句话写明具体情况", "Say in a sentence what has happened"],
  send: ["打开档案", "Open the record"],
  done: ["档案已打开，至{0}", "The record is open until {0}"],
  open: ["正在开放的档案", "Open to you now"],
  none: ["目前没有因紧急访问开放的档案。", "No record is open to you in this way."],
  resident: ["居民", "Resident"],
  until: ["开放至", "Until"],
  left: ["剩余时间", "Time left"],
  banner: ["紧急访问：本档案向您开放至 {0}（{1}）", "Emergency access: this record is open to you until {0} ({1})"],
  bannerWhy: [
    "居民已收到通知，本机构将复核。请只查看救治所需的内容。",
    "The resident has been told, and your institution reviews it. Look only at what the treatment needs.",
  ],
  closed: ["这份档案没有向您开放", "This record is not open to you"],
  closedWhy: [
    "它由其他机构保管。就诊、转诊期间，或经居民授权后可以查看；抢救时可以紧急访问，须写明理由。",
    "Another institution keeps it. A visit, a referral or the resident’s consent opens it; in an emergency you can open it with a reason.",
  ],
  notFound: ["急诊抢救，居民不在本机构建档？", "An emergency, and the resident is not of your institution?"],
});
