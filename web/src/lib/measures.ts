/** What measures are called, how they are written, typed and taken away as a file. */
import { signal } from "@preact/signals";
import type { Growth, Measure, MeasureDraft, UsualRange } from "../api/types";
import { growthWords } from "../catalogue/growth.ts";
import { measureWords as t } from "../catalogue/measures";
import type { FieldError } from "../ui/form";
import { outliersOf } from "./curve.ts";
import { monthsAgo } from "./dates.ts";
import { dateLong, dateMedium, dateShort, number } from "./format.ts";
import { ageOf, bandOf, placeOf } from "./growth.ts";
import { said } from "./profile.ts";
import { typo } from "./typo.ts";
import { clock } from "./when.ts";
import { deviceZone, instantsOf, offsetOf, wallOf } from "./zoned.ts";

/** Counts what changed elsewhere than in the list that is shown. */
export const changes = signal(0);

export type Kind = Measure["kind"];
export type Component = keyof typeof t.components;

export const KINDS: readonly Kind[] = ["weight", "blood_pressure"];
export const COMPONENTS: Record<Kind, readonly Component[]> = {
  weight: ["weight"],
  blood_pressure: ["systolic", "diastolic"],
};
/** Addresses name no measure: a kind has a number in them. */
export const CODES: Record<Kind, string> = { weight: "1", blood_pressure: "2" };
export const kindOf = (code: string | undefined): Kind => KINDS.find((kind) => CODES[kind] === code) ?? "weight";

export const UNITS: Record<Kind, Measure["unit"]> = { weight: "kg", blood_pressure: "mmHg" };

/** How many months back each range goes. */
export const RANGES = { "1m": 1, "3m": 3, "1a": 12, tout: null } as const;
export type Range = keyof typeof RANGES;
export const rangeOf = (code: string | undefined): Range =>
  code && Object.hasOwn(RANGES, code) ? (code as Range) : "3m";

export const startOf = (range: Range): string | undefined => {
  const months = RANGES[range];
  return months === null ? undefined : monthsAgo(months);
};

/** A day of somebody grown up: what is said of adults is not said of her before. */
export const ADULT = 18;
/** P: how far from those around it a figure is worth a second look. */
const FAR: Record<Kind, number> = { weight: 0.1, blood_pressure: 0.3 };

/** Its moment on the reader's own clock: it was measured where she was, or by a device set to UTC. */
const shownAt = ({ at }: Measure, zone: string) => wallOf(at, zone);

export const dayOf = (of: Measure, zone = deviceZone()) => shownAt(of, zone).slice(0, 10);

/**
 * The clock of the place, « 18 h 30 », with its day if that is another; null where it is the
 * reader's. UTC tells of no place: it is what a device is set to that does not know where it is.
 */
export function elsewhere({ at }: Measure, zone = deviceZone()): string | null {
  const [shown, there] = [wallOf(at, zone), at.slice(0, 16)];
  if (shown === there || /(?:Z|[+-]00:00)$/.test(at)) return null;
  return there.slice(0, 10) === shown.slice(0, 10)
    ? clock(there)
    : t.moment(dateMedium(there.slice(0, 10)), clock(there), null);
}

const momentIn = (of: Measure, write: (day: string) => string, zone: string) =>
  t.moment(write(dayOf(of, zone)), clock(shownAt(of, zone)), elsewhere(of, zone));

/** « lundi 23 novembre 2026 à 9 h 30 ». */
export const momentOf = (of: Measure, zone = deviceZone()) => momentIn(of, dateLong, zone);

/** « 23 novembre 2026 à 9 h 30 », where there are many. */
export const shortMomentOf = (of: Measure, zone = deviceZone()) => momentIn(of, dateMedium, zone);

/** « 72,4 kg », « 128/79 mmHg ». */
export const valueOf = ({ kind, values, unit }: Measure) =>
  `${COMPONENTS[kind].map((name) => number(values[name] ?? 0, 3)).join("/")}\u00a0${unit}`;

/** Who added it; `whom`: for whom, if that is not the reader. */
export function sourceOf({ source, is_own: isOwn }: Measure, child: string | null): string {
  if (source.kind === "application") return t.source.application(typo(source.name ?? ""));
  if (isOwn) return child ? t.source.youFor(child) : t.source.you;
  if (source.name === null) return said(t).source.person;
  return t.source.parent(typo(source.name), child ?? t.source.yourself);
}

/**
 * What is worth a second look in each of these, the oldest first; of the same length. A child who
 * grows is soon far from what she weighed: where the reference says something, it is looked at.
 */
export function doubtsOf(kind: Kind, measures: readonly Measure[], growth: Growth | null = null): (string | null)[] {
  const far = COMPONENTS[kind].map((name) =>
    outliersOf(measures.map((of) => ({ at: Date.parse(of.at), value: of.values[name] ?? 0 })), FAR[kind]),
  );
  return measures.map((of, n) => {
    if (of.unusual.length > 0) return t.doubt.unusual;
    return !placeOf(growth, of) && far.some((found) => found.has(n)) ? t.doubt.far : null;
  });
}

/** « de 70,1 à 74,3 kg », of a figure over a period. */
export function span(kind: Kind, measures: readonly Measure[]): string {
  return COMPONENTS[kind]
    .map((name) => {
      const all = measures.map(({ values }) => values[name] ?? 0);
      const [low, high] = [Math.min(...all), Math.max(...all)].map((one) => number(one, 3));
      return t.span(kind === "weight" ? null : t.components[name], low ?? "", high ?? "", UNITS[kind]);
    })
    .join(t.spanJoin);
}

