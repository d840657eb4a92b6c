/** What the marks of a curve mean, of those that it has. */
import { growthWords } from "../catalogue/growth";
import { measureWords as t } from "../catalogue/measures";
import { targetWords } from "../catalogue/targets";
import { type CurveProps, drawnOf } from "./curve-frame";
import { ranksOf } from "./growth-curves";

const LEGEND_MARKS = {
  round: <circle class="curve-point" cx={9} cy={9} r={4.5} />,
  square: <rect class="curve-point" x={5} y={5} width={8} height={8} />,
  doubt: <path class="curve-doubt" d="M9 2l7 12h-14z" />,
  limit: <line class="curve-limit" x1={0} x2={18} y1={9} y2={9} />,
  target: <line class="curve-target" x1={0} x2={18} y1={9} y2={9} />,
  growth: (
    <>
      <line class="growth-line p97" x1={0} x2={18} y1={3} y2={3} />
      <line class="growth-line p50" x1={0} x2={18} y1={9} y2={9} />
      <line class="growth-line p3" x1={0} x2={18} y1={15} y2={15} />
    </>
  ),
  gap: (
    <>
      <path class="curve-line" d="M0 9h4M14 9h4" />
      <circle class="curve-end" cx={4} cy={9} r={2} />
      <circle class="curve-end" cx={14} cy={9} r={2} />
    </>
  ),
};

export function Legend({ marks }: { marks: [keyof typeof LEGEND_MARKS, string][] }) {
  return (
    <ul class="curve-legend" role="list">
      {marks.map(([mark, words]) => (
        <li key={mark}>
          <svg width="18" height="18" aria-hidden="true" focusable="false">
            {LEGEND_MARKS[mark]}
          </svg>
          <span>{words}</span>
        </li>
      ))}
    </ul>
  );
}

export function legendOf(props: CurveProps, gaps: number): [keyof typeof LEGEND_MARKS, string][] {
  const { kind, doubts, withReference, target } = props;
  const { systolic, diastolic } = t.components;
  const growth = drawnOf(props);
  const all: [keyof typeof LEGEND_MARKS, string | false][] = [
    ["round", kind !== "weight" && systolic],
    ["square", kind !== "weight" && diastolic],
    ["limit", withReference && t.curve.zone],
    ["growth", growth !== null && growthWords.legend(ranksOf(growth))],
    ["target", target !== null && targetWords.legend],
    ["gap", gaps > 0 && t.curve.gap],
    ["doubt", doubts.some(Boolean) && t.curve.doubtful],
  ];
  return all.filter((one): one is [keyof typeof LEGEND_MARKS, string] => one[1] !== false);
}
