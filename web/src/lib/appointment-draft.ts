/** What is typed in the form of an appointment, what is wrong with it, and what is sent. */
import type { Appointment, AppointmentDraft } from "../api/types";
import { agendaWords as t } from "../catalogue/agenda";
import type { FieldError } from "../ui/form";
import { typo } from "./typo";
import { clock, today } from "./when";
import { afterGap, instantsOf } from "./zoned";

export interface Typed {
  title: string;
  allDay: boolean;
  date: string;
  start: string;
  end: string;
  /** Empty when it ends the day it begins. */
  endDate: string;
  zone: string;
  fold: "0" | "1";
  place: string;
  note: string;
  link: string;
  reminders: number[];
  /** The key of what is recommended, when it is planned from there. */
  recommendation?: string;
}

export const REMINDERS_MAX = 5;
const TITLE_MAX = 100;
const YEARS_AHEAD = 10;
const DAY_BEFORE = 24 * 60;
const USUAL = [10_080, DAY_BEFORE, 120, 30];
const USUAL_ALL_DAY = [10_080, DAY_BEFORE, 900, 0];
/** Reminders of a whole day count from then. */
const MORNING = "09:00";

/** The first and last days that the service takes. */
export function dayBounds() {
  const day = today("Europe/Paris");
  return { min: "1900-01-01", max: `${Number(day.slice(0, 4)) + YEARS_AHEAD}${day.slice(4, 8)}${day.slice(8) > "28" ? "28" : day.slice(8)}` };
}

const isOutside = (date: string) => date < dayBounds().min || date > dayBounds().max;

/** The moments most people choose, in minutes before. */
export const usualLeads = (allDay: boolean) => (allDay ? USUAL_ALL_DAY : USUAL);

export const blank = (zone: string, given: Partial<Typed> = {}): Typed => ({
  title: "", allDay: false, date: "", start: "", end: "", endDate: "", zone, fold: "0",
  place: "", note: "", link: "", reminders: [DAY_BEFORE], ...given,
});

const dayOf = (wall: string) => wall.slice(0, 10);
const timeOf = (wall: string) => wall.slice(11, 16);

/** What the form shows of an appointment already set. */
export function typedFrom(set: Appointment): Typed {
  const sameDay = dayOf(set.start) === dayOf(set.end);
  return {
    title: set.title,
    allDay: set.all_day,
    date: dayOf(set.start),
    start: timeOf(set.start),
    end: timeOf(set.end),
    endDate: sameDay ? "" : dayOf(set.end),
    zone: set.zone,
    fold: instantsOf(set.start, set.zone)[1] === Date.parse(set.start_at) ? "1" : "0",
    place: set.place ?? "",
    note: set.note ?? "",
    link: set.link ?? "",
    reminders: set.reminders,
  };
}

const startOf = ({ date, start }: Typed) => `${date}T${start}`;

const MINUTE = 60_000;
const at = (day: string, time: string) => Date.parse(`${day}T${time}:00Z`);

/** Another start: the end follows, so that it lasts as long as before. */
export function startMoved(typed: Typed, start: string): Partial<Typed> {
  const day = typed.date || "2000-01-01";
  const lasts = at(typed.endDate || day, typed.end) - at(day, typed.start);
  const moved = at(day, start) + lasts;
  if (!(lasts >= MINUTE) || Number.isNaN(moved)) return { start };
  const [endDay = "", end = ""] = new Date(moved).toISOString().slice(0, 16).split("T");
  return { start, end, endDate: typed.date && endDay !== typed.date ? endDay : "" };
}

const endOf = ({ date, endDate, end }: Typed) => (end ? `${endDate || date}T${end}` : null);

/** Whether there is a moment to look up on a clock. */
const isTimed = ({ allDay, date, start }: Typed) =>
  !allDay && start !== "" && date !== "" && !isOutside(date);

/** The time to offer in place of one that spring skips, or null. */
export function skipped(typed: Typed): string | null {
  if (!isTimed(typed)) return null;
  const wall = startOf(typed);
  return instantsOf(wall, typed.zone).length === 0 ? timeOf(afterGap(wall, typed.zone)) : null;
}

