/** The curve of a measure: drawn for who looks, read point by point with a slider, and in its table. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Measure } from "../api/types";
import { measureWords as t } from "../catalogue/measures";
import { datesOf, gapsOf, partsOf, scaleOf, ticksOf } from "../lib/curve";
import { dateMedium, number } from "../lib/format";
import { COMPONENTS, type Component, type Kind, dayOf, momentOf, span, valueOf } from "../lib/measures";

const HEIGHT = 260;
const MARGIN = { top: 24, right: 14, bottom: 26, left: 44 };
const DAY = 86_400_000;
const NARROW = 480;

/** The band of an adult who measures herself; the lower edge of each is where the other begins. */
const REFERENCE: Partial<Record<Component, number>> = { systolic: 135, diastolic: 85 };
/** Around the values, so that small changes do not look like large ones. */
const LEAST_SPAN: Record<Kind, number> = { weight: 4, blood_pressure: 40 };

interface Props {
  kind: Kind;
  /** The oldest first, as are what to check in each. */
  measures: readonly Measure[];
  doubts: readonly (string | null)[];
  from: string | undefined;
  withReference: boolean;
}

/** How wide the drawing is, in pixels: letters then have their own size on every screen. */
function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!box.current) return undefined;
    const watch = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return { box, width };
}

/** The lowest and highest figure of the drawing: what is doubtful does not flatten the others. */
function boundsOf({ kind, measures, doubts, withReference }: Props): [number, number] {
  const sure = measures.filter((_, n) => doubts[n] === null);
  const shown = sure.length > 0 ? sure : measures;
  const all = shown.flatMap(({ values }) => COMPONENTS[kind].map((name) => values[name] ?? 0));
  if (withReference) all.push(...Object.values(REFERENCE));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = Math.max((LEAST_SPAN[kind] - (high - low)) / 2, (high - low) * 0.08);
  return [Math.max(0, low - room), high + room];
}

function geometry(props: Props, width: number) {
  const { measures, from } = props;
  const instants = measures.map(({ at }) => Date.parse(at));
  const [first = 0, last = 0] = [instants[0], instants.at(-1)];
  const [left, right] = [from ? Date.parse(`${from}T00:00Z`) : first - DAY / 2, from ? Math.max(Date.now(), last) : last + DAY / 2];
  const [low, high] = boundsOf(props);
  const [across, up] = [scaleOf(left, right), scaleOf(low, high)];
  const [wide, tall] = [width - MARGIN.left - MARGIN.right, HEIGHT - MARGIN.top - MARGIN.bottom];
  return {
    instants, left, right, low, high,
    x: (at: number) => MARGIN.left + across(at) * wide,
    y: (value: number) => MARGIN.top + (1 - Math.min(1, Math.max(0, up(value)))) * tall,
    isBeyond: (value: number) => value < low || value > high,
  };
}

type Geometry = ReturnType<typeof geometry>;

const yearOf = (at: number) => new Date(at).getUTCFullYear();

/** « 3 nov. » of weeks, « nov. 2026 » of months: the year where it changes. */
function dateLabel(at: number, n: number, all: readonly number[], byMonth: boolean): string {
  const isNewYear = n === 0 || yearOf(at) !== yearOf(all[n - 1] ?? at);
  return new Intl.DateTimeFormat("fr-FR", {
    timeZone: "UTC", month: "short", ...(byMonth ? (isNewYear ? { year: "numeric" } : {}) : { day: "numeric" }),
  }).format(at);
}

function Axes({ of, kind, width }: { of: Geometry; kind: Kind; width: number }) {
  const dates = datesOf(of.left, of.right, width < NARROW ? 3 : 7);
  const byMonth = of.right - of.left > 45 * DAY;
  return (
    <>
      {ticksOf(of.low, of.high, 5).map((value) => (
        <g key={value}>
          <line class="curve-grid" x1={MARGIN.left} x2={width - MARGIN.right} y1={of.y(value)} y2={of.y(value)} />
          <text class="curve-mark" x={MARGIN.left - 8} y={of.y(value) + 4} text-anchor="end">
            {number(value, 1)}
          </text>
        </g>
      ))}
      {dates.map((at, n) => (
        <text key={at} class="curve-mark" x={of.x(at)} y={HEIGHT - 6} text-anchor={of.x(at) > width - 60 ? "end" : "middle"}>
          {dateLabel(at, n, dates, byMonth)}
        </text>
      ))}
      <text class="curve-unit" x={0} y={10}>
        {kind === "weight" ? "kg" : "mmHg"}
      </text>
    </>
  );
}

