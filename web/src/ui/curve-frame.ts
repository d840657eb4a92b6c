/** The frame of a curve: how wide, from when to when, from how much to how much, and what its axis names. */
import type { Growth, Measure } from "../api/types";
import { datesOf, gapsOf, scaleOf } from "../lib/curve";
import { birthdaysOf } from "../lib/growth";
import { COMPONENTS, type Component, type Kind } from "../lib/measures";
import { reachOf } from "./growth-curves";

export const HEIGHT = 260;
export const MARGIN = { top: 24, right: 14, bottom: 26, left: 44 };
const DAY = 86_400_000;
export const NARROW = 480;
/** With the reference of a child: room to name its curves, and time enough for them to be seen. */
const NAMES = 40;
const LEAST_DAYS = 60;
const BESIDE = 0.06;
/** The longest span of which an axis names days. */
const BY_DAY = 45;

/** The band of an adult who measures herself; the lower edge of each is where the other begins. */
export const REFERENCE: Partial<Record<Component, number>> = { systolic: 135, diastolic: 85 };
/** Around the values, so that small changes do not look like large ones. */
const LEAST_SPAN: Record<Kind, number> = { weight: 4, blood_pressure: 40 };

export interface CurveProps {
  kind: Kind;
  /** The oldest first, as are what to check in each. */
  measures: readonly Measure[];
  doubts: readonly (string | null)[];
  from: string | undefined;
  withReference: boolean;
  /** The reference of a child, and what a person wants to reach. */
  growth: Growth | null;
  target: number | null;
}

/** The reference, if it has something to say of these ages. */
export const drawnOf = ({ growth }: CurveProps): Growth | null => (growth && growth.curves.length > 0 ? growth : null);

/** After which points the line stops; a child's is one path, however rare her weights become. */
export const stopsOf = (props: CurveProps, instants: readonly number[]): Set<number> =>
  drawnOf(props) ? new Set() : gapsOf(instants);

/** The lowest and highest figure of the drawing: what is doubtful does not flatten the others. */
function boundsOf({ kind, measures, doubts, withReference, target }: CurveProps, reach: number[]): [number, number] {
  const sure = measures.filter((_, n) => doubts[n] === null);
  const shown = sure.length > 0 ? sure : measures;
  const all = shown.flatMap(({ values }) => COMPONENTS[kind].map((name) => values[name] ?? 0));
  if (withReference) all.push(...Object.values(REFERENCE));
  if (target !== null) all.push(target);
  all.push(...reach);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = Math.max((LEAST_SPAN[kind] - (high - low)) / 2, (high - low) * 0.08);
  return [Math.max(0, low - room), high + room];
}

export function geometry(props: CurveProps, width: number) {
  const { measures, from } = props;
  const instants = measures.map(({ at }) => Date.parse(at));
  const [first = 0, last = 0] = [instants[0], instants.at(-1)];
  const growth = drawnOf(props);
  const room = growth ? Math.max(DAY / 2, (LEAST_DAYS * DAY - (last - first)) / 2) : DAY / 2;
  const left = from ? Date.parse(`${from}T00:00Z`) : first - room;
  const until = from ? Math.max(Date.now(), last) : last + room;
  // The reference goes on a little, so that its names are beside the last point.
  const right = growth ? until + (until - left) * BESIDE : until;
  const [low, high] = boundsOf(props, growth ? reachOf(growth, left, right) : []);
  const [across, up] = [scaleOf(left, right), scaleOf(low, high)];
  const end = width - (growth ? NAMES : MARGIN.right);
  const [wide, tall] = [end - MARGIN.left, HEIGHT - MARGIN.top - MARGIN.bottom];
  return {
    instants, left, right, low, high, end,
    x: (at: number) => MARGIN.left + across(at) * wide,
    y: (value: number) => MARGIN.top + (1 - Math.min(1, Math.max(0, up(value)))) * tall,
    isBeyond: (value: number) => value < low || value > high,
  };
}

export type Geometry = ReturnType<typeof geometry>;

const yearOf = (at: number) => new Date(at).getUTCFullYear();

/** « 3 nov. » of weeks, « nov. 2026 » of months: the year where it changes. */
function dateLabel(at: number, n: number, all: readonly number[], byMonth: boolean): string {
  const isNewYear = n === 0 || yearOf(at) !== yearOf(all[n - 1] ?? at);
  return new Intl.DateTimeFormat("fr-FR", {
    timeZone: "UTC", month: "short", ...(byMonth ? (isNewYear ? { year: "numeric" } : {}) : { day: "numeric" }),
  }).format(at);
}

/** What the axis of time names: days, or the ages of a child over a longer time. */
export function timesOf(of: Geometry, growth: Growth | null, width: number): { at: number; label: string }[] {
  const byMonth = of.right - of.left > BY_DAY * DAY;
  if (growth && byMonth) return birthdaysOf(growth.born_on, of.left, of.right, width < NARROW ? 3 : 6);
  const dates = datesOf(of.left, of.right, width < NARROW ? 3 : 7);
  return dates.map((at, n) => ({ at, label: dateLabel(at, n, dates, byMonth) }));
}
