import { declare } from "../../words";

export const words = declare({
  called: ["请就诊", "Please come in"],
  inside: ["就诊中", "Being seen"],
  free: ["等待叫号", "Ready to call"],
  paused: ["暂停，预计 {0} 恢复", "Paused until about {0}"],
  next: ["准备就诊", "Next"],
  nobodyNext: ["没有人候诊", "Nobody waits"],
  waiting: ["候诊 {0} 位", "{0} waiting"],
  noRooms: ["现在没有诊室叫号", "No room calls now"],
  noRoomsWhy: ["医生入座后，诊室和号码会显示在这里。", "Rooms and numbers stand here once doctors sit down."],
  checkIn: ["到院报到", "Check in"],
  checkInHow: ["手机扫码，或在“我的候诊”输入", "Scan it, or type it at My queue"],
  code: ["报到码", "Code"],
  speak: ["打开语音播报", "Speak calls aloud"],
  quiet: ["关闭语音播报", "Stop speaking"],
  full: ["全屏显示", "Full screen"],
  leave: ["退出大屏", "Leave the board"],
  lost: ["连接中断，显示的是 {0} 的情况，正在重新连接。", "The connection is lost. This is how it was at {0}; it is tried again."],
  queue: ["候诊与叫号", "Queue"],
});
