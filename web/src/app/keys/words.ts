import { declare } from "../../words";

export const words = declare({
  title: ["键盘操作", "Keys"],
  here: ["本页", "On this page"],
  everywhere: ["所有页面", "On every page"],
  find: ["查找与操作", "Find, or do something"],
  help: ["显示本说明", "Show this"],
  goTo: ["前往：{0}", "Go to: {0}"],
  after: ["两个键先后按下，例如先按 g，再按 i。", "Two keys are pressed one after the other: first g, then i."],
  on: ["启用单键操作", "Single keys do things"],
  close: ["关闭", "Close"],
});
