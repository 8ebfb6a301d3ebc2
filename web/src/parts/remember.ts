import { useState } from "react";

const keyOf = (name: string) => `yitong.${name}`;

function read<T>(name: string, usual: T): T {
  try {
    return (JSON.parse(localStorage.getItem(keyOf(name)) ?? "null") as T | null) ?? usual;
  } catch {
    return usual;
  }
}

/** A choice that this browser remembers under a name; nothing of anybody's record is kept so. */
export function useRemembered<T>(name: string, usual: T): [T, (value: T) => void] {
  const [held, hold] = useState(() => ({ name, value: read(name, usual) }));
  const now = held.name === name ? held : { name, value: read(name, usual) };
  if (now !== held) hold(now);
  return [
    now.value,
    (value) => {
      hold({ name, value });
      try {
        localStorage.setItem(keyOf(name), JSON.stringify(value));
      } catch {
        // A browser that keeps nothing: it counts for this page.
      }
    },
  ];
}
