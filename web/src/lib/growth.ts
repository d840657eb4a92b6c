/** How a child's weight compares with the reference, in words and in places on a drawing. */
import type { Growth, GrowthPlace, Measure } from "../api/types";
import { growthWords as t } from "../catalogue/growth.ts";
import { addDays } from "./calendar.ts";

const DAY = 86_400_000;

export const bornAt = ({ born_on: born }: Growth) => Date.parse(`${born}T00:00Z`);

export const placeOf = (growth: Growth | null, { id }: Measure): GrowthPlace | undefined =>
  growth?.places.find((one) => one.measure_id === id);

/** What pages say, as one: the curves are the same on all that have any. */
export function joined(pages: readonly (Growth | null)[]): Growth | null {
  const said = pages.filter((one) => one !== null);
  const drawn = said.find(({ curves }) => curves.length > 0) ?? said[0];
  return drawn ? { ...drawn, places: said.flatMap(({ places }) => places) } : null;
}

/** « 12 jours », « 14 mois », « 7 ans 2 mois », from a birthday and a number of days since. */
export function ageOf(born: string, days: number): string {
  const now = addDays(born, days);
  const [year = 0, month = 0, day = 0] = born.split("-").map(Number);
  const [thisYear = 0, thisMonth = 0, today = 0] = now.split("-").map(Number);
  const months = (thisYear - year) * 12 + thisMonth - month - (today < day ? 1 : 0);
  return months < 1 ? t.days(days) : t.age(Math.floor(months / 12), months % 12);
}

/** « entre le 15ᵉ et le 50ᵉ percentile ». */
export function bandOf({ above, below }: GrowthPlace): string {
  if (above === null) return t.under(below ?? 0);
  return below === null ? t.over(above) : t.between(above, below);
}

/** What that says of a hundred children. */
export function meaningOf({ above, below }: GrowthPlace): string {
  if (above === null) return t.meaning.under(below ?? 0);
  return below === null ? t.meaning.over(above) : t.meaning.between(above, below);
}

/** The part of a curve between two ages in days: its own points, and where it enters and leaves. */
export function within(ages: readonly number[], weights: readonly number[], from: number, to: number): [number, number][] {
  const at = (age: number): [number, number] => {
    const after = Math.max(1, ages.findIndex((one) => one >= age));
    const [low = 0, high = 0] = [ages[after - 1], ages[after]];
    const [first = 0, last = 0] = [weights[after - 1], weights[after]];
    return [age, first + ((age - low) / (high - low)) * (last - first)];
  };
  const [low, high] = [Math.max(from, ages[0] ?? 0), Math.min(to, ages.at(-1) ?? 0)];
  if (low >= high) return [];
  const inside = ages.flatMap((age, n): [number, number][] => (age > low && age < high ? [[age, weights[n] ?? 0]] : []));
  return [at(low), ...inside, at(high)];
}

/** Labels one under the other that do not touch: from the lowest on, each is pushed up as needed. */
export function apart(places: readonly number[], gap: number): number[] {
  const found: number[] = [];
  for (const y of places) found.push(Math.min(y, (found.at(-1) ?? Infinity) - gap));
  return found;
}

const STEPS = [1, 2, 3, 6, 12, 24, 36, 60];

/** The birthdays, of years or months, that an axis of time names by age. */
export function birthdaysOf(born: string, left: number, right: number, most: number): { at: number; label: string }[] {
  const [year = 0, month = 1, day = 1] = born.split("-").map(Number);
  const start = Date.UTC(year, month - 1, day);
  const step = STEPS.find((months) => (right - left) / DAY / 30.44 / months <= most) ?? 120;
  const found: { at: number; label: string }[] = [];
  for (let months = Math.max(0, Math.floor((left - start) / DAY / 31 / step) * step); ; months += step) {
    const at = Date.UTC(year, month - 1 + months, day);
    if (at > right) return found;
    if (at >= left) found.push({ at, label: months === 0 ? t.birth : t.age(Math.floor(months / 12), months % 12) });
  }
}