/** The two instants of an hour that autumn repeats, or null. */
export function repeated(typed: Typed): [number, number] | null {
  if (!isTimed(typed)) return null;
  const [one, two] = instantsOf(startOf(typed), typed.zone);
  return one !== undefined && two !== undefined ? [one, two] : null;
}

function wrongTimes(typed: Typed): [string, string | false][] {
  const { allDay, start, date, endDate, end } = typed;
  const known = date !== "" && start !== "";
  const right = known ? skipped(typed) : null;
  return [
    ["start", !allDay && !start && t.form.errors.start],
    ["start", right !== null && t.form.errors.skipped(clock(start), clock(right))],
    ["end", !allDay && known && end !== "" && (endOf(typed) ?? "") <= startOf(typed) && t.form.errors.end],
    ["endDate", date !== "" && endDate !== "" && endDate < date && t.form.errors.lastDay],
  ];
}

/** Everything wrong with what is typed, field by field. */
export function wrong(typed: Typed): FieldError[] {
  const { date, title, link } = typed;
  const tests: [string, string | false][] = [
    ["title", !title.trim() && t.form.errors.title],
    ["title", title.trim().length > TITLE_MAX && t.form.errors.titleLong],
    ["date", !date && t.form.errors.date],
    ["date", date !== "" && isOutside(date) && t.form.errors.year],
    ...wrongTimes(typed),
    ["link", link.trim() !== "" && !/^https:\/\/\S+$/.test(link.trim()) && t.form.errors.link],
  ];
  return tests.flatMap(([id, text]) => (text ? [{ id, text }] : []));
}

/**
 * The reminders chosen for a moment that is past already, and, when none would be left, the first
 * usual one that is still possible.
 */
export function lateLeads(typed: Typed, now: number): { late: number[]; instead: number | null } {
  const { date, zone, allDay, reminders, fold } = typed;
  if (!isTimed({ ...typed, allDay: false, start: allDay ? MORNING : typed.start })) {
    return { late: [], instead: null };
  }
  const found = instantsOf(allDay ? `${date}T${MORNING}` : startOf(typed), zone);
  const from = found[Number(fold)] ?? found[0];
  if (from === undefined) return { late: [], instead: null };
  const left = (from - now) / 60_000;
  const late = reminders.filter((lead) => lead >= left);
  const isNoneLeft = late.length > 0 && late.length === reminders.length;
  return { late, instead: isNoneLeft ? (usualLeads(allDay).find((lead) => lead < left) ?? null) : null };
}

const orNull = (text: string) => text.trim() || null;

/** What is sent to the server; reminders are left out where they are not the author's to set. */
export function draftOf(typed: Typed, withReminders: boolean): AppointmentDraft {
  const { title, allDay, date, endDate, zone, place, note, link, reminders } = typed;
  const times = allDay
    ? { start: date, end: endDate || null }
    : { start: startOf(typed), end: endOf(typed) };
  const fold = repeated(typed) ? Number(typed.fold) : null;
  return {
    title: title.trim(),
    all_day: allDay,
    ...times,
    zone,
    fold,
    place: orNull(place),
    note: orNull(note),
    link: orNull(link),
    ...(withReminders ? { reminders } : {}),
    ...(typed.recommendation ? { recommendation: typed.recommendation } : {}),
  };
}

/** The fields of the form, by the member of the request that the server refused. */
const FIELDS: Record<string, string> = {
  title: "title", all_day: "allDay", start: "start", end: "end", zone: "zone", fold: "fold",
  place: "place", note: "note", link: "link", reminders: "reminders",
};

/** The server's refusals as errors of fields; those of a whole day are about dates. */
export function refusedFields(errors: { pointer: string; detail: string }[], allDay: boolean): FieldError[] {
  return errors.map(({ pointer, detail }) => {
    const member = pointer.split("/")[1] ?? "";
    const field = FIELDS[member] ?? "title";
    const days: Record<string, string> = { start: "date", end: "endDate" };
    return { id: allDay ? (days[field] ?? field) : field, text: typo(detail) };
  });
}

/** A title chosen elsewhere for the next appointment: kept in memory, never in an address. */
let wanted: Partial<Typed> = {};

export function prefill(given: Partial<Typed>) {
  wanted = given;
}

export function takePrefill(): Partial<Typed> {
  const given = wanted;
  wanted = {};
  return given;
}
