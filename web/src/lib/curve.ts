/** Where the points of a curve are drawn, what its axes say, and where it stops for want of points. */

const DAY = 86_400_000;

/** Places numbers from 0, the lowest, to 1, the highest; in the middle when these are the same. */
export const scaleOf = (low: number, high: number) => (one: number) =>
  high === low ? 0.5 : (one - low) / (high - low);

/** Round numbers, about as many as asked, that a reader expects on an axis. */
export function ticksOf(low: number, high: number, about: number): number[] {
  const rough = (high - low) / Math.max(1, about);
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = power * ([1, 2, 5, 10].find((times) => power * times >= rough * 0.999) ?? 10);
  const first = Math.ceil(low / step);
  const count = Math.max(0, Math.floor(high / step + 1e-9) - first + 1);
  return Array.from({ length: count }, (_, n) => Number(((first + n) * step).toFixed(6)));
}

/** The instants, at midnight UTC, that an axis of time names: weeks, else firsts of months. */
export function datesOf(from: number, to: number, most: number): number[] {
  const days = (to - from) / DAY;
  if (days <= 45) {
    const step = Math.max(1, Math.ceil(days / Math.max(1, most)));
    const last = Math.floor(to / DAY) * DAY;
    const count = Math.floor((last - from) / (step * DAY)) + 1;
    return Array.from({ length: Math.max(0, count) }, (_, n) => last - n * step * DAY).toReversed();
  }
  const step = [1, 2, 3, 6, 12, 24, 60, 120, 240].find((months) => days / 30.4 / months <= most) ?? 600;
  const start = new Date(from);
  const months = start.getUTCFullYear() * 12 + start.getUTCMonth();
  const found: number[] = [];
  for (let month = Math.ceil(months / step) * step; ; month += step) {
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (at > to) return found;
    if (at >= from) found.push(at);
  }
}

const middle = (all: readonly number[]) => {
  const sorted = [...all].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
};

/**
 * After which points the curve stops, being interrupted: the next one comes later than half as much
 * again as is usual between two, and than a day and a half.
 */
export function gapsOf(instants: readonly number[]): Set<number> {
  const steps = instants.slice(1).map((at, n) => at - (instants[n] ?? at));
  const most = Math.max(1.5 * middle(steps), 1.5 * DAY);
  return new Set(steps.flatMap((step, n) => (step > most ? [n] : [])));
}

const NEAR = 45 * DAY;
const NEIGHBOURS = 6;

/** Which points are far, by a share of them, from what was measured around them. */
export function outliersOf(points: readonly { at: number; value: number }[], share: number): Set<number> {
  const found = new Set<number>();
  points.forEach(({ at, value }, n) => {
    const around = points
      .slice(Math.max(0, n - NEIGHBOURS), n + NEIGHBOURS + 1)
      .filter((other) => other !== points[n] && Math.abs(other.at - at) <= NEAR)
      .map((other) => other.value);
    const usual = middle(around);
    if (around.length >= 3 && Math.abs(value - usual) > share * usual) found.add(n);
  });
  return found;
}

/** The parts of a curve between its interruptions, each as places in the list of points. */
export function partsOf(count: number, gaps: ReadonlySet<number>): number[][] {
  const parts: number[][] = [];
  for (let n = 0; n < count; n += 1) {
    if (n === 0 || gaps.has(n - 1)) parts.push([]);
    parts.at(-1)?.push(n);
  }
  return parts;
}
