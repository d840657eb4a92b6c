/** A weight to reach: how it is typed, and how far a weight is from it. */
import type { Measure, Target } from "../api/types";
import { targetWords as t } from "../catalogue/targets.ts";
import type { FieldError } from "../ui/form";
import { number } from "./format.ts";
import { readNumber } from "./measures.ts";

const [FROM, TO] = [30, 300];

export interface TypedTarget {
  weight: string;
  by: string;
}

export const typedTarget = (of: Target | null): TypedTarget => ({
  weight: of ? number(of.weight, 1) : "", by: of?.by ?? "",
});

/** « 3,2 kg au-dessus de votre objectif », to a hundred grams. */
export function distanceOf({ values }: Measure, target: number): string {
  const tenths = Math.round(((values["weight"] ?? 0) - target) * 10);
  if (tenths === 0) return t.reached.toLowerCase();
  const kilos = number(Math.abs(tenths) / 10, 1);
  return tenths > 0 ? t.above(kilos) : t.under(kilos);
}

function wrongWeight(text: string): string | null {
  const value = readNumber(text);
  if (text.trim() === "") return t.form.errors.missing;
  if (value === null) return t.form.errors.number;
  if (value < FROM || value > TO) return t.form.errors.bounds;
  return Math.abs(value * 10 - Math.round(value * 10)) > 1e-6 ? t.form.errors.decimals : null;
}

/** Everything wrong with what is typed; without anything, what is sent. */
export function wrongTarget({ weight, by }: TypedTarget, today: string) {
  const tests: [string, string | null][] = [
    ["target-weight", wrongWeight(weight)],
    ["target-by", by !== "" && by <= today ? t.form.errors.past : null],
  ];
  const errors: FieldError[] = tests.flatMap(([id, text]) => (text ? [{ id, text }] : []));
  return { errors, body: errors.length > 0 ? null : { weight: readNumber(weight) ?? 0, by: by || null } };
}
