import { expect, it } from "vitest";
import { keepingNone, type Pattern, type Session, wrongIn } from "./clinics";

const session: Session = { day: ["mon"], from: "08:00", to: "12:00", capacity: 6, onsite: 1 };
const pattern = (more: Partial<Session>): Pattern => ({ department: "HealthcareService/heart", from: "2026-11-23", segment: 30, ahead: 7, opens: "07:00", session: [{ ...session, ...more }] });

it("keeps places for channels while one of the public's is left to all", () => {
  expect(wrongIn(pattern({}))).toEqual([]);
  expect(wrongIn(pattern({ phone: 3, app: 1 }))).toEqual([]);
  expect(wrongIn(pattern({ phone: 4, app: 1 }))).toEqual(["phone-0", "app-0"]);
  expect(wrongIn(pattern({ phone: 5 }))).toEqual(["phone-0"]);
  expect(wrongIn(pattern({ app: 1.5 }))).toEqual(["app-0"]);
});

it("keeps none where places are drawn", () => {
  expect(keepingNone({ ...session, phone: 2, app: 1 })).toEqual(session);
});
