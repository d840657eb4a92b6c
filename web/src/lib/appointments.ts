/** What a list of appointments says of each, and how they are grouped. */
import type { Appointment } from "../api/types";
import { agendaWords as t } from "../catalogue/agenda";
import { said } from "./profile";
import { typo } from "./typo";
import { daysOf } from "./when";

export const isByApplication = ({ author }: Appointment) => author.kind === "application";

/** Applications add a link for one thing: to meet at a distance. */
export const isRemote = (of: Appointment) => of.link !== null && (of.link_author !== null || isByApplication(of));

/** Who set it, within a sentence: the name, or a word. */
export function setter(of: Appointment): string {
  const { name, kind } = of.author;
  if (name === null) return kind === "person" ? said(t).person : t.somebody;
  return isByApplication(of) ? t.application(typo(name)) : typo(name);
}

/** The same, where it begins one. */
export const setterFirst = (of: Appointment) => setter(of).replace(/^./u, (first) => first.toUpperCase());

export interface DayOf {
  day: string;
  appointments: Appointment[];
}

/** Grouped by the day they begin, in the order received. */
export function byDay(appointments: Appointment[]): DayOf[] {
  const days = new Map<string, Appointment[]>();
  for (const each of appointments) {
    const day = daysOf(each)[0] ?? "";
    days.set(day, [...(days.get(day) ?? []), each]);
  }
  return [...days].map(([day, all]) => ({ day, appointments: all }));
}

/** What is on each day, those that last several days included. */
export function onDays(appointments: Appointment[]): Map<string, Appointment[]> {
  const days = new Map<string, Appointment[]>();
  for (const each of appointments) {
    for (const day of daysOf(each)) days.set(day, [...(days.get(day) ?? []), each]);
  }
  return days;
}
