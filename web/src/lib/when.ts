/** Moments and delays in words: « demain à 9 h 30 », « la veille », « heure de La Réunion ». */
import { whenWords as w } from "../catalogue/when";
import { addDays, daysBetween } from "./calendar";
import { dateLong, dateMedium, daysAway } from "./format";
import { sameClock, wallOf } from "./zoned";

const HOUR = 60;
const DAY = 24 * HOUR;
/** Reminders of a whole day count from nine in the morning. */
const MORNING = 9 * HOUR;

const split = (wall: string) => ({ day: wall.slice(0, 10), time: wall.slice(11, 16) });

const pad = (minutes: number) => String(minutes).padStart(2, "0");

/** « 9 h 30 », from `09:30` or a wall-clock time. */
export function clock(wall: string): string {
  const [hours = "0", minutes = "00"] = (wall.includes("T") ? split(wall).time : wall).split(":");
  return w.hour(Number(hours), minutes);
}

export const today = (zone: string) => wallOf(Date.now(), zone).slice(0, 10);

/** « aujourd’hui », « demain », « hier », or nothing further away than two days. */
export function nearDay(day: string, now: string): string | null {
  const gap = daysBetween(now, day);
  return Math.abs(gap) > 2 ? null : daysAway(gap);
}

/** « demain », else « jeudi 3 décembre 2026 ». */
export const dayInWords = (day: string, now: string) => nearDay(day, now) ?? dateLong(day);

export interface Moment {
  all_day: boolean;
  start: string;
  end: string;
  zone: string;
  start_shown: string;
  zone_shown: string;
}

/** When something is, on the clock of whoever reads: « demain à 9 h 30 ». */
export function inWords(at: Moment): string {
  const now = today(at.zone_shown);
  if (!at.all_day) {
    const { day } = split(at.start_shown);
    return w.at(dayInWords(day, now), clock(at.start_shown));
  }
  if (at.end > at.start) return w.fromTo(dateMedium(at.start), dateMedium(at.end));
  return w.allDayOn(dayInWords(at.start, now));
}

/** « 9 h 30 », and when the place keeps another time « 9 h 30, heure de La Réunion (7 h 30 à Paris) ». */
export function timeInWords(at: Moment): string {
  if (at.all_day) return w.allDay;
  if (sameClock(at.zone, at.zone_shown, Date.parse(`${at.start}Z`))) return clock(at.start_shown);
  const mine = w.zoneAt(clock(at.start_shown), zoneWords(at.zone_shown).at);
  return `${w.zoneOf(clock(at.start), zoneWords(at.zone).of)} (${mine})`;
}

/** How a zone is named; those of France as they are said, others by their town. */
export const zoneWords = (zone: string) =>
  w.zones[zone] ?? w.otherZone((zone.split("/").at(-1) ?? zone).replaceAll("_", " "));

/** The zones of France, and those given, for a list to choose from. */
export function zoneChoices(...more: string[]) {
  const codes = new Set([...Object.keys(w.zones), ...more]);
  return [...codes].map((code) => ({ code, label: zoneWords(code).name }));
}

/** « 2 heures avant », « la veille », from minutes before the start. */
export function leadInWords(minutes: number, allDay: boolean): string {
  if (allDay) return wholeDayLead(minutes);
  if (minutes === 0) return w.leads.start;
  if (minutes === DAY) return w.leads.eve;
  if (minutes === 7 * DAY) return w.leads.week;
  if (minutes % DAY === 0) return w.leads.days(minutes / DAY);
  if (minutes < HOUR) return w.leads.minutes(minutes);
  if (minutes % HOUR === 0) return w.leads.hours(minutes / HOUR);
  return w.leads.mixed(Math.floor(minutes / HOUR), pad(minutes % HOUR));
}

function wholeDayLead(minutes: number): string {
  const days = Math.ceil((minutes - MORNING) / DAY);
  const left = MORNING - minutes + days * DAY;
  const time = clock(`${pad(Math.floor(left / HOUR))}:${pad(left % HOUR)}`);
  if (days <= 0) return w.leads.sameDay(time);
  if (days === 1) return w.leads.eveAt(time);
  return w.leads.daysAt(days, time);
}

/** The days a moment covers on the clock of whoever reads. */
export function daysOf(at: Moment & { end_shown: string }): string[] {
  const first = split(at.all_day ? at.start : at.start_shown).day;
  const last = split(at.all_day ? at.end : at.end_shown).day;
  // What ends at midnight is not on the day that begins then.
  const ends = !at.all_day && at.end_shown.endsWith("T00:00") && last > first ? addDays(last, -1) : last;
  const count = Math.max(0, daysBetween(first, ends));
  return Array.from({ length: count + 1 }, (_, n) => addDays(first, n));
}
