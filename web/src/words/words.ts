import { declare } from ".";

/** How things are put together in a sentence. */
export const words = declare({
  and: ["、", ", "],
  pause: ["，", ", "],
  range: ["{0}至{1}", "{0} – {1}"],
});
