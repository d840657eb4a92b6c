/** Until when a child is represented, and how long that is. */
import { relativesWords as t } from "../catalogue/relatives";
import { addMonths, daysBetween } from "./calendar";
import { parisDay } from "./format";

const MAJORITY = 18;
const MAJORITY_MONTHS = MAJORITY * 12;
const LEAP_DAY = "-02-29";

/** Says whether that age, when it is known, is a child's. */
export const isMinor = (age: number | null): boolean => age !== null && age < MAJORITY;

/** The first day of who was born on that day as an adult: 1 March for a 29 February. */
export function majorityDay(born: string): string {
  const day = addMonths(born, MAJORITY_MONTHS);
  return born.endsWith(LEAP_DAY) ? `${day.slice(0, 4)}-03-01` : day;
}

function wholeMonths(from: string, to: string): number {
  const [fromYear = 0, fromMonth = 0] = from.split("-").map(Number);
  const [toYear = 0, toMonth = 0] = to.split("-").map(Number);
  const months = (toYear - fromYear) * 12 + toMonth - fromMonth;
  return addMonths(from, months) > to ? months - 1 : months;
}

/** Below this, months are said and not years. */
const YEARS_FROM = 24;

/** « encore 4 ans », « encore 7 mois », « encore 12 jours ». */
export function timeLeft(until: string, today: string = parisDay(new Date())): string {
  const months = wholeMonths(today, until);
  if (months >= YEARS_FROM) return t.leftYears(Math.floor(months / 12));
  if (months >= 1) return t.leftMonths(months);
  return t.leftDays(Math.max(0, daysBetween(today, until)));
}
