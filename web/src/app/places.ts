import { matchPath } from "react-router";
import ResidentHome from "../modules/home/ResidentHome";
import type { Text } from "../words";
import { dressed, type Later } from "./dressed";
import type { Role } from "./session";

/** A place in the app: from its declaration come its route, its entry in the menu and in the palette, and who finds it. */
export interface Place {
  path: string; // behind /app/; parts that vary begin with a colon
  words: Text;
  icon?: string; // by its name in icons.tsx; a place without one is in no menu
  key?: string; // after g, it goes there
  roles: readonly Role[];
  bare?: true; // it fills the screen, without the frame
  page: Later<object>;
}

/** Those who act for themselves or for a resident. */
export const people = ["resident", "proxy"] as const satisfies Role[];

/** Those who treat people. */
export const clinicians = ["doctor", "nurse", "pharmacist", "technician"] as const satisfies Role[];

/** Those who may open records in an emergency. */
export const urgent = ["doctor", "nurse", "pharmacist"] as const satisfies Role[];

/** Those who may ask for exports. */
export const exporters = ["office", "insurer", "regulator", "cdc"] as const satisfies Role[];

/** Those who read the records of residents. */
export const treating = [...clinicians, "office", "cdc"] as const satisfies Role[];

/** Those who look after the queues of a hospital. */
export const ushers = ["guide", "nurse", "doctor"] as const satisfies Role[];

/** Those who run the platform, or look at how it is run. */
export const commanders = ["office", "administrator", "regulator", "operator"] as const satisfies Role[];

/** Those who look after accounts and institutions. */
export const keepers = ["administrator", "operator"] as const satisfies Role[];

/** Those who read what others did, by the trail. */
export const overseers = ["office", "administrator", "regulator"] as const satisfies Role[];

/** All who work here. */
export const workers = [...clinicians, ...commanders, "guide", "insurer", "cdc"] as const satisfies Role[];

export const everybody = [...people, ...workers] as const satisfies Role[];

const home = { path: "", words: ["首页", "Home"], icon: "home", key: "h" } as const;

