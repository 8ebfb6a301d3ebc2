import { declare } from "../../words";

export const words = declare({
  title: ["谁看过我的档案", "Who has looked"],
  why: ["每次查看您的档案都会留下记录，被拒绝的尝试也在其中。对某次查看有疑问，可以要求对方说明原因。", "Every look at your record is noted here, and every attempt that was refused. If you wonder about one, ask why."],
  others: ["他人查看", "By others"],
  all: ["全部", "All"],
  refused: ["被拒绝", "Refused"],
  show: ["显示", "Show"],
  wasRefused: ["✕ 未获准", "✕ Refused"],
  ask: ["询问原因", "Ask why"],
  askOf: ["询问原因：{0}", "Ask why: {0}"],
  more: ["更早的记录", "Earlier"],
  nobody: ["这里还没有记录", "There is nothing here yet"],
  nobodyWhy: ["有人查看您的档案时，会立刻出现在这里。", "When somebody looks at your record, it is here at once."],
  so: ["目前载入的记录中没有", "None among those that are loaded"],
});
