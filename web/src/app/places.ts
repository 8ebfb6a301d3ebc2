import type { ComponentType } from "react";
import { lazy } from "react";
import type { Text } from "../words";
import type { Role } from "./session";

/** A place in the app: from its declaration come its route, its entry in the menu and in the palette, and who finds it. */
export interface Place {
  path: string; // behind /app/; parts that vary begin with a colon
  words: Text;
  icon?: string; // by its name in icons.tsx; a place without one is in no menu
  roles: readonly Role[];
  page: ComponentType;
}

/** Those who act for themselves or for a resident. */
export const people = ["resident", "proxy"] as const satisfies Role[];

/** Those who treat people. */
export const clinicians = ["doctor", "nurse", "pharmacist", "technician"] as const satisfies Role[];

/** Those who read the records of residents. */
export const treating = [...clinicians, "office", "cdc"] as const satisfies Role[];

/** Those who run the platform, or look at how it is run. */
export const commanders = ["office", "administrator", "regulator", "operator"] as const satisfies Role[];

/** All who work here. */
export const workers = [...clinicians, ...commanders, "guide", "insurer", "cdc"] as const satisfies Role[];

export const everybody = [...people, ...workers] as const satisfies Role[];

const page = (load: () => Promise<{ default: ComponentType }>) => lazy(load);

/** All places, in the order of the menu. */
export const places: Place[] = [
  { path: "", words: ["首页", "Start"], icon: "home", roles: everybody, page: page(() => import("../modules/home/Home")) },
  { path: "inbox", words: ["待办", "Inbox"], icon: "inbox", roles: workers, page: page(() => import("../modules/cases/Inbox")) },
  { path: "matters", words: ["我的事项", "My matters"], icon: "check", roles: people, page: page(() => import("../modules/cases/Matters")) },
  { path: "messages", words: ["消息", "Messages"], icon: "messages", roles: everybody, page: page(() => import("../modules/messages/Messages")) },
  { path: "cases/:id", words: ["事项", "Case"], roles: everybody, page: page(() => import("../modules/cases/CasePage")) },
  { path: "matters/begin", words: ["发起事项", "Begin something"], roles: people, page: page(() => import("../modules/cases/Begin")) },
  { path: "record", words: ["我的档案", "My record"], icon: "record", roles: people, page: page(() => import("../modules/residents/Mine")) },
  { path: "looked", words: ["谁看过", "Who has looked"], icon: "trail", roles: ["resident"], page: page(() => import("../modules/looked/Looked")) },
  { path: "residents", words: ["居民", "Residents"], icon: "people", roles: [...treating, "guide"], page: page(() => import("../modules/residents/Residents")) },
  { path: "residents/:id", words: ["居民档案", "A resident's record"], roles: treating, page: page(() => import("../modules/residents/Resident")) },
  { path: "record/:type/:id", words: ["记录", "Record"], roles: everybody, page: page(() => import("../modules/record/Record")) },
  { path: "record/:type/:id/:version", words: ["记录的版本", "Version of a record"], roles: everybody, page: page(() => import("../modules/record/Record")) },
  { path: "search", words: ["检索", "Search"], icon: "search", roles: workers, page: page(() => import("../modules/search/Search")) },
  { path: "validate", words: ["数据校验", "Validation"], icon: "check", roles: workers, page: page(() => import("../modules/validate/Validate")) },
  { path: "design", words: ["设计规范", "Design"], icon: "design", roles: ["operator"], page: page(() => import("../modules/design/Design")) },
];

/** The places of a role. */
export const placesOf = (role: Role): Place[] => places.filter((p) => p.roles.includes(role));

/** Those that stand in the menu. */
export const menuOf = (role: Role): Place[] => placesOf(role).filter((p) => p.icon !== undefined);