/** All places, in the order of the menu. */
export const places: Place[] = [
  { ...home, roles: people, page: Object.assign(ResidentHome, { load: () => Promise.resolve() }) },
  { ...home, roles: [...clinicians, "guide", "insurer", "cdc"], page: dressed(() => import("../modules/home/StaffHome")) },
  { ...home, roles: commanders, page: dressed(() => import("../modules/board/Board")) },
  { path: "inbox", words: ["待办", "Inbox"], icon: "inbox", key: "i", roles: workers, page: dressed(() => import("../modules/cases/Inbox")) },
  { path: "board/cases", words: ["事项清单", "Cases"], roles: commanders, page: dressed(() => import("../modules/board/Cases")) },
  { path: "referrals", words: ["转诊看板", "Referrals"], icon: "swap", key: "w", roles: ["office"], page: dressed(() => import("../modules/referral/Boards")) },
  { path: "referrals/statistics", words: ["转诊统计", "Referral statistics"], icon: "board", key: "n", roles: ["office", "regulator"], page: dressed(() => import("../modules/referral/Statistics")) },
  { path: "referrals/cases", words: ["转诊清单", "Referrals counted"], roles: ["office", "regulator"], page: dressed(() => import("../modules/referral/Counted")) },
  { path: "calendar", words: ["日程", "Calendar"], icon: "calendar", key: "c", roles: workers, page: dressed(() => import("../modules/calendar/Calendar")) },
  { path: "matters", words: ["我的事项", "My matters"], icon: "check", key: "i", roles: people, page: dressed(() => import("../modules/cases/Matters")) },
  { path: "booking", words: ["预约挂号", "Book a visit"], icon: "visit", key: "b", roles: people, page: dressed(() => import("../modules/booking/Booking")) },
  { path: "booking/seek", words: ["按条件找科室", "Find a department"], roles: people, page: dressed(() => import("../modules/booking/Seek")) },
  { path: "booking/find", words: ["选择就诊时间", "Choose a time"], roles: people, page: dressed(() => import("../modules/booking/Find")) },
  { path: "booking/visits", words: ["我的预约", "My visits"], roles: people, page: dressed(() => import("../modules/booking/Mine")) },
  { path: "draws/:id", words: ["抽签公示", "Draws"], roles: [...people, "office", "administrator", "guide", "doctor", "nurse", "regulator"], page: dressed(() => import("../modules/booking/Draws")) },
  { path: "booking/visits/:id", words: ["预约", "Visit"], roles: people, page: dressed(() => import("../modules/booking/VisitPage")) },
  { path: "waiting", words: ["我的候诊", "My queue"], roles: people, page: dressed(() => import("../modules/queue/Waiting")) },
  { path: "card", words: ["我的证件", "My cards"], icon: "code", key: "c", roles: people, page: dressed(() => import("../modules/card/Card")) },
  { path: "messages", words: ["消息", "Messages"], icon: "messages", key: "m", roles: everybody, page: dressed(() => import("../modules/messages/Messages")) },
  { path: "triage", words: ["导诊", "Where to go"], icon: "care", key: "e", roles: [...people, "guide", "doctor", "nurse", "office"], page: dressed(() => import("../modules/triage/Triage")) },
  { path: "cases/:id", words: ["事项", "Case"], roles: everybody, page: dressed(() => import("../modules/cases/CasePage")) },
  { path: "cases/:id/refer", words: ["填写转诊单", "Write the referral letter"], roles: ["doctor"], page: dressed(() => import("../modules/referral/Write")) },
  { path: "matters/begin", words: ["发起事项", "Begin something"], roles: people, page: dressed(() => import("../modules/cases/Begin")) },
  { path: "record", words: ["我的档案", "My record"], icon: "record", key: "r", roles: people, page: dressed(() => import("../modules/residents/Mine")) },
  { path: "looked", words: ["谁看过", "Who has looked"], icon: "trail", key: "l", roles: ["resident"], page: dressed(() => import("../modules/looked/Looked")) },
  { path: "family", words: ["亲友代办", "Family"], icon: "acting", key: "f", roles: people, page: dressed(() => import("../modules/family/Family")) },
  { path: "family/let", words: ["请人代办", "Let somebody act for me"], roles: ["resident"], page: dressed(() => import("../modules/family/Let")) },
  { path: "residents", words: ["居民", "Residents"], icon: "people", key: "r", roles: [...treating, "guide"], page: dressed(() => import("../modules/residents/Residents")) },
  { path: "residents/:id", words: ["居民档案", "A resident's record"], roles: treating, page: dressed(() => import("../modules/residents/Resident")) },
  { path: "residents/:id/book", words: ["预约上级医院", "Book at a higher hospital"], roles: ["doctor"], page: dressed(() => import("../modules/booking/Higher")) },
  { path: "residents/:id/refer", words: ["转诊", "Refer"], roles: ["doctor"], page: dressed(() => import("../modules/referral/Start")) },
  { path: "emergency", words: ["紧急访问", "Emergency access"], icon: "care", key: "x", roles: urgent, page: dressed(() => import("../modules/emergency/Emergency")) },
  { path: "emergency/:id", words: ["紧急访问", "Emergency access"], roles: urgent, page: dressed(() => import("../modules/emergency/Emergency")) },
  { path: "record/:type/:id", words: ["记录", "Record"], roles: everybody, page: dressed(() => import("../modules/record/Record")) },
  { path: "record/:type/:id/:version", words: ["记录的版本", "Version of a record"], roles: everybody, page: dressed(() => import("../modules/record/Record")) },
  { path: "search", words: ["检索", "Search"], icon: "search", key: "s", roles: workers, page: dressed(() => import("../modules/search/Search")) },
  { path: "validate", words: ["数据校验", "Validation"], icon: "check", key: "v", roles: workers, page: dressed(() => import("../modules/validate/Validate")) },
  { path: "institutions", words: ["机构", "Institutions"], icon: "institutions", key: "o", roles: commanders, page: dressed(() => import("../modules/institutions/Institutions")) },
  { path: "institutions/new", words: ["新增机构", "New institution"], roles: keepers, page: dressed(() => import("../modules/institutions/Write")) },
  { path: "institutions/:id", words: ["机构", "Institution"], roles: commanders, page: dressed(() => import("../modules/institutions/InstitutionPage")) },
  { path: "alliance", words: ["医联体", "Alliances"], icon: "alliance", key: "z", roles: ["office", "regulator"], page: dressed(() => import("../modules/alliance/Alliances")) },
  { path: "alliance/new", words: ["新增医联体协议", "New agreement"], roles: ["office"], page: dressed(() => import("../modules/alliance/AgreementPage")) },
  { path: "alliance/departments", words: ["每日可接收转诊数", "Referrals a day"], roles: ["office"], page: dressed(() => import("../modules/alliance/Capacities")) },
  { path: "alliance/departments/:id", words: ["每日可接收转诊数", "Referrals a day"], roles: ["office"], page: dressed(() => import("../modules/alliance/Capacity")) },
  { path: "alliance/:id", words: ["医联体协议", "Agreement"], roles: ["office"], page: dressed(() => import("../modules/alliance/AgreementPage")) },
  { path: "visits", words: ["到诊登记", "Visits of the day"], icon: "visit", key: "b", roles: ["guide", "doctor", "nurse"], page: dressed(() => import("../modules/visits/Today")) },
  { path: "caller", words: ["来电受理", "Calls"], icon: "phone", key: "p", roles: ["guide"], page: dressed(() => import("../modules/caller/Caller")) },
  { path: "visits/book", words: ["窗口预约", "Book for somebody"], roles: ["guide", "doctor", "nurse"], page: dressed(() => import("../modules/visits/Window")) },
  { path: "room", words: ["我的诊室", "My room"], icon: "room", key: "d", roles: ["doctor"], page: dressed(() => import("../modules/queue/Room")) },
  { path: "queue", words: ["分诊台", "Queues"], icon: "queue", key: "l", roles: ushers, page: dressed(() => import("../modules/queue/Desk")) },
  { path: "wall/:department", words: ["候诊大屏", "Waiting room board"], bare: true, roles: [...ushers, "office", "administrator"], page: dressed(() => import("../modules/wall/Wall")) },
  { path: "kiosk", words: ["自助机", "Kiosk"], key: "k", bare: true, roles: ["guide"], page: dressed(() => import("../modules/kiosk/Kiosk")) },
  { path: "clinics", words: ["出诊管理", "Clinics"], icon: "visit", key: "j", roles: ["office", "administrator"], page: dressed(() => import("../modules/clinics/Clinics")) },
  { path: "clinics/rooms", words: ["诊室", "Rooms"], roles: ["office", "administrator"], page: dressed(() => import("../modules/queue/Rooms")) },
  { path: "clinics/new", words: ["新增出诊", "Open a clinic"], roles: ["office", "administrator"], page: dressed(() => import("../modules/clinics/Write")) },
  { path: "clinics/use", words: ["号源使用情况", "Use of places"], roles: ["office", "administrator"], page: dressed(() => import("../modules/clinics/Use")) },
  { path: "clinics/:id", words: ["出诊", "Clinic"], roles: ["office", "administrator"], page: dressed(() => import("../modules/clinics/ClinicPage")) },
  { path: "clinics/:id/change", words: ["修改出诊安排", "Change a clinic"], roles: ["office", "administrator"], page: dressed(() => import("../modules/clinics/Write")) },
  { path: "accounts", words: ["账户", "Accounts"], icon: "accounts", key: "a", roles: keepers, page: dressed(() => import("../modules/accounts/Accounts")) },
  { path: "accounts/new", words: ["新建账户", "New account"], roles: keepers, page: dressed(() => import("../modules/accounts/NewAccount")) },
  { path: "accounts/:name", words: ["账户", "Account"], roles: keepers, page: dressed(() => import("../modules/accounts/AccountPage")) },
  { path: "clients", words: ["程序", "Programs"], icon: "parts", key: "k", roles: keepers, page: dressed(() => import("../modules/clients/Clients")) },
  { path: "clients/new", words: ["登记程序", "Register a program"], roles: keepers, page: dressed(() => import("../modules/clients/NewClient")) },
  { path: "clients/:id", words: ["程序", "Program"], roles: keepers, page: dressed(() => import("../modules/clients/ClientPage")) },
  { path: "exports", words: ["数据导出", "Exports"], icon: "find", key: "y", roles: exporters, page: dressed(() => import("../modules/exports/Exports")) },
  { path: "exports/new", words: ["申请导出", "Ask for an export"], roles: exporters, page: dressed(() => import("../modules/exports/NewExport")) },
  { path: "trail", words: ["访问记录", "The trail"], icon: "trail", key: "t", roles: overseers, page: dressed(() => import("../modules/trail/Trail")) },
  { path: "rules", words: ["规则数据", "Rules"], icon: "rules", key: "u", roles: workers, page: dressed(() => import("../modules/rules/Rules")) },
  { path: "rules/:name", words: ["规则", "Rule"], roles: workers, page: dressed(() => import("../modules/rules/Rule")) },
  { path: "rules/:name/:library", words: ["规则的版本", "Version of a rule"], roles: workers, page: dressed(() => import("../modules/rules/Version")) },
  { path: "platform", words: ["平台运行", "The platform"], icon: "health", key: "p", roles: ["operator"], page: dressed(() => import("../modules/platform/Health")) },
  { path: "platform/jobs", words: ["作业", "Jobs"], icon: "jobs", key: "j", roles: ["operator"], page: dressed(() => import("../modules/platform/Jobs")) },
  { path: "platform/outbox", words: ["发件箱", "Outbox"], icon: "sent", key: "b", roles: ["operator"], page: dressed(() => import("../modules/platform/Outbox")) },
  { path: "platform/settings", words: ["平台设置", "Settings"], icon: "settings", key: "e", roles: ["operator"], page: dressed(() => import("../modules/platform/Settings")) },
  { path: "help", words: ["帮助", "Help"], icon: "help", key: "q", roles: everybody, page: dressed(() => import("../modules/help/Help")) },
  { path: "design", words: ["设计规范", "Design"], icon: "design", key: "d", roles: ["operator"], page: dressed(() => import("../modules/design/Design")) },
];

/** The places of a role. */
export const placesOf = (role: Role): Place[] => places.filter((p) => p.roles.includes(role));

/** Those that stand in the menu. */
export const menuOf = (role: Role): Place[] => placesOf(role).filter((p) => p.icon !== undefined);

/** Fetches the page of an address, before it is known whether it is shown: that of a role, or of every role where it is not known. */
export function fetchAhead(pathname: string, role?: Role): void {
  const place = (role ? placesOf(role) : places).find((p) => matchPath(`/app/${p.path}`, pathname));
  place?.page.load().catch(() => {}); // whoever shows it asks again
}
