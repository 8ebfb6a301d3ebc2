import { declare } from "../words";

export const words = declare({
  value: ["内容", "Value"],
  range: ["参考范围", "Reference range"],
  date: ["日期", "Date"],
  then: ["；", "; "],
});
