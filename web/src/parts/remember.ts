import { useState } from "react";

/** A choice that this browser remembers; nothing of anybody's record is kept so. */
export function useRemembered<T>(name: string, usual: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => {
    try {
      return (JSON.parse(localStorage.getItem(`yitong.${name}`) ?? "null") as T | null) ?? usual;
    } catch {
      return usual;
    }
  });
  return [
    value,
    (next) => {
      setValue(next);
      try {
        localStorage.setItem(`yitong.${name}`, JSON.stringify(next));
      } catch {
        // A browser that keeps nothing: it counts for this page.
      }
    },
  ];
}
