/** How recommendations are grouped, worded and placed on the time line. */
import type { ComingStep, PreventionState, Recommendation } from "../api/types";
import { preventionWords as t } from "../catalogue/prevention";
import type { IconName } from "../icons";
import { addDays, addMonths, daysBetween, monthStart } from "./calendar";
import { dateMedium } from "./format";

/** What asks for something first, then what does not. */
export const ORDER: PreventionState[] = ["late", "to_plan", "planned", "later", "upcoming", "done", "not_concerned"];

export const STATE_LOOKS: Record<PreventionState, { icon: IconName; tone: string }> = {
  late: { icon: "triangle-alert", tone: "warning" },
  to_plan: { icon: "calendar-plus", tone: "" },
  planned: { icon: "calendar-check", tone: "" },
  later: { icon: "hourglass", tone: "" },
  upcoming: { icon: "clock", tone: "" },
  done: { icon: "circle-check", tone: "success" },
  not_concerned: { icon: "ban", tone: "" },
};

/** When it is to be done, or was, or will be said again. */
export function windowInWords(of: Recommendation): string | null {
  if (of.state === "done") {
    const next = of.next_on && t.next(dateMedium(of.next_on));
    return [of.on && t.doneOn(dateMedium(of.on)), next].filter(Boolean).join(". ") || null;
  }
  if (of.state === "planned") return of.on && t.plannedOn(dateMedium(of.on));
  if (of.state === "not_concerned") return null;
  if (of.state === "later" && of.until) return t.postponed(dateMedium(addDays(of.until, 1)));
  if (of.state === "late") {
    return of.recommended_until
      ? t.before(dateMedium(of.recommended_until))
      : t.since(dateMedium(of.window_opens_on));
  }
  const ends = of.recommended_until ?? of.window_closes_on;
  return ends
    ? t.between(dateMedium(of.window_opens_on), dateMedium(ends))
    : t.from(dateMedium(of.window_opens_on));
}

const YEAR = 12;
/** Ages are said in months until then. */
const INFANT = 2 * YEAR;

/** How one says an age given in whole months. */
export function ageInWords(months: number): string {
  if (months >= INFANT) return t.coming.years(Math.floor(months / YEAR));
  return months === 0 ? t.coming.firstMonth : t.coming.months(months);
}

/** The steps to come by age in words, in their own order. */
export function byAge(steps: ComingStep[]): [age: string, steps: ComingStep[]][] {
  const ages = new Map<string, ComingStep[]>();
  for (const step of steps) {
    const age = ageInWords(step.age_months);
    ages.set(age, [...(ages.get(age) ?? []), step]);
  }
  return [...ages];
}

export interface Bar {
  of: Recommendation;
  /** Parts of the whole width, from 0 to 1. */
  from: number;
  to: number;
  /** It goes on beyond the right edge. */
  open: boolean;
}

/** As far as the server looks ahead. */
const PLOT_MONTHS = 3;

export interface Plot {
  bars: Bar[];
  /** The first day of each month, with its place. */
  ticks: { day: string; at: number }[];
}

/** The windows of the three months to come of what is still to be done. */
export function plotOf(items: Recommendation[], now: string): Plot {
  const last = addMonths(now, PLOT_MONTHS);
  const width = daysBetween(now, last);
  const place = (day: string) => Math.min(1, Math.max(0, daysBetween(now, day) / width));
  const bars = items
    .filter(({ state, window_opens_on: opens, window_closes_on: closes }) =>
      state !== "done" && state !== "not_concerned" && opens < last && (closes === null || closes >= now))
    .map((of) => ({
      of,
      from: place(of.state === "later" && of.until ? of.until : of.window_opens_on),
      to: place(of.window_closes_on ?? last),
      open: of.window_closes_on === null || of.window_closes_on > last,
    }));
  const ticks = Array.from({ length: PLOT_MONTHS }, (_, n) => monthStart(now, n + 1)).map(
    (day) => ({ day, at: place(day) }),
  );
  return { bars, ticks };
}
