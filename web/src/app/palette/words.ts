import { declare } from "../../words";

export const words = declare({
  title: ["查找与操作", "Find, or do something"],
  open: ["查找", "Find"],
  box: ["功能、操作、事项", "Place, action, case"],
  boxResidents: ["功能、操作、事项、居民", "Place, action, case, resident"],
  list: ["结果", "What was found"],
  close: ["关闭", "Close"],
  recent: ["最近使用", "Recent"],
  places: ["功能", "Places"],
  actions: ["操作", "Actions"],
  cases: ["事项", "Cases"],
  residents: ["居民", "Residents"],
  count: ["{0} 项", "{0} found"],
  how: ["按上下键选择，按回车键打开；可输入拼音首字母", "Arrows choose, Enter opens"],
  none: ["没有找到。换个说法再试。", "Nothing was found. Try other words."],
  looking: ["正在查找", "Looking"],
  actAs: ["切换身份：{0}", "Act as: {0}"],
  begin: ["发起：{0}", "Begin: {0}"],
  language: ["切换到英文（English）", "Switch to Chinese (中文)"],
  large: ["改用大字", "Large type"],
  usual: ["改用标准字", "Usual type"],
  keys: ["键盘操作", "Keys"],
  account: ["我的账户", "My account"],
  signOut: ["退出登录", "Sign out"],
});

/** How the keys are called that open the palette. */
export const paletteKey = (): string => (/Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘ K" : "Ctrl K");
