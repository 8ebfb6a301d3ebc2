import { declare } from "../words";

export const words = declare({
  toasts: ["提示", "Notices"],
  close: ["关闭", "Close"],
});
