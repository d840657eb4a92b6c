/** Until when a child is represented, and how long that is. */
import type { Child, Profile } from "../api/types";
import { relativesWords as t } from "../catalogue/relatives";
import { addMonths, daysBetween } from "./calendar";
import { parisDay } from "./format";

const MAJORITY_MONTHS = 18 * 12;
const LEAP_DAY = "-02-29";

/** The day of 18 years: that of birth where it exists, as the instant is told in the child's own zone. */
export function majorityDay({ birth_date: born, ends_at: end }: Pick<Child | Profile, "birth_date" | "ends_at">) {
  if (!end) return null;
  return born && !born.endsWith(LEAP_DAY) ? addMonths(born, MAJORITY_MONTHS) : parisDay(end);
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
