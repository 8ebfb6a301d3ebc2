import { declare } from "../../words";

export const words = declare({
  title: ["设计规范", "Design"],
});
