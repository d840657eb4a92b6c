/** The reference of a child's age and sex: its curves in a drawing, and what they say in words. */
import type { Growth, Measure } from "../api/types";
import { growthWords as t } from "../catalogue/growth";
import { apart, ageOf, bandOf, bornAt, meaningOf, placeOf, within } from "../lib/growth";
import { valueOf } from "../lib/measures";

const DAY = 86_400_000;
/** Between the labels of two curves. */
const LINE = 14;

interface Frame {
  left: number;
  right: number;
  x: (at: number) => number;
  y: (value: number) => number;
}

/** What the curves reach between two instants, so that the drawing has room for them. */
export function reachOf(growth: Growth, left: number, right: number): number[] {
  const born = bornAt(growth);
  return growth.curves.flatMap(({ weights }) =>
    within(growth.ages, weights, (left - born) / DAY, (right - born) / DAY).map(([, weight]) => weight),
  );
}

/** Each curve with its own dashes, named where it ends. */
export function GrowthCurves({ of, growth }: { of: Frame; growth: Growth }) {
  const born = bornAt(growth);
  const drawn = growth.curves.map(({ percentile, weights }) => ({
    percentile,
    points: within(growth.ages, weights, (of.left - born) / DAY, (of.right - born) / DAY).map(
      ([age, weight]) => [of.x(born + age * DAY), of.y(weight)] as const,
    ),
  }));
  const ends = drawn.map(({ points }) => points.at(-1));
  const labels = apart(ends.map((end) => end?.[1] ?? 0), LINE);
  return (
    <>
      {drawn.map(({ percentile, points }, n) => (
        <g key={percentile}>
          <polyline class={`growth-line p${percentile}`} points={points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ")} />
          {ends[n] && (
            <text class="growth-label" x={(ends[n]?.[0] ?? 0) + 5} y={(labels[n] ?? 0) + 4}>
              {t.rank(percentile)}
            </text>
          )}
        </g>
      ))}
    </>
  );
}

/** « 3ᵉ, 15ᵉ, 50ᵉ, 85ᵉ et 97ᵉ ». */
export function ranksOf({ curves }: Growth): string {
  const ranks = curves.map(({ percentile }) => t.rank(percentile));
  return [ranks.slice(0, -1).join(", "), ranks.at(-1)].join(t.and);
}

/** Where the last weight is, what that means, what it does not, and whose reference it is. */
export function GrowthWords({ growth, last }: { growth: Growth | null; last: Measure }) {
  const place = placeOf(growth, last);
  return (
    <section class="card" aria-labelledby="growth">
      <h2 id="growth">{t.title}</h2>
      {growth === null && <p>{t.unknown}</p>}
      {growth && !place && <p>{t.ended}</p>}
      {growth && place && (
        <>
          <p>
            <strong>{t.present(ageOf(growth.born_on, place.age_days), valueOf(last), bandOf(place))}</strong> {meaningOf(place)}
          </p>
          <p>{t.little}</p>
        </>
      )}
      {growth && growth.curves.length > 0 && (
        <p class="hint">
          {t.source(growth.source)} {t.booklet} {t.preterm}
        </p>
      )}
    </section>
  );
}