/** Hatched, each its own way, so that no colour is needed. */
function Bands({ of, width, id }: { of: Geometry; width: number; id: string }) {
  const [systolic = 0, diastolic = 0] = [REFERENCE.systolic, REFERENCE.diastolic];
  const bands = [
    { name: "systolic", from: systolic, to: diastolic, turn: 45 },
    { name: "diastolic", from: diastolic, to: Math.max(of.low, 0), turn: -45 },
  ] as const;
  return (
    <>
      {bands.map(({ name, from, to, turn }) => (
        <g key={name}>
          <pattern id={`${id}-${name}`} width="8" height="8" patternUnits="userSpaceOnUse" patternTransform={`rotate(${turn})`}>
            <line class="curve-hatch" x1="0" y1="0" x2="0" y2="8" />
          </pattern>
          <rect
            x={MARGIN.left} width={Math.max(0, width - MARGIN.left - MARGIN.right)}
            y={of.y(from)} height={Math.max(0, of.y(to) - of.y(from))} fill={`url(#${id}-${name})`}
          />
          <line class="curve-limit" x1={MARGIN.left} x2={width - MARGIN.right} y1={of.y(from)} y2={of.y(from)} />
          <text class="curve-band" x={MARGIN.left + 6} y={of.y(from) + 15}>
            {width < NARROW ? number(from, 0) : t.curve.below(t.components[name], from)}
          </text>
        </g>
      ))}
    </>
  );
}

/** How large a mark is: small where points are many, so that the line shows. */
const sizeOf = (count: number, width: number) => (width / Math.max(1, count) < 7 ? 2 : 4.5);

/** A round for the first figure, a square for the second, a triangle for what is to be checked. */
function Mark({ x, y, size, component, doubtful, beyond }: {
  x: number;
  y: number;
  size: number;
  component: Component;
  doubtful: boolean;
  beyond: boolean;
}) {
  if (doubtful) return <path class="curve-doubt" d={`M${x} ${y - 7}l7 12h-14z`} />;
  if (beyond) return <path class="curve-point" d={`M${x} ${y - 5}l5 5l-5 5l-5 -5z`} />;
  if (component === "diastolic") {
    return <rect class="curve-point" x={x - size} y={y - size} width={2 * size} height={2 * size} />;
  }
  return <circle class="curve-point" cx={x} cy={y} r={size} />;
}

function Series({ of, props, component, size }: { of: Geometry; props: Props; component: Component; size: number }) {
  const { measures, doubts } = props;
  const value = (n: number) => measures[n]?.values[component] ?? 0;
  const place = (n: number) => `${of.x(of.instants[n] ?? 0).toFixed(1)},${of.y(value(n)).toFixed(1)}`;
  // A doubtful point interrupts nothing: the line passes it by.
  const sure = measures.map((_, n) => n).filter((n) => doubts[n] === null);
  const parts = partsOf(sure.length, gapsOf(sure.map((n) => of.instants[n] ?? 0)));
  return (
    <>
      {parts.map((part) => (
        <polyline
          key={part[0]}
          class={`curve-line ${component}`}
          points={part.map((n) => place(sure[n] ?? 0)).join(" ")}
        />
      ))}
      {measures.map(({ id }, n) => (
        <Mark
          key={id}
          x={of.x(of.instants[n] ?? 0)}
          y={of.y(value(n))}
          size={size}
          component={component}
          doubtful={doubts[n] !== null}
          beyond={of.isBeyond(value(n))}
        />
      ))}
    </>
  );
}

const LEGEND_MARKS = {
  round: <circle class="curve-point" cx={9} cy={9} r={4.5} />,
  square: <rect class="curve-point" x={5} y={5} width={8} height={8} />,
  doubt: <path class="curve-doubt" d="M9 2l7 12h-14z" />,
  limit: <line class="curve-limit" x1={0} x2={18} y1={9} y2={9} />,
  gap: (
    <>
      <path class="curve-line" d="M0 9h4M14 9h4" />
      <circle class="curve-end" cx={4} cy={9} r={2} />
      <circle class="curve-end" cx={14} cy={9} r={2} />
    </>
  ),
};