/** « 12 jours sans mesure ». */
export const daysBetweenMeasures = (one: Measure, other: Measure) =>
  Math.round((Date.parse(`${dayOf(other)}T00:00Z`) - Date.parse(`${dayOf(one)}T00:00Z`)) / 86_400_000) - 1;

// A file for a spreadsheet: what would be read there as a formula is told not to be.
const cell = (text: string) => {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[;"\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

function placedIn(growth: Growth | null, of: Measure): string[] {
  if (!growth) return [];
  const place = placeOf(growth, of);
  return place ? [ageOf(growth.born_on, place.age_days), bandOf(place)] : ["", ""];
}

/** What is shown, the oldest first, as a French spreadsheet reads it. */
export function csvOf(
  kind: Kind, measures: readonly Measure[], child: string | null, growth: Growth | null = null, zone = deviceZone(),
): string {
  const unit = UNITS[kind];
  const head = [
    t.csv.day, t.csv.time, t.csv.offset, ...COMPONENTS[kind].map((name) => `${t.components[name]} (${unit})`),
    ...(growth ? [growthWords.csv.age, growthWords.csv.band] : []),
    t.csv.comment, t.csv.source, t.csv.device,
  ];
  const lines = measures.map((of) => [
    dateShort(dayOf(of, zone)),
    shownAt(of, zone).slice(11),
    `UTC${offsetOf(Date.parse(of.at), zone)}`,
    ...COMPONENTS[kind].map((name) => String(of.values[name] ?? "").replace(".", ",")),
    ...placedIn(growth, of),
    of.comment ?? "",
    sourceOf(of, child),
    of.device ?? "",
  ]);
  return `\ufeff${[head, ...lines].map((line) => line.map(cell).join(";")).join("\r\n")}\r\n`;
}

export interface Typed {
  kind: Kind;
  weight: string;
  systolic: string;
  diastolic: string;
  date: string;
  time: string;
  comment: string;
}

export const blank = (kind: Kind, now: string): Typed => ({
  kind, weight: "", systolic: "", diastolic: "", date: now.slice(0, 10), time: now.slice(11, 16), comment: "",
});

/** « 72,4 » or « 72.4 » as a number; null if it is none. */
export function readNumber(text: string): number | null {
  const clean = text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  return /^\d+(?:\.\d+)?$/.test(clean) ? Number(clean) : null;
}

/** A pressure is often said in centimetres: « 12/8 » is 120/80. */
const IN_CENTIMETRES = 30;

/** What to check in a figure typed, if anything; it refuses nothing. */
export function doubtOf(component: Component, text: string, usual: readonly UsualRange[]): string | null {
  const value = readNumber(text);
  const range = usual.find((one) => one.component === component);
  if (value === null || value === 0 || !range || (value >= range.low && value <= range.high)) return null;
  if (component !== "weight" && value < IN_CENTIMETRES) return t.form.centimetres(number(value * 10, 0));
  return t.form.unusual(number(range.low, 1), number(range.high, 1), component === "weight" ? "kg" : "mmHg");
}

const COMMENT_MAX = 150;

function wrongFigures({ kind, ...typed }: Typed): [string, string | false][] {
  const numbers = COMPONENTS[kind].map((name) => [name, readNumber(typed[name])] as const);
  const [systolic, diastolic] = [readNumber(typed.systolic), readNumber(typed.diastolic)];
  const isUpsideDown = kind === "blood_pressure" && systolic !== null && diastolic !== null && systolic <= diastolic;
  return [
    ...numbers.map(([name, value]): [string, string | false] => [
      name,
      value === null ? (typed[name].trim() ? t.form.errors.number : said(t).form.errors[name]) : value === 0 && t.form.errors.zero,
    ]),
    ["diastolic", isUpsideDown && t.form.errors.order],
  ];
}

/** Everything wrong with what is typed, field by field. */
export function wrong(typed: Typed, zone: string, now: number): FieldError[] {
  const { date, time, comment } = typed;
  const isTimed = date !== "" && time !== "";
  const at = isTimed ? instantsOf(`${date}T${time}`, zone)[0] : undefined;
  const tests: [string, string | false][] = [
    ...wrongFigures(typed),
    ["date", !date && t.form.errors.date],
    ["time", !time && t.form.errors.time],
    ["time", isTimed && at === undefined && t.form.errors.skipped],
    [at !== undefined && date > wallOf(now, zone).slice(0, 10) ? "date" : "time", at !== undefined && at > now && t.form.errors.future],
    ["comment", comment.trim().length > COMMENT_MAX && t.form.errors.comment],
  ];
  return tests.flatMap(([id, text]) => (text ? [{ id, text }] : []));
}

/** What is sent; the offset is that of this device's clock, then. */
export function draftOf(typed: Typed, zone: string): MeasureDraft {
  const wall = `${typed.date}T${typed.time}`;
  const at = instantsOf(wall, zone)[0] ?? Date.parse(`${wall}Z`);
  return {
    kind: typed.kind,
    at: `${wall}:00${offsetOf(at, zone)}`,
    values: Object.fromEntries(COMPONENTS[typed.kind].map((name) => [name, readNumber(typed[name]) ?? 0])),
    comment: typed.comment.trim() || null,
    device: null,
  };
}

/** The same measure again, after it was deleted. */
export const again = ({ kind, at, values, comment, device }: Measure): MeasureDraft => ({
  kind, at, values, comment, device,
});

/** The server's refusals as errors of fields. */
export function refusedFields(errors: { pointer: string; detail: string }[], kind: Kind): FieldError[] {
  return errors.map(({ pointer, detail }) => {
    const [, member = "", inner = ""] = pointer.split("/");
    const fields: Record<string, string> = { at: "date", values: inner || (COMPONENTS[kind][0] ?? "weight") };
    return { id: fields[member] ?? "comment", text: typo(detail) };
  });
}
