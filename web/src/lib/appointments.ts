/** What a list of appointments says of each, and how they are grouped. */
import type { Appointment } from "../api/types";
import { agendaWords as t } from "../catalogue/agenda";
import { said } from "./profile";
import { typo } from "./typo";
import { daysOf } from "./when";

/** Who set it, as the reader is told: the name, or a word. */
export const setter = ({ author }: Appointment) => typo(author.name ?? (author.kind === "person" ? said(t).person : t.somebody));

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