function Legend({ marks }: { marks: [keyof typeof LEGEND_MARKS, string][] }) {
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

function legendOf({ kind, doubts, withReference }: Props, gaps: number): [keyof typeof LEGEND_MARKS, string][] {
  const { systolic, diastolic } = t.components;
  const two: [keyof typeof LEGEND_MARKS, string][] = kind === "weight" ? [] : [["round", systolic], ["square", diastolic]];
  return [
    ...two,
    ...(withReference ? [["limit", t.curve.zone] as [keyof typeof LEGEND_MARKS, string]] : []),
    ...(gaps > 0 ? [["gap", t.curve.gap] as [keyof typeof LEGEND_MARKS, string]] : []),
    ...(doubts.some(Boolean) ? [["doubt", t.curve.doubtful] as [keyof typeof LEGEND_MARKS, string]] : []),
  ];
}

/** One point after the other: by arrows, by dragging, by a press on the drawing. */
function Reading({ measures, doubts, chosen, choose }: Pick<Props, "measures" | "doubts"> & {
  chosen: number;
  choose: (n: number) => void;
}) {
  const of = measures[chosen];
  if (!of) return null;
  const parts = [t.curve.said(momentOf(of), valueOf(of)), doubts[chosen], of.comment];
  return (
    <div class="curve-reading print-hidden">
      <label for="reading">{t.curve.reading}</label>
      <input
        id="reading"
        type="range"
        min={0}
        max={measures.length - 1}
        step={1}
        value={chosen}
        aria-valuetext={t.curve.point(chosen + 1, measures.length)}
        aria-describedby="reading-hint"
        onInput={(event) => choose(Number(event.currentTarget.value))}
      />
      <output class="begins" for="reading">
        {parts.filter(Boolean).join(". ")}
      </output>
      <p class="hint keys-hint" id="reading-hint">
        {t.curve.hint}
      </p>
    </div>
  );
}

const nearest = (places: number[], x: number) =>
  places.reduce((best, place, n) => (Math.abs(place - x) < Math.abs((places[best] ?? 0) - x) ? n : best), 0);

export function MeasureCurve(props: Props) {
  const { kind, measures, withReference } = props;
  const { box, width } = useWidth();
  const id = useId();
  const [asked, setAsked] = useState<number | null>(null);
  const chosen = Math.min(asked ?? measures.length - 1, measures.length - 1);
  const of = geometry(props, Math.max(width, 1));
  const gaps = gapsOf(of.instants).size;
  const [first, last, read] = [measures[0], measures.at(-1), measures[chosen]];
  if (!first || !last || !read) return null;
  const label = t.curve.label(
    t.kinds[kind], t.counted(measures.length), dateMedium(dayOf(first)), dateMedium(dayOf(last)),
    [span(kind, measures), gaps > 0 && t.curve.gaps(gaps)].filter(Boolean).join(", "),
  );
  const at = of.x(of.instants[chosen] ?? 0);
  return (
    <section class="card" aria-labelledby="curve">
      <h2 id="curve">{t.curve.title}</h2>
      <div ref={box} class="curve-box">
        {width > 0 && (
          <svg
            class="curve"
            viewBox={`0 0 ${width} ${HEIGHT}`}
            role="img"
            aria-label={label}
            onPointerDown={(event) => {
              const left = event.currentTarget.getBoundingClientRect().left;
              setAsked(nearest(of.instants.map(of.x), event.clientX - left));
            }}
          >
            <Axes of={of} kind={kind} width={width} />
            {withReference && <Bands of={of} width={width} id={id} />}
            <line class="curve-cursor" x1={at} x2={at} y1={MARGIN.top} y2={HEIGHT - MARGIN.bottom} />
            {COMPONENTS[kind].map((component) => (
              <Series key={component} of={of} props={props} component={component} size={sizeOf(measures.length, width)} />
            ))}
            {COMPONENTS[kind].map((component) => (
              <circle key={component} class="curve-chosen" cx={at} cy={of.y(read.values[component] ?? 0)} r={10} />
            ))}
          </svg>
        )}
      </div>
      <Legend marks={legendOf(props, gaps)} />
      <Reading {...props} chosen={chosen} choose={setAsked} />
      {withReference && (
        <p class="hint">
          {t.reference.text} {t.reference.doctor} {t.reference.source}
        </p>
      )}
    </section>
  );
}

