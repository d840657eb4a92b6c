/**
 * The same analyses of two results, from the tables that laboratories write for people to read.
 * What cannot be compared is said, never guessed: another unit, words, a value below a threshold.
 */
import type { NarrativeBlock, NarrativeCell, NarrativeSection } from "../api/types";
import { scaleOf } from "./curve.ts";
import { fold } from "./fold.ts";

export interface Result {
  /** As the laboratory names it; method included, since values of two methods are not the same. */
  name: string;
  value: string;
  unit: string;
  reference: string;
}

export type Change =
  | { kind: "up" | "down"; by: string; unit: string }
  /** The same value. */
  | { kind: "same" }
  /** Two different texts. */
  | { kind: "other" }
  /** Two units, or a value that is only a bound: which is more is not known. */
  | { kind: "unknown" }
  /** One of the two documents does not have it. */
  | { kind: "alone" };

export interface Line {
  key: string;
  name: string;
  first: Result | null;
  second: Result | null;
  change: Change;
}

type Table = Extract<NarrativeBlock, { type: "table" }>;

const RESULT = /^(resultat|valeur(?!s? (de reference|usuelle|normale)))/;
const REFERENCE = /reference|intervalle|norme|borne|valeurs? (usuelle|normale)/;
const UNIT = /^unite/;

function wordsOf(blocks: NarrativeBlock[] = []): string {
  const said = blocks.map((block) => {
    if (block.type === "paragraph") return block.runs.map((run) => (run.type === "text" ? run.text : " ")).join("");
    if (block.type === "list") return block.items.map((item) => wordsOf(item)).join(" ; ");
    return "";
  });
  return said.join(" ").replace(/\s+/g, " ").trim();
}

const isPlain = (row: NarrativeCell[]) => row.every(({ colspan = 1, rowspan = 1 }) => colspan === 1 && rowspan === 1);

const textAt = (row: NarrativeCell[], at: number) => (at < 0 ? "" : wordsOf(row[at]?.blocks));

/** The results of a table that has a column of them; the first, when earlier ones stand beside. */
function ofTable({ head = [], body = [] }: Table): Result[] {
  const [titles] = head;
  if (head.length !== 1 || !titles || ![titles, ...body].every(isPlain)) return [];
  const columns = titles.map((cell) => fold(wordsOf(cell.blocks)));
  const find = (pattern: RegExp) => columns.findIndex((title, at) => at > 0 && pattern.test(title));
  const value = find(RESULT);
  if (value < 0) return [];
  return body
    .map((row) => ({
      name: textAt(row, 0),
      value: textAt(row, value),
      unit: textAt(row, find(UNIT)),
      reference: textAt(row, find(REFERENCE)),
    }))
    .filter((result) => result.name && result.value);
}

/** Every result of a document, in reading order. */
export const resultsOf = (sections: readonly NarrativeSection[]): Result[] =>
  sections.flatMap(({ blocks = [], sections: inner = [] }) => [
    ...blocks.flatMap((block) => (block.type === "table" ? ofTable(block) : [])),
    ...resultsOf(inner),
  ]);

interface Measure {
  value: number;
  decimals: number;
  unit: string;
}

/** « 1 250,5 mUI/l » as a number and its unit; null for words, a range, a date or « < 0,01 ». */
export function measureOf({ value, unit }: Pick<Result, "value" | "unit">): Measure | null {
  const read = /^([-+]?\d{1,3}(?:[\s\u00a0\u202f]\d{3})+|[-+]?\d+)(?:[.,](\d+))?(?:[\s\u00a0\u202f]*([^\d\s].*))?$/.exec(value.trim());
  if (!read) return null;
  const [, whole = "", fraction = "", beside = ""] = read;
  const said = (beside || unit).trim();
  // A date, a time, a ratio or an interval begins with a number too.
  if (/^[/:àa-]\s*\d|^[/:]/.test(said)) return null;
  return {
    value: Number(`${whole.replace(/\s/gu, "")}.${fraction || 0}`),
    decimals: fraction.length,
    unit: said,
  };
}

const sameUnit = (a: string, b: string) => fold(a).replace(/\s/g, "") === fold(b).replace(/\s/g, "");

const isBound = ({ value }: Result) => /\d/.test(value);

export function changeOf(first: Result | null, second: Result | null): Change {
  if (!first || !second) return { kind: "alone" };
  const [a, b] = [measureOf(first), measureOf(second)];
  if (!a || !b) {
    if (fold(first.value) === fold(second.value)) return { kind: "same" };
    return { kind: a || b || isBound(first) || isBound(second) ? "unknown" : "other" };
  }
  if (!sameUnit(a.unit, b.unit)) return { kind: "unknown" };
  if (a.value === b.value) return { kind: "same" };
  const digits = Math.max(a.decimals, b.decimals);
  const by = new Intl.NumberFormat("fr-FR", { minimumFractionDigits: digits, maximumFractionDigits: digits })
    .format(Math.abs(b.value - a.value))
    .replaceAll("\u202f", "\u00a0");
  return { kind: b.value > a.value ? "up" : "down", by, unit: b.unit };
}

/** By name, and by rank where a document says a name several times. */
function named(results: readonly Result[]): Map<string, Result> {
  const times = new Map<string, number>();
  return new Map(
    results.map((result) => {
      const name = fold(result.name).replace(/\s+/g, " ");
      const time = (times.get(name) ?? 0) + 1;
      times.set(name, time);
      return [`${name} ${time}`, result];
    }),
  );
}

export interface Point {
  day: string;
  value: number;
  /** As it was written. */
  said: string;
}

export interface Trend {
  name: string;
  unit: string;
  points: Point[];
}

/** Two points are a comparison; a trend begins with the third. */
const FEWEST = 3;

/** The analyses that are numbers in one unit in at least three of these documents, the oldest first. */
export function trendsOf(documents: readonly { day: string; results: readonly Result[] }[]): Trend[] {
  const found = new Map<string, Trend>();
  for (const { day, results } of documents) {
    for (const [key, result] of named(results)) {
      const measure = measureOf(result);
      if (!measure) continue;
      const at = `${key} ${fold(measure.unit).replace(/\s/g, "")}`;
      const trend = found.get(at) ?? { name: result.name, unit: measure.unit, points: [] };
      trend.points.push({ day, value: measure.value, said: [result.value, result.unit].filter(Boolean).join(" ") });
      found.set(at, trend);
    }
  }
  return [...found.values()].filter(({ points }) => points.length >= FEWEST);
}

/** Where each point is drawn, from 0 to 1: days from the left, values from the bottom. */
export function placesOf(points: readonly Point[]): { x: number; y: number }[] {
  const days = points.map(({ day }) => Date.parse(day));
  const values = points.map(({ value }) => value);
  const [across, up] = [scaleOf(Math.min(...days), Math.max(...days)), scaleOf(Math.min(...values), Math.max(...values))];
  return points.map((_, at) => ({ x: across(days[at] ?? 0), y: up(values[at] ?? 0) }));
}

/** Every analysis of the second document, then those of the first alone. */
export function compareResults(first: readonly Result[], second: readonly Result[]): Line[] {
  const [before, after] = [named(first), named(second)];
  return [...new Set([...after.keys(), ...before.keys()])].map((key) => {
    const [a, b] = [before.get(key) ?? null, after.get(key) ?? null];
    return { key, name: (b ?? a)?.name ?? "", first: a, second: b, change: changeOf(a, b) };
  });
}
