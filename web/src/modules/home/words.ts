import { declare } from "../../words";

export const words = declare({
  hello: ["您好，{0}", "Hello, {0}"],
});
