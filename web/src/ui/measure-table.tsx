/** All that the curve shows, in words: the newest first, what is missing between, and who added each. */
import { useState } from "preact/hooks";
import type { Growth, Measure } from "../api/types";
import { growthWords } from "../catalogue/growth";
import { measureWords as t } from "../catalogue/measures";
import { gapsOf } from "../lib/curve";
import { ageOf, bandOf, placeOf } from "../lib/growth";
import { type Kind, daysBetweenMeasures, shortMomentOf, sourceOf, valueOf } from "../lib/measures";
import { Button } from "./button";
import { DeleteMeasure } from "./delete-measure";
import { Icon } from "./icon";

/** Rows on screen before one asks for more; on paper all are. */
const SHOWN = 20;

interface Props {
  pid: string;
  kind: Kind;
  /** The oldest first, as are what to check in each. */
  measures: readonly Measure[];
  doubts: readonly (string | null)[];
  child: string | null;
  /** Of a child's weights: a column more. */
  growth: Growth | null;
  onGone: (of: Measure) => void;
  onBack: () => void;
}

function Notes({ of, doubt, child }: { of: Measure; doubt: string | null; child: string | null }) {
  return (
    <span class="measure-notes">
      {doubt && (
        <span class="badge warning">
          <Icon name="triangle-alert" />
          <span>{doubt}</span>
        </span>
      )}
      {of.comment && <span>{of.comment}</span>}
      <span class="muted">{sourceOf(of, child)}</span>
      {of.device && <span class="muted">{t.table.device(of.device)}</span>}
    </span>
  );
}

/** Nothing of an age that the reference does not say. */
function Placed({ of, growth }: { of: Measure; growth: Growth }) {
  const place = placeOf(growth, of);
  return (
    <td class="measure-place">
      {place && (
        <>
          <span>{ageOf(growth.born_on, place.age_days)}</span> <span class="begins">{bandOf(place)}</span>
        </>
      )}
    </td>
  );
}

function Missing({ days, later }: { days: number; later: boolean }) {
  return (
    <tr class={later ? "missing later" : "missing"}>
      <td colSpan={4}>{t.table.missing(days)}</td>
    </tr>
  );
}

export function MeasureTable({ pid, kind, measures, doubts, child, growth, onGone, onBack }: Props) {
  const [shown, setShown] = useState(SHOWN);
  const gaps = growth ? new Set<number>() : gapsOf(measures.map(({ at }) => Date.parse(at)));
  const rows = measures.map((of, n) => ({ of, n })).toReversed();
  return (
    <section aria-labelledby="table">
      <h2 id="table" tabIndex={-1}>{t.table.title}</h2>
      <table class="card measures">
        <caption>{t.table.caption(t.kinds[kind], t.counted(measures.length))}</caption>
        <thead>
          <tr>
            <th scope="col">{t.table.when}</th>
            <th scope="col">{t.table.value}</th>
            {growth && <th scope="col">{growthWords.column}</th>}
            <th scope="col">{t.table.note}</th>
            <th scope="col" class="print-hidden">{t.table.act}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ of, n }, row) => {
            const before = measures[n - 1];
            const missing = before && gaps.has(n - 1) ? daysBetweenMeasures(before, of) : 0;
            return [
              <tr key={of.id} class={row < shown ? undefined : "later"}>
                <th scope="row">
                  {shortMomentOf(of)}
                </th>
                <td class="measure-value">{valueOf(of)}</td>
                {growth && <Placed of={of} growth={growth} />}
                <td class="measure-note">
                  <Notes of={of} doubt={doubts[n] ?? null} child={child} />
                </td>
                <td class="measure-act print-hidden">
                  <DeleteMeasure pid={pid} of={of} child={child} onGone={() => onGone(of)} onBack={onBack} />
                </td>
              </tr>,
              missing > 0 && <Missing key={`${of.id} missing`} days={missing} later={row >= shown - 1} />,
            ];
          })}
        </tbody>
      </table>
      {rows.length > shown && (
        <div class="more">
          <Button onPress={() => setShown(shown + SHOWN)}>{t.table.more}</Button>
        </div>
      )}
    </section>
  );
}
