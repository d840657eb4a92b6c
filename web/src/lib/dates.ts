/** Reading dates typed by hand; a date stays a calendar date, never an instant. */
import { parisDay } from "./format";

const pad = (value: string, length: number) => value.padStart(length, "0");

/** Reads « 12/03/1979 », « 12 3 1979 », « 12031979 » or an ISO date; returns `YYYY-MM-DD` or null. */
export function readDate(text: string): string | null {
  const clean = text.trim();
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(clean);
  const french =
    /^(\d{1,2})[\s/.-]+(\d{1,2})[\s/.-]+(\d{4})$/.exec(clean) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(clean);
  const [year, month, day] = iso
    ? [iso[1], iso[2], iso[3]]
    : french
      ? [french[3], french[2], french[1]]
      : [];
  if (!year || !month || !day) return null;
  const date = `${year}-${pad(month, 2)}-${pad(day, 2)}`;
  const back = new Date(`${date}T00:00:00Z`);
  const exists = !Number.isNaN(back.getTime()) && back.toISOString().slice(0, 10) === date;
  return exists && Number(year) >= 1880 ? date : null;
}

/** Says whether a calendar date is after today in Paris. */
export const isFuture = (date: string, now: Date = new Date()) => date > parisDay(now);

/** The date some months before today in Paris, for the period filter. */
export function monthsAgo(months: number, now: Date = new Date()): string {
  const [year = 0, month = 1, day = 1] = parisDay(now).split("-").map(Number);
  const target = new Date(Date.UTC(year, month - 1 - months, 1));
  const last = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(day, last));
  return target.toISOString().slice(0, 10);
}
