/** Dates, sizes and numbers as a French reader writes them; without a zone, instants are shown in Paris time. */
import { typo } from "./typo.ts";

export const PARIS = "Europe/Paris";

type Parts = Intl.DateTimeFormatOptions;

const formatter = (parts: Parts, zone: string) =>
  new Intl.DateTimeFormat("fr-FR", { ...parts, timeZone: zone });

const LONG: Parts = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const MEDIUM: Parts = { day: "numeric", month: "long", year: "numeric" };
const SHORT: Parts = { day: "2-digit", month: "2-digit", year: "numeric" };

const first = (text: string) => text.replace(/(^|\s)1 (?=\p{Ll})/u, "$11er ");

/** A day is read with its month. */
const whole = (text: string) => first(text).replace(/(\d|1er) (?=\p{Ll})/u, "$1\u00a0");

/** A calendar date has no time zone: a birthday never moves. */
const calendar = (date: string) => new Date(`${date}T00:00:00Z`);

/** « lundi 23 novembre 2026 », from `YYYY-MM-DD`. */
export const dateLong = (date: string) => whole(formatter(LONG, "UTC").format(calendar(date)));

/** « 23 novembre 2026 », from `YYYY-MM-DD`. */
export const dateMedium = (date: string) => whole(formatter(MEDIUM, "UTC").format(calendar(date)));

/** « 23/11/2026 », from `YYYY-MM-DD`. */
export const dateShort = (date: string) => formatter(SHORT, "UTC").format(calendar(date));

/** « novembre 2026 », the month of a day. */
export const monthLong = (date: string) =>
  formatter({ month: "long", year: "numeric" }, "UTC").format(calendar(date));

/** « nov. 2026 », the month of a day where there is little room. */
export const monthShort = (date: string) =>
  formatter({ month: "short", year: "numeric" }, "UTC").format(calendar(date));

/** The parts of a date for the margin of a list: day, short month, year. */
export function dateParts(date: string): { day: string; month: string; year: string } {
  const at = calendar(date);
  return {
    day: String(at.getUTCDate()),
    month: formatter({ month: "short" }, "UTC").format(at),
    year: String(at.getUTCFullYear()),
  };
}

/** The day of an instant in a zone, as `YYYY-MM-DD`. */
export function dayIn(zone: string, instant: string | Date): string {
  const parts = new Intl.DateTimeFormat("en-CA", { ...SHORT, timeZone: zone });
  return parts.format(new Date(instant));
}

/** The day in Paris of an instant, as `YYYY-MM-DD`. */
export const parisDay = (instant: string | Date) => dayIn(PARIS, instant);

/** « 14 h 05 ». */
export function timeOfDay(instant: string, zone = PARIS): string {
  const text = formatter({ hour: "2-digit", minute: "2-digit" }, zone).format(new Date(instant));
  return typo(text.replace(/^0(?=\d)/, "").replace(":", " h "));
}

/** « lundi 23 novembre 2026 à 14 h 05 ». */
export const instantLong = (instant: string, zone = PARIS) =>
  `${dateLong(dayIn(zone, instant))} à ${timeOfDay(instant, zone)}`;

/** « 23 novembre 2026 », the day of an instant. */
export const instantDay = (instant: string, zone = PARIS) => dateMedium(dayIn(zone, instant));

/** How many days from one to another, both `YYYY-MM-DD`. */
export const daysBetween = (from: string, to: string) =>
  (calendar(to).getTime() - calendar(from).getTime()) / 86_400_000;

/** « aujourd’hui », « hier », « il y a 3 jours », or nothing beyond a month. */
export function relativeDay(day: string, now: Date = new Date(), zone = PARIS): string | null {
  const gap = daysBetween(day, dayIn(zone, now));
  return gap < 0 || gap > 31 ? null : daysAway(-gap);
}

/** « demain », « dans 3 jours », « il y a 3 jours », from a number of days. */
export const daysAway = (days: number) =>
  new Intl.RelativeTimeFormat("fr-FR", { numeric: "auto" }).format(days, "day").replaceAll("'", "’");

/** « 1 250 », « 37,5 ». */
export const number = (value: number, digits = 1) =>
  new Intl.NumberFormat("fr-FR", { maximumFractionDigits: digits })
    .format(value)
    .replaceAll("\u202f", "\u00a0");

/**
 * « 812 octets », « 31 ko », « 3,4 Mo »; a Mo is 1024 × 1024 octets, as the limits are. Limits are whole:
 * what is a little above one reads so, « 4,01 Mo ».
 */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return plural(bytes, "octet", "octets");
  if (bytes < 1024 * 1024) return `${number(bytes / 1024, 0)}\u00a0ko`;
  const mo = bytes / (1024 * 1024);
  const above = mo % 1 > 0 && mo % 1 < 0.05;
  return `${above ? number(Math.ceil(mo * 100) / 100, 2) : number(mo, 1)}\u00a0Mo`;
}

/** « 12 s », « 3 min », from seconds. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))}\u00a0s`;
  return `${Math.round(seconds / 60)}\u00a0min`;
}

/** Given names are kept in capitals by the registers: « MARIE-LOUISE » reads « Marie-Louise ». */
export const firstName = (name: string) =>
  name === name.toUpperCase()
    ? name.toLowerCase().replace(/(^|[\s'’-])(\p{L})/gu, (_, before, letter) => before + letter.toUpperCase())
    : name;

/** « de Léa », « d'Emma »; before an h one says both, and « de » is never wrong in writing. */
export const ofName = (name: string) =>
  /^(?:[aeiou]|y[^aeiou])/iu.test(name.normalize("NFD").replace(/^œ|^æ/iu, "e")) ? `d'${name}` : `de ${name}`;

/** « 1 document », « 2 documents ». */
export const plural = (count: number, one: string, many: string) =>
  `${number(count, 0)}\u00a0${count > 1 ? many : one}`;
