/** Days of a calendar, `YYYY-MM-DD`: they have no time zone. */

const DAY = 86_400_000;
const read = (day: string) => Date.parse(`${day}T00:00:00Z`);
const write = (at: number) => new Date(at).toISOString().slice(0, 10);

export const addDays = (day: string, days: number) => write(read(day) + days * DAY);

/** The number of days from one day to another. */
export const daysBetween = (from: string, to: string) => (read(to) - read(from)) / DAY;

/** 0 for Monday, 6 for Sunday. */
export const weekday = (day: string) => (new Date(read(day)).getUTCDay() + 6) % 7;

/** The first day of the month of a day, some months later. */
export function monthStart(day: string, months = 0): string {
  const at = new Date(read(day));
  return write(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1));
}

/** The same day of another month, or its last one when that month is shorter. */
export function addMonths(day: string, months: number): string {
  const start = monthStart(day, months);
  const last = daysBetween(start, monthStart(start, 1));
  return addDays(start, Math.min(Number(day.slice(8)), last) - 1);
}

/** The weeks that a month touches, from Monday to Sunday. */
export function weeksOf(month: string): string[][] {
  const first = addDays(monthStart(month), -weekday(monthStart(month)));
  const next = monthStart(month, 1);
  const weeks: string[][] = [];
  for (let monday = first; monday < next; monday = addDays(monday, 7)) {
    weeks.push(Array.from({ length: 7 }, (_, n) => addDays(monday, n)));
  }
  return weeks;
}
