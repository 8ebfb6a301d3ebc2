import { declare } from "../../words";
import type { Channel, Group, JobState, MessageState, Origin, State } from "./platform";

export const words = declare({
  health: ["平台运行状况", "How the platform does"],
  healthWhy: ["本服务器与数据库各部分的状况，每 10 秒自动刷新；页面不在前台时暂停。", "How the parts of this server and its record do. It is read anew every 10 seconds while you look at it."],
  refresh: ["刷新", "Refresh"],
  checked: ["上次检查 {0}", "Checked at {0}"],
  stale: ["刷新失败，以下是 {0} 的状况。", "It could not be refreshed. This is how it was at {0}."],
  allWell: ["各部分运行正常", "All parts are well"],
  someWarn: ["有 {0} 项需要关注", "{0} to look at"],
  someDown: ["有 {0} 项异常，请尽快处理", "{0} down: see to it soon"],
  count: ["{0} {1}", "{0} {1}"],
  since: ["{0} 起", "since {0}"],
  todo: ["处理办法：", "What to do: "],
  nothing: ["没有检测到任何组成部分", "Nothing was measured"],
  seeJobs: ["查看作业", "See the jobs"],
  seeOutbox: ["查看发件箱", "See the outbox"],

  jobs: ["作业", "Jobs"],
  jobsWhy: ["平台在后台完成的工作。失败的会自动重试；多次失败后不再重试，解决原因后可在这里重新执行。", "Work that is done beside requests. What fails is tried again by itself; what is given up can be run again here once its cause is mended."],
  open: ["未完成", "Not done"],
  showState: ["按状态显示", "Show by state"],
  counted: ["{0} {1}", "{0} {1}"],
  kind: ["类型", "Kind"],
  anyKind: ["全部类型", "Any kind"],
  number: ["编号", "Number"],
  state: ["状态", "State"],
  attempts: ["尝试", "Attempts"],
  ofAttempts: ["{0} / {1}", "{0} of {1}"],
  due: ["下次执行", "Next attempt"],
  error: ["最近错误", "Last error"],
  doing: ["操作", "To do"],
  again: ["重新执行", "Run again"],
  againOf: ["重新执行作业 {0}", "Run job {0} again"],
  againAsk: ["重新执行作业 {0}？", "Run job {0} again?"],
  againWhy: ["作业会立即放回队列，再按次数重试。如果失败的原因还在，它会再次失败。", "It goes back into the queue at once and is tried as before. If what made it fail is still there, it fails again."],
  againDone: ["作业 {0} 已放回队列", "Job {0} is back in the queue"],
  againNot: ["作业 {0} 已不在“已放弃”中，没有改动", "Job {0} is not given up any more; nothing was changed"],
  cancel: ["取消", "Cancel"],
  noJobs: ["没有这样的作业", "There are no such jobs"],
  noJobsWhy: ["没有等待、执行中或失败的作业。", "Nothing waits, is at work or has failed."],
  noJobsFit: ["换一个状态或类型看看。", "Try another state or kind."],
  more: ["更早的", "Earlier ones"],
  noError: ["无", "None"],

  settings: ["平台设置", "Settings"],
  settingsWhy: ["本服务器当前生效的设置及其来源。修改请用命令行、环境变量或配置文件，重启后生效；密码和密钥不在此显示。", "The settings in force on this server, and where they came from. They are changed by flags, the environment or a file and count from the next start; secrets are not shown."],
  changed: ["仅看非默认", "Not as by default only"],
  setting: ["设置", "Setting"],
  value: ["当前值", "Value"],
  default: ["默认值", "Default"],
  from: ["来源", "From"],
  help: ["说明", "What it does"],
  empty: ["空", "empty"],
  secretSet: ["已设置（保密）", "Set (secret)"],
  secretUnset: ["未设置", "Not set"],
  noSettings: ["没有符合的设置", "No setting fits"],

  outbox: ["发件箱", "Outbox"],
  outboxWhy: ["已发出和待发出的短信、邮件和微信消息，最新的在前；内容不含健康信息。", "Text messages, e-mail and WeChat messages that have left or are about to, the newest first. They tell nothing of anybody's health."],
  made: ["时间", "Made"],
  channel: ["渠道", "Channel"],
  to: ["发往", "To"],
  text: ["内容", "Text"],
  notices: ["通知条数", "Notices"],
  tries: ["发送次数", "Tries"],
  receipt: ["回执", "Receipt"],
  notYet: ["尚未发出", "not sent yet"],
  noMessages: ["发件箱是空的", "The outbox is empty"],
  noMessagesWhy: ["有通知需要离开平台时，会出现在这里。", "What leaves the platform is here as soon as there is something."],
});

export const stateWords: Record<State, readonly [string, string]> = declare({
  ok: ["正常", "Well"],
  warn: ["需关注", "Look at it"],
  down: ["异常", "Down"],
});

export const groupWords: Record<Group, readonly [string, string]> = declare({
  server: ["本服务器", "This server"],
  record: ["数据库与变更流", "Database and feed"],
  work: ["后台工作", "Work beside requests"],
  trail: ["访问留痕", "The trail"],
  outside: ["对外送达与归档", "What leaves the platform"],
});

export const jobWords: Record<JobState, readonly [string, string]> = declare({
  dead: ["已放弃", "Given up"],
  retrying: ["重试中", "Tried again"],
  running: ["执行中", "At work"],
  waiting: ["等待", "Waiting"],
  done: ["已完成", "Done"],
});

export const originWords: Record<Origin, readonly [string, string]> = declare({
  flag: ["命令行", "Flag"],
  environment: ["环境变量", "Environment"],
  file: ["配置文件", "File"],
  default: ["默认", "Default"],
  command: ["命令设定", "Command"],
});

export const channelWords: Record<Channel, readonly [string, string]> = declare({
  sms: ["短信", "Text message"],
  email: ["邮件", "E-mail"],
  wechat: ["微信", "WeChat"],
});

export const messageWords: Record<MessageState, readonly [string, string]> = declare({
  ready: ["待发送", "To be sent"],
  sending: ["发送中", "Being sent"],
  sent: ["已发送", "Sent"],
  dropped: ["已取消", "Not sent any more"],
  failed: ["被拒绝", "Refused"],
});
